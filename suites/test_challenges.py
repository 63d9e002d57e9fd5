"""What resources say to clients that they refuse, and to tokens in addresses (RFC 6750 §2 and §3, RFC 9068 §4, RFC 9449 §7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.access_token import jwt_of, keeps_rfc9068
from token_conformance.evidence.answers import Evidence
from token_conformance.evidence.challenge import Challenge, challenges_of, is_readable
from token_conformance.judging.resource import Protected
from token_conformance.provider import Provider
from token_conformance.wire.exchange import Exchange, header

OF_TOKENS = {"bearer", "dpop"}
"""The schemes whose challenges RFC 6750 §3 and RFC 9449 §7.1 describe."""

ONCE = ("realm", "scope", "error", "error_description", "error_uri")
CHARACTERS = {
    "scope": re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*"),
    "error": re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*"),
    "error_description": re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*"),
    "error_uri": re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*"),
}
"""What the attributes of a challenge may hold (RFC 6750 §3)."""

EACH_CHALLENGE = pytest.mark.evidence_of("query_token", "at_resource")


def challenged(evidence: Evidence) -> Iterator[tuple[Exchange, Challenge]]:
    """The challenges to Bearer and DPoP of this run, with the exchanges that they came in."""
    for exchange in evidence.exchanges:
        for challenge in challenges_of(exchange):
            if challenge.scheme.lower() in OF_TOKENS:
                yield exchange, challenge


def some_challenges(evidence: Evidence) -> list[tuple[Exchange, Challenge]]:
    """These challenges; nothing is judged where there is none."""
    found = list(challenged(evidence))
    if not found:
        raise NotApplicable("no answer of this run holds a challenge to Bearer or DPoP")
    return found


@EACH_CHALLENGE
@requirement("rfc6750-3-attributes-once")
def test_attributes_of_a_challenge_come_once(evidence: Evidence) -> None:
    """Realm, scope, error, error_description and error_uri stand once at most in a challenge."""
    for exchange, challenge in some_challenges(evidence):
        exchange.response  # noqa: B018 - the answer is this check's evidence
        repeated = [name for name in ONCE if len(challenge.values(name)) > 1]
        assert not repeated, f"{', '.join(repeated)} stands twice in the challenge to {challenge.scheme} to {exchange}"


@EACH_CHALLENGE
@requirement("rfc6750-3-attribute-characters")
def test_attributes_of_a_challenge_keep_to_their_characters(evidence: Evidence) -> None:
    """Scope, error, error_description and error_uri of a challenge hold the characters that RFC 6750 allows."""
    for exchange, challenge in some_challenges(evidence):
        exchange.response  # noqa: B018 - the answer is this check's evidence
        for name, characters in CHARACTERS.items():
            value = challenge.value(name) or ""
            assert characters.fullmatch(value), f"{name} is {value!r} in the challenge to {exchange}"


@pytest.mark.evidence_of("wrong_credentials", "at_resource")
@requirement("rfc9110-11.6.1-challenge")
def test_challenges_can_be_read(evidence: Evidence) -> None:
    """A challenge begins by its scheme and a blank, and its parameters follow: `Bearer realm="…"`, not `Bearer, realm="…"`."""
    headers = [(each, value) for each in evidence.exchanges if (value := told_by(each)) is not None]
    if not headers:
        raise NotApplicable("no answer of this run holds a challenge")
    for exchange, value in headers:
        exchange.response  # noqa: B018 - the answer is this check's evidence
        assert is_readable(value), f"no parser reads WWW-Authenticate: {value} in the answer to {exchange}"


@pytest.mark.evidence_of("wrong_credentials", "at_resource")
@requirement("rfc7617-2-realm")
def test_challenge_to_basic_names_a_realm(evidence: Evidence) -> None:
    """A challenge to Basic has a realm."""
    found = [(each, challenge) for each in evidence.exchanges for challenge in challenges_of(each)]
    basic = [(exchange, challenge) for exchange, challenge in found if challenge.scheme.lower() == "basic"]
    if not basic:
        raise NotApplicable("no answer of this run holds a challenge to Basic")
    for exchange, challenge in basic:
        exchange.response  # noqa: B018 - the answer is this check's evidence
        assert challenge.value("realm") is not None, f"the challenge to Basic in the answer to {exchange} has no realm"


def told_by(exchange: Exchange) -> str | None:
    """The WWW-Authenticate header of an answer; None where there is none, or a recording holds no headers."""
    if exchange.answer is None or "headers" in exchange.undocumented:
        return None
    return header(exchange.answer.headers, "www-authenticate")


def borne(exchange: Exchange) -> tuple[str, str]:
    """The scheme, in small letters, and the token of a request's Authorization header."""
    scheme, _, token = (header(exchange.request.headers, "authorization") or "").partition(" ")
    return scheme.lower(), token.strip()


@EACH_CHALLENGE
@requirement("rfc9068-4-invalid-token")
def test_spoilt_jwt_access_token_is_called_invalid(evidence: Evidence) -> None:
    """A JWT access token of RFC 9068 that was changed, or has lost its signature, is refused with invalid_token."""
    issued = {response.access_token for response in evidence.token_responses}
    spoilt = [exchange for exchange in evidence.exchanges if is_spoilt(exchange, issued)]
    if not spoilt or not any(map(is_of_rfc9068, issued)):
        raise NotApplicable("the type of the access tokens is not at+jwt, or there is no resource to try them at")
    refused = [each for each in spoilt if each.answer is not None and each.answer.status in {400, 401, 403}]
    challenged = [each for each in refused if challenges_of(each)]
    if not challenged:
        raise Inconclusive("no spoilt access token was refused with a challenge; other checks say so")
    for exchange in challenged:
        status, told = exchange.status, [challenge.value("error") for challenge in challenges_of(exchange)]
        assert "invalid_token" in told, f"a spoilt access token was answered by {status} with the error {told}"


def is_spoilt(exchange: Exchange, issued: set[str | None]) -> bool:
    """Whether a request bears a JWT of the type at+jwt that nobody has issued."""
    scheme, value = borne(exchange)
    return scheme in OF_TOKENS and value not in issued and is_of_rfc9068(value)


def is_of_rfc9068(access_token: str | None) -> bool:
    """Whether an access token is a JWT of the type at+jwt."""
    token = jwt_of(access_token)
    return token is not None and keeps_rfc9068(token)


def sides(exchange: Exchange) -> dict[str, Challenge]:
    """The challenges of an answer to Bearer and to DPoP, by their schemes in small letters."""
    return {each.scheme.lower(): each for each in challenges_of(exchange) if each.scheme.lower() in OF_TOKENS}


@EACH_CHALLENGE
@requirement("rfc9449-7.2-challenge-of-the-scheme")
def test_error_stands_in_the_challenge_of_the_scheme_that_was_tried(evidence: Evidence) -> None:
    """Where a resource challenges to Bearer and to DPoP at once, the error stands in the challenge of the scheme that was tried."""
    both = [exchange for exchange in evidence.exchanges if len(sides(exchange)) > 1 and borne(exchange)[0] in OF_TOKENS]
    if not both:
        raise NotApplicable("no refusal of this run challenges to Bearer and to DPoP at once")
    for exchange in both:
        exchange.response  # noqa: B018 - the answer is this check's evidence
        tried = borne(exchange)[0]
        other = next(challenge for scheme, challenge in sides(exchange).items() if scheme != tried)
        misplaced = other.value("error") is not None and sides(exchange)[tried].value("error") is None
        assert not misplaced, (
            f"{tried} was tried, and the error stands in the challenge to {other.scheme} to {exchange}"
        )


@EACH_CHALLENGE
@requirement("rfc9449-7.1-algs")
def test_challenge_to_dpop_names_algorithms(evidence: Evidence) -> None:
    """A challenge to DPoP names the algorithms of proofs in algs."""
    found = [(exchange, each) for exchange, each in challenged(evidence) if each.scheme.lower() == "dpop"]
    if not found:
        raise NotApplicable("no answer of this run holds a challenge to DPoP")
    for exchange, challenge in found:
        exchange.response  # noqa: B018 - the answer is this check's evidence
        assert challenge.value("algs"), f"the challenge to DPoP to {exchange} has no algs"


@dataclass(frozen=True)
class QueryToken:
    """An access token in the query of an address, and, where that is taken, no token, and one in query and header at once."""

    in_query: Exchange
    without: Exchange | None
    twice: Exchange | None


@scenario(needs="login")
async def query_token(provider: Provider) -> QueryToken:
    """Use an access token in the query of the resource, and in query and header at once where the query is read."""
    url = await provider.resource_address()
    login = await provider.session()
    if login.access_token is None:
        raise Inconclusive(f"the login yields no access token: {login.response}")
    address = f"{url}{'&' if '?' in url else '?'}access_token={login.access_token}"
    in_query, without, twice = await provider.get(address), None, None
    if in_query.answer is not None and in_query.answer.status // 100 == 2:
        without = await provider.get(url)
        twice = await provider.get(address, access_token=login.access_token)
    return QueryToken(in_query, without, twice)


def read_there(query_token: QueryToken) -> None:
    """Judge nothing where the query is not read."""
    if query_token.in_query.response.status // 100 != 2 or query_token.without is None:
        raise NotApplicable("the resource takes no access token in the query")
    Protected(query_token.in_query, query_token.without).require()


@requirement("rfc6750-3.1-two-methods")
def test_token_in_two_places_is_invalid_request(query_token: QueryToken) -> None:
    """A resource that takes access tokens in the query refuses one in query and header at once, by 400 and invalid_request."""
    read_there(query_token)
    if query_token.twice is None:
        raise Inconclusive("the access token was not tried in query and header at once")
    status = query_token.twice.status
    told = [challenge.value("error") for challenge in challenges_of(query_token.twice)]
    assert status == 400 and told in ([], ["invalid_request"]), (
        f"an access token in query and header at once was answered by {status}, {', '.join(map(str, told)) or 'no error'}"
    )


@requirement("rfc6750-2.3-private")
def test_answer_to_a_token_in_the_query_is_private(query_token: QueryToken) -> None:
    """What a resource answers to an access token in the query is private to caches."""
    read_there(query_token)
    said = query_token.in_query.header("cache-control") or ""
    kept = {"private", "no-store"} & {directive.strip().lower() for directive in said.split(",")}
    assert kept, f"Cache-Control is {said or 'absent'}"
