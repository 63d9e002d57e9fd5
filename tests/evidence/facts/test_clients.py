"""How clients are known, how many sessions there may be, and what answers look like."""

import pytest

from token_conformance.evidence.facts.clients import (
    authentication_methods,
    cache_control,
    clock_skew,
    expires_in,
    members,
    scope_delimiter,
    sessions,
    token_type,
)
from token_conformance.evidence.facts.observed import Observed

NOT_BASIC = ("Authorization", "")


def test_every_method_that_works_is_named(story):
    """One that was refused is not."""
    story.token(0, {"grant_type": "client_credentials"}, access_token="a")
    post = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "s"}
    story.token(1, post, 200, NOT_BASIC, access_token="b")
    story.token(2, {"grant_type": "x", "client_assertion": "j"}, 401, NOT_BASIC, error="invalid_client")
    found = authentication_methods(story.observed)
    assert (found.words, found.exchanges) == ("client_secret_basic, client_secret_post", ("story/1", "story/2"))


@pytest.mark.parametrize("beside", ["client_secret", "client_assertion"])
def test_two_methods_at_once_tell_of_neither(story, beside):
    """One of them may have been overlooked; each by itself tells."""
    story.token(0, {"grant_type": "client_credentials", "client_id": "app", beside: "s"}, access_token="a")
    assert authentication_methods(story.observed) is None
    story.token(1, {"grant_type": "client_credentials", "client_id": "app"}, access_token="b")
    assert authentication_methods(story.observed).words == "client_secret_basic"


@pytest.mark.parametrize(
    ("parameters", "method"), [({"client_assertion": "j"}, "client_assertion"), ({"client_id": "app"}, "none")]
)
def test_assertions_and_public_clients_are_told_apart(story, parameters, method):
    """By what the form holds."""
    story.token(0, {"grant_type": "client_credentials", **parameters}, 200, NOT_BASIC, access_token="a")
    assert authentication_methods(story.observed).words == method


def two_logins(story, *, renewed):
    story.login(0, "r1")
    story.login(10, "s1")
    story.refresh(11, "r1", renewed)


def test_a_session_that_outlives_a_login_is_not_alone(story):
    """One renewal after another login is enough."""
    two_logins(story, renewed="r2")
    assert sessions(story.observed).kind == "several"


def test_a_session_may_be_the_only_one(make_story):
    """Where it is seen to end again and again, and never to live on; other scenarios may have ended it once."""
    first, second = make_story("a"), make_story("b")
    two_logins(first, renewed=None)
    assert sessions(Observed(tuple(first.exchanges))) is None
    assert sessions(Observed(tuple(first.exchanges), one_server=False)).kind == "one"
    second.login(20, "t1")
    second.login(30, "u1")
    second.refresh(31, "t1", None)
    assert sessions(Observed((*first.exchanges, *second.exchanges))).kind == "one"


@pytest.mark.parametrize("used_before", [True, False])
def test_a_session_that_ended_for_another_reason_tells_nothing(story, used_before):
    """It was refused before the other login, or its token had been used."""
    story.login(0, "r1")
    story.refresh(1, "r1", "r2" if used_before else None)
    story.login(10, "s1")
    story.refresh(11, "r1", None)
    assert sessions(Observed(tuple(story.exchanges), one_server=False)) is None


def test_sessions_of_other_clients_are_not_compared(story):
    """A login of another client ends nothing."""
    story.login(0, "r1")
    story.token(
        10,
        {"grant_type": "authorization_code", "code": "c"},
        200,
        ("Authorization", "Basic b3RoZXI6eA=="),
        access_token="a",
        refresh_token="s1",
    )
    story.refresh(11, "r1", "r2")
    assert sessions(story.observed) is None


def test_logins_by_different_clocks_are_not_compared(make_story):
    """An emulated run has a server for each row of scenarios."""
    first, second = make_story("a"), make_story("b")
    first.login(0, "r1")
    first.refresh(11, "r1", "r2")
    second.login(5, "s1")
    both = (*first.exchanges, *second.exchanges)
    assert sessions(Observed(both, one_server=False)) is None
    assert sessions(Observed(both)).kind == "several"


@pytest.mark.parametrize(
    ("measure", "told", "words", "value"),
    [
        (token_type, {"token_type": "bearer"}, "bearer", "bearer"),
        (expires_in, {"expires_in": 3600}, "number", "number"),
        (expires_in, {"expires_in": "3600"}, "string", "string"),
        (expires_in, {}, "absent", "absent"),
        (scope_delimiter, {"scope": "a b"}, "' '", " "),
        (scope_delimiter, {"scope": "a,b"}, ",", ","),
        (members, {}, "access_token, refresh_token, token_type", ["access_token", "refresh_token", "token_type"]),
        (cache_control, {}, "absent", None),
    ],
)
def test_answers_have_a_form(story, measure, told, words, value):
    """As the answers to logins show it."""
    story.login(0, **told)
    found = measure(story.observed)
    assert (found.words, found.value, found.exchanges) == (words, value, ("story/1",))


def test_caching_is_told_by_the_header(story):
    """Where all answers agree."""
    header = ("Cache-Control", "no-store")
    story.token(0, {"grant_type": "client_credentials"}, 200, header, access_token="a")
    assert cache_control(story.observed).value == "no-store"
    story.token(1, {"grant_type": "client_credentials"}, 200, access_token="b")
    story.token(2, {"grant_type": "client_credentials"}, 200, header, access_token="c")
    assert (cache_control(story.observed).words, cache_control(story.observed).value) == ("mostly no-store", None)


def test_one_value_of_scope_has_no_delimiter(story):
    """Nothing stands between."""
    story.login(0, scope="a")
    assert scope_delimiter(story.observed) is None


def test_the_clock_is_told_by_the_date(story):
    """In seconds, with their sign."""
    story.token(0, {"grant_type": "x"}, 400, ("Date", "Thu, 01 Jan 2026 12:01:30 GMT"), error="invalid_request")
    found = clock_skew(story.observed)
    assert (found.words, found.exchanges) == ("+90.5 s", ("story/1",))
