"""Challenges are read as clients read them, however they are written."""

import pytest

from token_conformance.evidence.challenge import Challenge, challenges_in, challenges_of, is_readable

REALM = Challenge("Bearer", (("realm", "a, b"),))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", ()),
        ("Bearer", (Challenge("Bearer"),)),
        ('Bearer realm="a, b"', (REALM,)),
        ('Bearer realm="a, b", Basic realm="x"', (REALM, Challenge("Basic", (("realm", "x"),)))),
        ('Bearer, DPoP algs="ES256 PS256"', (Challenge("Bearer"), Challenge("DPoP", (("algs", "ES256 PS256"),)))),
        ('bearer error = "invalid_token"', (Challenge("bearer", (("error", "invalid_token"),)),)),
        ("Bearer error=invalid_token", (Challenge("Bearer", (("error", "invalid_token"),)),)),
        ('Bearer, error="invalid_token"', (Challenge("Bearer", (("error", "invalid_token"),)),)),
        ('Bearer error="a", ERROR="b"', (Challenge("Bearer", (("error", "a"), ("ERROR", "b"))),)),
        (r'Bearer error_description="a \"b\""', (Challenge("Bearer", (("error_description", 'a "b"'),)),)),
        ('error="invalid_token"', ()),
        ('"', ()),
        ("=,=,,", ()),
    ],
)
def test_challenges_are_parted(header, found):
    """Schemes and parameters, quoted or not; what belongs to no scheme is left out."""
    assert challenges_in(header) == found


def test_values_of_any_case_are_found():
    """Names of parameters are of any case (RFC 9110 §11.2)."""
    (challenge,) = challenges_in('Bearer error="a", ERROR="b"')
    assert challenge.values("error") == ("a", "b")
    assert challenge.value("error") == "a"
    assert challenge.value("scope") is None


def test_several_headers_are_one_list(make_exchange):
    """A server may send a line for each challenge."""
    exchange = make_exchange(headers=[("WWW-Authenticate", "Bearer"), ("www-authenticate", 'Basic realm="x"')])
    assert [each.scheme for each in challenges_of(exchange)] == ["Bearer", "Basic"]


def test_where_no_header_is_known_there_is_no_challenge(make_exchange):
    """Without an answer, and in a recording without headers."""
    assert challenges_of(make_exchange(answer=None)) == ()
    headers = [("WWW-Authenticate", "Bearer")]
    assert challenges_of(make_exchange(headers=headers, undocumented=frozenset({"headers"}))) == ()


@pytest.mark.parametrize(
    "value",
    ['Bearer realm="a", error="b"', "Basic realm=a, Bearer", "Negotiate, Basic realm=a", "Negotiate YWJj", "Bearer"],
)
def test_parameters_behind_their_scheme_can_be_read(value):
    """One challenge or several, with parameters, with a token68, or with nothing."""
    assert is_readable(value)


@pytest.mark.parametrize("value", ['Bearer, error="b"', 'error="b"', "", 'Basic realm=a, Bearer, error="b"', "()"])
def test_parameters_apart_from_their_scheme_cannot(value):
    """A comma behind the scheme ends its challenge."""
    assert not is_readable(value)
