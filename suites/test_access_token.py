"""Access tokens as JWTs (RFC 9068), and at the resource (RFC 6750)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.access_token import for_another_resource, jwt_of, keeps_rfc9068, without_signature
from token_conformance.evidence.answers import Evidence
from token_conformance.evidence.jwt_reading import Token, verified_by
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.unguessable import with_another_end
from token_conformance.judging.resource import BadToken, Protected, took
from token_conformance.profile.client import Client
from token_conformance.provider import Login, Provider
from token_conformance.provider.client_authentication import basic
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange, Request, header

EACH_GRANT = pytest.mark.evidence_of("login", "refreshed", "service_token")

SKEW = timedelta(seconds=60)
"""By how much the clocks of provider and client may differ."""


CLAIMS = {
    "iss": str,
    "exp": int | float,
    "aud": str | list,
    "sub": str,
    "client_id": str,
    "iat": int | float,
    "jti": str,
}
"""The claims that RFC 9068 §2.2 requires, and their types."""


def jwt_in(response: TokenResponse) -> Token:
    """The access token of a response as a JWT.

    Raises:
        NotApplicable: it is opaque.
        Inconclusive: there is none.

    """
    if not response.accepted:
        raise Inconclusive(f"there is no access token: {response}")
    token = jwt_of(response.access_token)
    if token is None:
        raise NotApplicable("the access token is opaque")
    return token


def issued(evidence: Evidence) -> list[tuple[TokenResponse, Token]]:
    """The answers of this run whose access token is a JWT, and these, each once.

    Raises:
        NotApplicable: all access tokens are opaque.

    """
    answers = {response.access_token: response for response in evidence.successes if response.access_token}
    found = [(response, token) for value, response in answers.items() if (token := jwt_of(value)) is not None]
    if not found:
        raise NotApplicable("the access tokens are opaque")
    return found


def profiled(evidence: Evidence) -> list[tuple[TokenResponse, Token]]:
    """The answers of this run whose access token says that it keeps RFC 9068, and these.

    Raises:
        NotApplicable: there is none.

    """
    found = [(response, token) for response, token in issued(evidence) if keeps_rfc9068(token)]
    if not found:
        raise NotApplicable("the type of the access tokens is not at+jwt")
    return found


@EACH_GRANT
@requirement("access-token-alg")
def test_jwt_access_token_is_signed(evidence: Evidence, published_keys: Exchange) -> None:
    """A JWT access token is signed by a published key, or, where it does not keep RFC 9068, by one between provider and resource."""
    if published_keys.response.status != 200:
        raise Inconclusive(f"the published keys cannot be read: status {published_keys.response.status}")
    for response, token in issued(evidence):
        if (token.algorithm or "").startswith("HS") or not (
            keeps_rfc9068(token) or is_published(token, published_keys)
        ):
            continue
        reason = verified_by(token, published_keys.json)
        assert reason is None, f"the access token in the answer to {response.exchange} is not verified: {reason}"


def is_published(token: Token, published_keys: Exchange) -> bool:
    """Whether the key that a token names is a published one, or it is unsigned, which needs none."""
    keys = published_keys.members.get("keys")
    kids = [key.get("kid") for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    return token.algorithm is None or token.algorithm.lower() == "none" or token.header.get("kid") in kids


@requirement("rfc9068-2.1-typ")
def test_access_token_says_what_it_is(login: Login, conformance_run: Record) -> None:
    """A JWT access token says in typ that it is one, where the profile documents RFC 9068."""
    if conformance_run.profile.tokens.access_token_format.documented != "at+jwt":
        raise NotApplicable('the profile does not document RFC 9068: tokens.access_token_format = "at+jwt"')
    kind = jwt_in(login.response).header.get("typ")
    assert str(kind).lower() in {"at+jwt", "application/at+jwt"}, f"typ of the access token is {kind!r}"


@EACH_GRANT
@requirement("rfc9068-claims")
def test_jwt_access_token_has_its_claims(evidence: Evidence) -> None:
    """A JWT access token of RFC 9068 has iss, exp, aud, sub, client_id, iat and jti."""
    for response, token in profiled(evidence):
        for claim, kind in CLAIMS.items():
            value = token.claims.get(claim)
            seen = type(value).__name__ if claim in token.claims else "absent"
            assert isinstance(value, kind) and not isinstance(value, bool), (
                f"the claim {claim} is {seen} in the access token of {response.exchange}"
            )


@EACH_GRANT
@requirement("rfc9068-claims")
def test_jwt_access_token_is_of_now(evidence: Evidence) -> None:
    """A JWT access token of RFC 9068 was issued before the answer came, and expires after it."""
    for response, token in profiled(evidence):
        issued_at, expires, answered = token.time("iat"), token.time("exp"), response.exchange.date
        if issued_at is None or expires is None:
            raise Inconclusive("iat or exp is no time; another check says so")
        assert issued_at <= answered + SKEW and expires > answered - SKEW, (
            f"iat is {issued_at:%Y-%m-%d %H:%M:%S} and exp {expires:%Y-%m-%d %H:%M:%S}; "
            f"the answer to {response.exchange} came {answered:%Y-%m-%d %H:%M:%S}"
        )


@EACH_GRANT
@requirement("rfc7519-4.1.7-jti")
def test_no_two_access_tokens_share_a_jti(evidence: Evidence) -> None:
    """JWT access tokens that differ have different jti, where they have one."""
    named = [token.claims["jti"] for _, token in issued(evidence) if isinstance(token.claims.get("jti"), str)]
    if len(named) < 2:
        raise NotApplicable(f"{len(named)} JWT access tokens of this run have a jti; it takes two to compare")
    assert len(set(named)) == len(named), f"{len(named)} access tokens have {len(set(named))} different jti"


@EACH_GRANT
@requirement("rfc9068-claims")
def test_jwt_access_token_names_issuer_and_client(evidence: Evidence, conformance_run: Record) -> None:
    """A JWT access token of RFC 9068 names its issuer in iss and its client in client_id."""
    issuer, clients = conformance_run.profile.server.identifier, conformance_run.profile.clients
    for response, token in profiled(evidence):
        named, told = token.claims.get("client_id"), token.claims.get("iss")
        sender = sent_by(response.exchange.request, clients)
        assert sender is None or sender == named, (
            f"client_id is {named!r} in a token for {sender!r}, the answer to {response.exchange}"
        )
        if issuer is not None:
            assert str(told).rstrip("/") == issuer.rstrip("/"), f"iss is {told!r} in a token of {issuer}"


def sent_by(request: Request, clients: Sequence[Client]) -> str | None:
    """The client that a request names in the form or in HTTP Basic; None where it does so in another way, or names two."""
    named = dict(request.form).get("client_id")
    sent = header(request.headers, "authorization")
    by_basic = next((client.client_id for client in clients if sent in dict(basic(client).headers).values()), None)
    if sent is not None and named != by_basic:
        return by_basic if named is None else None
    return named or by_basic


@EACH_GRANT
@requirement("rfc9068-2.2.3-scope")
def test_scope_claim_is_a_string(evidence: Evidence) -> None:
    """The scope claim of a JWT access token, where there is one, is a string."""
    scopes = [token.claims["scope"] for _, token in profiled(evidence) if "scope" in token.claims]
    if not scopes:
        raise NotApplicable("the access token has no scope claim")
    for scope in scopes:
        assert isinstance(scope, str), f"the scope claim is a {type(scope).__name__}, where RFC 9068 has a string"


@dataclass(frozen=True)
class AtResource:
    """A resource asked rightly, with the scheme in other letters, without a token, with wrong ones, and in the query."""

    access_token: str
    resource: Protected
    lower_case: Exchange
    made_up: Exchange
    changed: Exchange
    unsigned: Exchange | None
    id_token: Exchange | None
    in_query: Exchange

    @property
    def bad_tokens(self) -> tuple[BadToken, ...]:
        """The tokens that should be called invalid."""
        return (BadToken("a made-up access token", self.made_up, self.resource),)


@scenario(needs="login")
async def at_resource(provider: Provider) -> AtResource:
    """Log in, and use the access token at the resource rightly and wrongly."""
    url = await provider.resource_address()
    login = await provider.session()
    if login.access_token is None:
        raise Inconclusive(f"the login yields no access token: {login.response}")
    query = f"{url}{'&' if '?' in url else '?'}access_token={login.access_token}"
    return AtResource(
        access_token=login.access_token,
        resource=Protected(await provider.get(url, access_token=login.access_token), await provider.get(url)),
        lower_case=await provider.get(
            url, headers=(("Authorization", f"{provider.token_type.lower()} {login.access_token}"),)
        ),
        made_up=await provider.get(url, access_token=provider.draw("access_token")),
        changed=await provider.get(url, access_token=with_another_end(login.access_token or "")),
        unsigned=await provider.get(url, access_token=without_signature(login.access_token))
        if jwt_of(login.access_token) is not None
        else None,
        id_token=await provider.get(url, access_token=login.id_token) if login.id_token else None,
        in_query=await provider.get(query),
    )


@requirement("rfc6750-2-header")
def test_resource_takes_the_access_token(at_resource: AtResource, conformance_run: Record) -> None:
    """The resource takes an access token in the Authorization header."""
    right, status = at_resource.resource.right, at_resource.resource.right.response.status
    elsewhere = for_another_resource(at_resource.access_token, conformance_run.profile)
    if status == 401 and elsewhere is not None:
        raise Inconclusive(
            f"the access token is for {elsewhere}, and not for userinfo: name its resource, server.resource"
        )
    if status == 403:
        raise Inconclusive("the resource answered 403: the access token may lack the scope")
    if took(at_resource.resource.without):
        raise Inconclusive("the resource is open: it answers a request without an access token as well")
    assert took(right), f"the resource answered a good access token with {status}"


@requirement("rfc9110-11.1-scheme-case")
def test_scheme_is_compared_without_case(at_resource: AtResource) -> None:
    """The resource takes the scheme Bearer, or DPoP, in any case."""
    answer = at_resource.resource.beside(at_resource.lower_case)
    assert took(answer), f"the resource answered its scheme in small letters with {answer.status}"


@requirement("rfc6750-3-challenge")
def test_resource_refuses_with_a_challenge(at_resource: AtResource) -> None:
    """Without a token (401 or 400), or with a made-up one (401), the resource answers a challenge to Bearer (or DPoP)."""
    at_resource.resource.require()
    if took(at_resource.made_up):
        raise Inconclusive("the resource takes a made-up token, which another check tells")
    refused = ((at_resource.resource.without, "no token", {400, 401}), (at_resource.made_up, "a made-up token", {401}))
    for exchange, what, statuses in refused:
        challenge = exchange.header("www-authenticate") or ""
        good = exchange.status in statuses and ("bearer" in challenge.lower() or "dpop" in challenge.lower())
        assert good, f"{what} was answered by {exchange.status}, WWW-Authenticate {challenge or 'absent'}"


@requirement("rfc6749-7-tampered-access-token")
def test_made_up_access_token_is_refused(at_resource: AtResource) -> None:
    """The resource refuses an access token that was never issued."""
    judge_refusal(at_resource, at_resource.made_up, "a made-up access token")


@requirement("rfc6749-7-tampered-access-token")
def test_changed_access_token_is_refused(at_resource: AtResource) -> None:
    """The resource refuses an access token of which the last character was changed."""
    judge_refusal(at_resource, at_resource.changed, "an access token with another character")


@requirement("rfc9068-4-alg-none")
def test_unsigned_access_token_is_refused(at_resource: AtResource) -> None:
    """The resource refuses an access token whose signature was taken away, with alg none in its header."""
    if at_resource.unsigned is None:
        raise NotApplicable("the access token is opaque")
    judge_refusal(at_resource, at_resource.unsigned, "an access token without signature")


@requirement("rfc9068-4-id-token-refused")
def test_id_token_is_no_access_token(at_resource: AtResource) -> None:
    """The resource refuses an ID token in place of an access token."""
    if at_resource.id_token is None:
        raise NotApplicable("the login yields no ID token")
    judge_refusal(at_resource, at_resource.id_token, "an ID token")


def judge_refusal(at_resource: AtResource, attempt: Exchange, what: str) -> None:
    """Hold an answer of the resource against what a wrong token deserves."""
    answer = at_resource.resource.beside(attempt)
    assert not took(answer), f"{what} was answered by {answer.status}"


@requirement("rfc6750-3-no-error-without-token")
def test_challenge_names_no_error_without_a_token(at_resource: AtResource) -> None:
    """Where no token was sent, the challenge has no error."""
    at_resource.resource.require()
    challenge = at_resource.resource.without.header("www-authenticate") or ""
    assert "error=" not in challenge.replace(" ", ""), f"no token was sent, and the challenge is {challenge}"


@requirement("rfc6750-2.3-query")
def test_access_token_in_the_query_is_refused(at_resource: AtResource) -> None:
    """The resource does not take an access token in the query of its URL."""
    judge_query(at_resource)


@requirement("oauth2.1-5.1-query")
def test_access_token_in_the_query_is_ignored(at_resource: AtResource, conformance_run: Record) -> None:
    """Under OAuth 2.1 and FAPI 2.0 the resource ignores an access token in the query."""
    if not conformance_run.profile.claims & {"oauth2.1", "fapi2"}:
        raise NotApplicable("the profile claims neither OAuth 2.1 nor FAPI 2.0")
    judge_query(at_resource)


def judge_query(at_resource: AtResource) -> None:
    """Hold the answer to an access token in the query against the one to the same in the header."""
    answer = at_resource.resource.beside(at_resource.in_query, "access token", "access_token")
    assert not took(answer), f"an access token in the query was answered by {answer.status}"
