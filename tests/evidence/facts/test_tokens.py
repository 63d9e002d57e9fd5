"""What codes and tokens are like is read from answers and from the tokens themselves."""

import pytest

from tests.conftest import NOON
from tests.evidence.facts.conftest import jwt
from token_conformance.evidence.facts.tokens import (
    access_token_algorithm,
    access_token_format,
    access_token_lifetime,
    code_lifetime,
    id_token_algorithm,
    id_token_lifetime,
)
from token_conformance.wire.exchange import Request

START = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("told", "words", "value"),
    [
        ((3600, 3600), "3600 s", 3600),
        ((3600, 3600, 3599), "3600 s", 3600),
        ((3600, 3600, 60), "mostly 3600 s", None),
    ],
)
def test_access_tokens_live_as_told(story, told, words, value):
    """A second that passed is no difference."""
    for number, seconds in enumerate(told):
        story.login(number, f"r{number}", expires_in=seconds)
    found = access_token_lifetime(story.observed)
    assert (found.words, found.value) == (words, value)


def test_without_expires_in_a_jwt_tells(story):
    """By exp and iat."""
    story.login(0, access_token=jwt(iat=START, exp=START + 300))
    assert access_token_lifetime(story.observed).value == 300


@pytest.mark.parametrize("nonsense", ["3600", -5, 0, None, True])
def test_an_expires_in_that_is_none_is_not_believed(story, nonsense):
    """It is another fact that it is of another type."""
    story.login(0, expires_in=nonsense)
    assert access_token_lifetime(story.observed) is None


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("opaque", "opaque"),
        (jwt(sub="x"), "jwt"),
        (jwt({"alg": "RS256", "typ": "AT+JWT"}, sub="x"), "at+jwt"),
        (jwt({"alg": "RS256", "typ": ["at+jwt"]}, sub="x"), "jwt"),
    ],
)
def test_access_tokens_have_a_format(story, token, value):
    """By what they say of themselves."""
    story.login(0, access_token=token)
    assert access_token_format(story.observed).value == value


@pytest.mark.parametrize(
    ("algorithm", "kind", "value"), [("ES256", "ES256", "ES256"), ("HS256", "other", None), ("<b>", "other", None)]
)
def test_algorithms_are_named(story, algorithm, kind, value):
    """One that no profile can name is told in words alone."""
    token = jwt({"alg": algorithm}, iat=START, exp=START + 60)
    story.login(0, access_token=token, id_token=token)
    for measure in (access_token_algorithm, id_token_algorithm):
        found = measure(story.observed)
        assert (found.words, found.kind, found.value) == (algorithm, kind, value)


def test_id_tokens_live_from_iat_to_exp(story):
    """Opaque access tokens have no algorithm."""
    story.login(0, id_token=jwt(iat=START, exp=START + 300))
    assert id_token_lifetime(story.observed).value == 300
    assert access_token_algorithm(story.observed) is None


def exchanged(story, at, age, *, accepted=True, code="c/1", by="redirect"):
    """A code that was handed out and exchanged at an age."""
    request = Request("GET", "https://op.example/authorize")
    if by == "redirect":
        location = ("Location", f"https://app.example/callback?code={code.replace('/', '%2F')}&state=x")
        story.send(at, request, 302, {}, location)
    else:
        story.send(at, request, 200, {"page": f'<input name="code" value="{code}">'})
    tokens = {"access_token": "a", "refresh_token": f"r-{code}"} if accepted else {"error": "invalid_grant"}
    parameters = {"grant_type": "authorization_code", "code": code}
    story.token(at + age, parameters, 200 if accepted else 400, **tokens)


@pytest.mark.parametrize("by", ["redirect", "page"])
def test_codes_live_between_two_exchanges(story, by):
    """The oldest that was accepted, and the youngest that was not."""
    exchanged(story, 0, 1, code="c/1", by=by)
    exchanged(story, 10, 80.1, code="c/2", accepted=False, by=by)
    found = code_lifetime(story.observed)
    assert (found.kind, found.value) == ("expires", 60)
    assert found.words == "accepted at the age of 0.9 s, refused at 80 s"
    assert found.exchanges[0] == "story/4"


@pytest.mark.parametrize(("age", "accepted"), [(80.1, True), (2, False)])
def test_what_was_not_seen_to_end_has_no_value(story, age, accepted):
    """An old code that works, or a young one that is refused for something else, tells no lifetime."""
    exchanged(story, 0, 1, code="c/1")
    exchanged(story, 10, age, code="c/2", accepted=accepted)
    found = code_lifetime(story.observed)
    assert (found.kind, found.value) == ("not-seen", None)


def test_a_code_that_comes_again_is_no_old_code(story):
    """Its second exchange is refused for another reason."""
    exchanged(story, 0, 1, code="c/1")
    story.token(100, {"grant_type": "authorization_code", "code": "c/1"}, 400, error="invalid_grant")
    assert code_lifetime(story.observed).kind == "not-seen"


def test_nothing_is_said_of_a_code_that_nobody_exchanged(story):
    """A password leads to no code."""
    story.token(0, {"grant_type": "password"}, access_token="a")
    assert code_lifetime(story.observed) is None
