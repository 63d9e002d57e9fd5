"""Scope that was asked for and scope that was granted (RFC 6749 §3.3)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.access_token import scope_of
from token_conformance.provider import Provider
from token_conformance.token_response import TokenResponse
from token_conformance.verdict import NotJudged

FOREIGN = "urn:example:a-scope-that-nobody-registered"


@dataclass(frozen=True)
class ForeignScope:
    """A request with the scope of the profile, one that asks for more, and one that names none."""

    scope: str | None
    control: TokenResponse
    attempt: TokenResponse
    granted: frozenset[str] | None
    unnamed: TokenResponse


@scenario(needs="client_credentials")
async def foreign_scope(provider: Provider) -> ForeignScope:
    """Ask for the usual scope, for a foreign one beside it, for what that was granted, and for no scope."""
    grant = provider.profile.grants.client_credentials
    scope = grant.scope if grant else None
    control = await provider.client_credentials()
    attempt = await provider.client_credentials(scope=f"{scope} {FOREIGN}" if scope else FOREIGN)
    granted = await granted_scope(provider, attempt)
    request = {"grant_type": "client_credentials"}
    return ForeignScope(scope, control, attempt, granted, await provider.token(request, client=provider.service_client))


async def granted_scope(provider: Provider, answer: TokenResponse) -> frozenset[str] | None:
    """The scope of an access token by its answer, by itself or by introspection; None where nobody tells."""
    told = answer.scope or scope_of(answer.access_token)
    if told is not None or not answer.accepted:
        return told
    try:
        exchange = await provider.introspect(answer.access_token, client=provider.service_client)
    except NotJudged:
        return None
    return TokenResponse(exchange).scope if exchange.answer is not None else None


@requirement("rfc6749-3.3-invalid-scope")
def test_foreign_scope_is_not_granted(foreign_scope: ForeignScope) -> None:
    """A scope that nobody registered is refused as invalid_scope, or left out of what is granted."""
    answer = refusal(foreign_scope.attempt, control=foreign_scope.control)
    if answer.accepted:
        granted = foreign_scope.granted or frozenset()
        assert FOREIGN not in granted, f"the foreign scope was granted: {' '.join(sorted(granted))}"
    else:
        assert answer.error == "invalid_scope"


@requirement("rfc6749-5.1-scope-told")
def test_narrower_scope_than_asked_is_told(foreign_scope: ForeignScope) -> None:
    """Where less is granted than was asked for, the answer tells the scope."""
    answer = refusal(foreign_scope.attempt, control=foreign_scope.control)
    if not answer.accepted:
        raise NotApplicable("the foreign scope was refused, so that there is nothing to tell")
    if foreign_scope.granted is not None and FOREIGN in foreign_scope.granted:
        raise NotApplicable(
            "all that was asked for was granted, the foreign scope too, so that there is nothing to tell"
        )
    assert "scope" in answer.members, "a foreign scope was asked for and tokens came without scope"


@requirement("rfc6749-5.1-scope-told")
def test_scope_of_a_request_without_scope_is_told(foreign_scope: ForeignScope) -> None:
    """Where no scope was asked for and one was granted, the answer tells it."""
    answer = foreign_scope.unnamed
    if not answer.accepted:
        raise NotApplicable("a request without scope is refused, which RFC 6749 §3.3 allows")
    if "scope" in answer.members:
        return
    granted = scope_of(answer.access_token)
    if granted is None and foreign_scope.scope is None:
        raise Inconclusive("what scope was granted cannot be seen: the access token is opaque")
    assert granted == frozenset(), "no scope was asked for, some was granted, and the answer has no scope"
