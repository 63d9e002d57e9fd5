"""Red checks that come from one habit have one key, whatever their messages say."""

import re
from dataclasses import replace

import pytest

from token_conformance.judging.causes import CODES, HARMS, causes
from token_conformance.judging.habit import Did, Habit
from token_conformance.judging.requirement import catalogue

SECRET, ROTATED, GRANT, STATUS = (
    "rfc6749-3.2.1-wrong-secret",
    "rfc9700-4.14.2-old-token-refused",
    "rfc6749-5.2-invalid-grant",
    "rfc6749-5.2-status-400",
)


def habit(did, came=None, *, control="a/1"):
    return Habit(did, "a/2", "/token", "response", came, control, error=came if isinstance(came, str) else None)


@pytest.mark.parametrize(
    ("violated", "seen", "key"),
    [
        (SECRET, habit(Did.ACCEPTED), "clients-not-authenticated"),
        ("rfc6749-6-client-authentication-required", habit(Did.ACCEPTED), "clients-not-authenticated"),
        ("rfc7662-2.1-authorization", habit(Did.ACCEPTED, control=None), "clients-not-authenticated"),
        (SECRET, habit(Did.WITHOUT_CODE), "clients-not-authenticated"),
        ("rfc6749-5.2-json-error", habit(Did.WITHOUT_CODE, control=None), "refusal-without-code"),
        (GRANT, habit(Did.WRONG_CODE, "invalid_request"), "refused-as-invalid-request"),
        (GRANT, replace(habit(Did.WRONG_STATUS, 403), error="invalid_request"), "refused-as-invalid-request"),
        (GRANT, habit(Did.WRONG_CODE, "<script>"), "refused-as-unregistered"),
        (GRANT, habit(Did.ACCEPTED), GRANT),
        ("rfc6749-5.2-registered-code", habit(Did.WRONG_CODE, "no_way", control=None), "refused-as-unregistered"),
        (STATUS, habit(Did.WRONG_STATUS, 403, control=None), "refusal-wrong-status"),
        (STATUS, habit(Did.WRONG_CODE, "invalid_grant", control=None), "refusal-wrong-status"),
        (STATUS, habit(Did.SERVER_ERROR, 501, control=None), "requests-make-the-server-fail"),
        ("endpoint-oversized", habit(Did.SERVER_ERROR, 500, control=None), "requests-make-the-server-fail"),
        (ROTATED, habit(Did.ACCEPTED), "used-refresh-tokens-work"),
        ("rotation-parallel-refresh", habit(Did.ACCEPTED, control=None), "used-refresh-tokens-work"),
        ("rfc6749-5.2-basic-401", habit(Did.ACCEPTED, control=None), "clients-not-authenticated"),
        ("rfc6749-5.2-basic-401", habit(Did.WRONG_CODE, "invalid_client", control=None), "rfc6749-5.2-basic-401"),
        ("rfc6749-5.1-cache-control", habit(Did.ACCEPTED, control=None), "answers-cacheable"),
        ("session-chain", habit(Did.WRONG_CODE, "invalid_grant"), "sessions-break-off"),
        ("oidc-auth-time", habit(Did.ACCEPTED, control=None), "oidc-auth-time"),
        ("a-vendor-s-own", None, "a-vendor-s-own"),
    ],
)
def test_the_key_is_what_was_asked_and_what_was_done(violated, seen, key):
    """A wrong secret that is accepted is one cause, at whatever endpoint; refusals without a code are another."""
    assert causes().key(violated, seen) == key


def test_every_key_has_its_words():
    """The causes of error codes speak of the code."""
    known = causes().known("refused-as-invalid-request")
    assert (known.id, known.title) == (
        "refused-as-invalid-request",
        "Refusals say invalid_request where another code belongs",
    )
    assert "a code that nobody knows" in causes().known("refused-as-unregistered").title
    assert causes().known("oidc-auth-time") is None
    assert all(causes().known(id_) for id_ in causes().ids)


def test_ids_are_plain_and_stand_for_one_thing():
    """An id of a cause is none of a requirement, and as easy to write."""
    ids = list(causes().ids)
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_)] == []
    assert len(ids) == len(set(ids))
    assert set(ids) & set(catalogue()) == set()
    assert len(ids) == len(causes().causes) + len(CODES)


def test_the_catalogue_names_requirements_that_there_are():
    """Each leads to one cause at most, and to one where the answer let somebody in."""
    known = causes().causes.values()
    for named in (
        [id_ for cause in known for id_ in cause.requirements],
        [id_ for cause in known for id_ in cause.accepted],
    ):
        assert set(named) - set(catalogue()) == set()
        assert len(named) == len(set(named))
    parts = {part for cause in known for part in cause.subsumes}
    assert parts - set(causes().causes) - set(catalogue()) == set()


def test_every_cause_says_what_comes_of_it():
    """In whole sentences, for people who mend servers."""
    for cause in causes().causes.values():
        assert cause.harm in HARMS
        assert not cause.title.endswith(".")
        assert cause.consequence.endswith(".")
        assert cause.mend.endswith(".")


FIELDS = 'title = "t"\nharm = "hygiene"\nconsequence = "c."\nmend = "m."\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[cause]]\nid = "a"\n', "a: "),
        (f'[[cause]]\nid = "a"\n{FIELDS.replace("hygiene", "none")}', "a: harm is 'none'; expected one of lets-"),
        (f'[[cause]]\nid = "a"\n{FIELDS}[[cause]]\nid = "a"\n{FIELDS}', "a stands twice"),
        (f"[[cause]]\n{FIELDS}", "an entry without id: "),
    ],
)
def test_a_broken_entry_is_named(tmp_path, text, sentence):
    """A mistake in the catalogue names the entry."""
    path = tmp_path / "causes.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=sentence):
        causes(path)


def test_mistakes_of_examples_are_causes_of_examples_alone():
    """Whoever writes documentation puts together answers that no server gives; a server that errs has other habits."""
    seen = habit(Did.ACCEPTED, control=None)
    assert causes().key("oidc-3.1.3.7-iss", seen) == "oidc-3.1.3.7-iss"
    assert causes().of_examples().key("oidc-3.1.3.7-iss", seen) == "example-of-another-login"
    assert causes().key("rfc6749-5.1-expires-in-true", seen) == "expires-in-unusable"
    assert causes().of_examples().key("rfc6749-5.1-expires-in-true", seen) == "example-of-another-login"
    assert causes().of_examples().key(SECRET, seen) == "clients-not-authenticated"


def test_each_requirement_of_examples_is_known_and_of_one_cause():
    """A requirement that was renamed would be lost."""
    named = [id_ for cause in causes().causes.values() for id_ in cause.examples]
    assert set(named) <= set(catalogue())
    assert len(named) == len(set(named))
