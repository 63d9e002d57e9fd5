"""The fact sheet has a line for each fact, measured or not, beside what is documented, and no server breaks it."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOON
from token_conformance.evidence.facts.sheet import LINES, fact_sheet
from token_conformance.profile.fact import Fact
from token_conformance.wire.exchange import Exchange, Request, Response


def sheet(profile, exchanges=(), *, live=True):
    return {fact.line.id: fact for fact in fact_sheet(profile, exchanges, live=live)}


def test_every_fact_has_a_line(make_profile):
    """Nothing was seen, and nothing is blank."""
    found = sheet(make_profile())
    assert list(found) == [line.id for line in LINES]
    assert all((fact.expected, fact.measured, fact.as_expected) == (None, None, None) for fact in found.values())


def test_ids_are_plain_and_stand_once():
    """They are what people hold on to."""
    ids = [line.id for line in LINES]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", id_) for id_ in ids)


@pytest.mark.parametrize("line", [line for line in LINES if line.place], ids=lambda line: line.id)
def test_a_place_is_a_fact_of_the_profile(make_profile, line):
    """What is measured can be written there."""
    code = {"scope": "openid"}
    table = make_profile(grants={"refresh_token": {}, "password": {}, "authorization_code": code})
    for name in line.place.split("."):
        table = getattr(table, name)
    assert isinstance(table, Fact)


@pytest.mark.parametrize(("documented", "as_expected"), [("always", True), ("never", False)])
def test_what_is_documented_stands_beside_what_was_seen(make_profile, story, documented, as_expected):
    """With the source that the profile names."""
    rotation = {"value": documented, "source": "the manual"}
    profile = make_profile(grants={"refresh_token": {"rotation": rotation}, "password": {}})
    story.login(0)
    story.refresh(1, "r1", "r2")
    found = sheet(profile, story.exchanges)["rotation"]
    assert (found.expected, found.expected_by, found.as_expected) == (documented, "the manual", as_expected)


def test_what_was_observed_before_is_not_expected(make_profile, story):
    """It promises nothing."""
    rotation = {"value": "never", "basis": "observed"}
    profile = make_profile(grants={"refresh_token": {"rotation": rotation}, "password": {}})
    story.login(0)
    story.refresh(1, "r1", "r2")
    found = sheet(profile, story.exchanges)["rotation"]
    assert (found.expected, found.as_expected) == (None, None)


def test_a_jwt_of_rfc_9068_is_a_jwt(make_profile, story):
    """The narrower format is as documented."""
    from tests.evidence.facts.conftest import jwt

    profile = make_profile(tokens={"access_token_format": "jwt"})
    story.login(0, access_token=jwt({"alg": "RS256", "typ": "at+jwt"}, sub="x"))
    assert sheet(profile, story.exchanges)["access-token-format"].as_expected is True


def test_only_a_live_server_has_a_clock_of_its_own(make_profile, story):
    """That of an emulated one is moved."""
    story.token(0, {"grant_type": "x"}, 400, ("Date", "Thu, 01 Jan 2026 12:01:30 GMT"), error="invalid_request")
    assert sheet(make_profile(), story.exchanges)["clock-skew"].measured is not None
    assert sheet(make_profile(), story.exchanges, live=False)["clock-skew"].measured is None


texts = st.text(max_size=20) | st.sampled_from(["r1", "r2", "a1", "a.b.c", "openid x"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts, lambda v: st.lists(v), max_leaves=4
)
names = st.sampled_from(
    ["access_token", "refresh_token", "id_token", "expires_in", "refresh_expires_in", "scope", "error", "active", "exp"]
)
bodies = st.dictionaries(names | texts, values, max_size=6).map(lambda members: str(members).replace("'", '"').encode())
forms = st.lists(
    st.tuples(
        st.sampled_from(["grant_type", "refresh_token", "code", "scope", "token", "client_id", "client_secret"]),
        texts | st.sampled_from(["refresh_token", "authorization_code", "password"]),
    ),
    max_size=5,
)


@st.composite
def exchanges(draw):
    from urllib.parse import urlencode

    headers = draw(
        st.lists(st.tuples(st.sampled_from(["Authorization", "Date", "Location", "Cache-Control"]), texts), max_size=3)
    )
    body = urlencode(draw(forms), errors="replace").encode()
    form = ("Content-Type", "application/x-www-form-urlencoded")
    answer = Response(
        draw(st.sampled_from([200, 400, 401, 500])), tuple(headers), draw(bodies | st.binary(max_size=40))
    )
    return Exchange(
        draw(st.sampled_from("ab")),
        draw(st.integers(1, 9)),
        Request("POST", "https://op.example/token", (form, *headers), body),
        draw(st.none() | st.just(answer)),
        NOON + timedelta(seconds=draw(st.floats(0, 10**6))),
        draw(st.floats(0, 10)),
    )


@given(st.lists(exchanges(), max_size=8), st.booleans())
def test_no_server_breaks_the_sheet(seen, live):
    """Whatever it answers, each line is measured or unknown."""
    from token_conformance.profile.models import Profile

    profile = Profile.model_validate(
        {
            "profile": {"name": "Example"},
            "server": {"token_endpoint": "https://op.example/token"},
            "clients": [{"client_id": "app", "client_secret": "app-secret-value"}],
            "grants": {"client_credentials": {}},
        }
    )
    for fact in fact_sheet(profile, seen, live=live):
        assert fact.measured is None or fact.measured.words
