"""Every row of the table changes a request in its way, and none changes what must not be guessed."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.exploring.requests.draft import LARGEST, Draft
from token_conformance.exploring.requests.mutation import (
    CHANGES,
    Grant,
    Mutation,
    One,
    mutated,
    read_mutation,
    ways,
)
from token_conformance.exploring.requests.table import rows, validity
from token_conformance.judging.requirement import catalogue
from token_conformance.profile.client import Client
from token_conformance.provider.client_authentication import basic, identified, post

SECRETS = {"refresh_token": "the-refresh-token", "password": "the password", "client_secret": "the+secret"}
APP = Client(name="app", client_id="app/1", client_secret=SECRETS["client_secret"])
POSTING = APP.model_copy(update={"authentication": "client_secret_post"})
PUBLIC = APP.model_copy(update={"authentication": "none", "client_secret": None})
OTHER = Client(name="other", client_id="other", client_secret="another")
REFRESH = (("grant_type", "refresh_token"), ("refresh_token", SECRETS["refresh_token"]))
PASSWORD = (("grant_type", "password"), ("username", "alice"), ("password", SECRETS["password"]))
EXCHANGE = (
    ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
    ("subject_token", "the-subject"),
    ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
)
TARGETS = ("https://api.example/a", "https://api.example/b")
DRAFTS = [
    Draft(APP, REFRESH, basic(APP), (OTHER,), TARGETS),
    Draft(POSTING, PASSWORD, post(POSTING), (OTHER,), TARGETS),
    Draft(PUBLIC, EXCHANGE, identified(PUBLIC), (OTHER,), ()),
]
ADDRESS = "https://op.example/token?tenant=7"


def test_each_row_has_a_change_and_a_number():
    assert CHANGES.keys() == rows().keys()
    assert len({row.number for row in rows().values()}) == len(rows())


def test_each_row_says_what_it_violates():
    """By requirements that there are, and with a clause; what is free violates nothing by itself."""
    for row in rows().values():
        assert row.validity in {"valid", "invalid", "free"}
        assert (row.requirement is None) == (row.validity == "free"), row.name
        assert {row.failing, row.requirement or row.failing} <= set(catalogue()), row.name
        assert row.clause
        assert isinstance(row.form, bool)


def test_each_row_is_of_use():
    """There is a request that it can change."""
    assert {row.name for row in rows().values() for draft in DRAFTS if [*ways(draft, row)]} == set(rows())


@pytest.mark.parametrize(
    ("names", "come_to"),
    [
        (["order", "encoding"], "valid"),
        (["order", "long-value"], "free"),
        (["order", "doubled"], "invalid"),
        (["long-value", "method", "order"], "invalid"),
    ],
)
def test_an_invalid_change_is_not_healed(names, come_to):
    assert validity([rows()[name] for name in names]) == come_to


MUTATIONS = st.builds(
    Mutation,
    st.sampled_from(Grant),
    st.lists(
        st.builds(One, st.sampled_from([row.number for row in rows().values()]), st.integers(0, 15)),
        min_size=1,
        max_size=4,
    ).map(tuple),
)


@given(st.sampled_from(DRAFTS), MUTATIONS)
def test_nothing_is_guessed(draft, mutation):
    """Tokens, passwords and secrets are those that are right, as often as it may be, or are not there."""
    changed = mutated(draft, mutation)
    request = changed.draft.written(ADDRESS) if changed is not None else None
    if request is None:
        return
    sent = [*changed.draft.form, *parse_qsl(urlsplit(request.url).query, keep_blank_values=True)]
    for name, right in SECRETS.items():
        assert {value for key, value in sent if key.lower() == name} <= {right, ""}
    assert ("client_secret", "") not in sent
    assert ("password", "") not in sent
    assert len(request.body) <= LARGEST
    assert request.url.startswith(ADDRESS)


@given(st.sampled_from(DRAFTS), MUTATIONS)
def test_no_change_undoes_another(draft, mutation):
    """A request with a change that is invalid differs from the good one, whatever else was changed."""
    changed = mutated(draft, mutation)
    if changed is not None and validity(changed.rows) == "invalid":
        assert changed.draft.written(ADDRESS) != draft.written(ADDRESS)
        assert len(changed.draft.told) == len(changed.rows)


def test_a_parameter_that_was_doubled_is_not_left_out():
    draft, row = DRAFTS[0], {name: row.number for name, row in rows().items()}
    changed = mutated(draft, Mutation(Grant.REFRESH_TOKEN, (One(row["doubled"], 0), One(row["missing-grant-type"], 0))))
    assert changed.draft.told == ("grant_type twice",)


def test_token_exchanges_without_authentication_are_left_to_the_deployment():
    """RFC 8693 §2.1 says so of them, RFC 6749 §3.2.1 otherwise of all else."""
    unauthenticated = CHANGES["unauthenticated"]
    assert unauthenticated(Draft(APP, EXCHANGE, basic(APP)), 0) is None
    changed = unauthenticated(Draft(APP, REFRESH, basic(APP)), 0)
    assert changed is not None
    assert (
        changed.written(ADDRESS).body == b"grant_type=refresh_token&refresh_token=the-refresh-token&client_id=app%2F1"
    )


def test_a_mutation_is_kept_as_numbers():
    mutation = Mutation(Grant.TOKEN_EXCHANGE, (One(8, 1), One(32, 3)))
    assert read_mutation(*mutation.numbers) == mutation


@pytest.mark.parametrize("numbers", [(0, []), (0, [(9999, 0)]), (77, [(1, 0)]), (0, [(1,)]), (0, 3), (0, [("a", 0)])])
def test_numbers_of_no_mutation_are_none(numbers):
    with pytest.raises((ValueError, TypeError)):
        read_mutation(*numbers)


@pytest.mark.parametrize(
    ("name", "way", "expected"),
    [
        ("method", 0, b""),
        ("query", 0, b""),
        ("encoding", 1, b"%67%72%61%6E%74%5F%74%79%70%65=%72"),
        ("json", 0, b'{"grant_type": "refresh_token"'),
        ("multipart", 0, b"--a-boundary"),
    ],
)
def test_bodies_are_written(name, way, expected):
    changed = mutated(DRAFTS[0], Mutation(Grant.REFRESH_TOKEN, (One(rows()[name].number, way),)))
    assert changed.draft.written(ADDRESS).body.startswith(expected)
