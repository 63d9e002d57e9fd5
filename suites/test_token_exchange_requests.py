"""Who acts, and for which resource, in an exchange of tokens, and what its answer tells (RFC 8693 §2.1 and §2.2)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import scope_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider
from token_conformance.provider.exchanging import TOKEN_TYPE, exchange_of, exchanging_client

ACCESS_TOKEN = f"{TOKEN_TYPE}access_token"


@dataclass(frozen=True)
class FurtherExchanges:
    """A documented exchange, the same with an actor that is wrong, and for a resource that is written wrongly.

    `targeted` is the exchange for a known resource, where the profile knows one.
    """

    control: TokenResponse
    invalid_actor: TokenResponse
    actor_type_alone: TokenResponse
    targeted: TokenResponse | None
    relative: TokenResponse | None
    with_fragment: TokenResponse | None


@scenario(needs="token_exchange login")
async def further_exchanges(provider: Provider) -> FurtherExchanges:
    """Log in, exchange a token, and again with a made-up actor, with a type of none, and for misspelt resources."""
    client, login = exchanging_client(provider.profile), await provider.login()
    right, known = exchange_of(provider.profile, login), known_resource(provider)

    async def attempt(**changes: str | None) -> TokenResponse:
        return await provider.token({**right, **changes}, client=client)

    async def aimed(resource: str) -> TokenResponse | None:
        return await attempt(audience=None, resource=resource) if known is not None else None

    return FurtherExchanges(
        control=await attempt(),
        invalid_actor=await attempt(actor_token=provider.draw("token"), actor_token_type=ACCESS_TOKEN),
        actor_type_alone=await attempt(actor_token_type=ACCESS_TOKEN),
        targeted=await aimed(known or ""),
        relative=await aimed("/things"),
        with_fragment=await aimed(f"{known}#part"),
    )


def known_resource(provider: Provider) -> str | None:
    """A resource that tokens can be asked for, as the profile documents."""
    grant = provider.profile.grants.token_exchange
    indicators = provider.profile.tokens.resource_indicators
    return (grant.resource if grant is not None else None) or next(iter(indicators), None)


@requirement("rfc8693-2.2.2-invalid-actor")
def test_made_up_actor_is_refused(further_exchanges: FurtherExchanges) -> None:
    """An exchange with an actor_token that was never issued is refused."""
    differs = ("actor_token", "actor_token_type")  # the type is required beside the token (RFC 8693 §2.1)
    answer = refusal(further_exchanges.invalid_actor, control=further_exchanges.control, differs=differs)
    assert not answer.handed_over


@requirement("rfc8693-2.1-actor-type-alone")
def test_type_of_no_actor_is_refused(further_exchanges: FurtherExchanges) -> None:
    """An exchange with actor_token_type and no actor_token is refused."""
    assert not refusal(further_exchanges.actor_type_alone, control=further_exchanges.control).handed_over


def judge_resource(attempt: TokenResponse | None, targeted: TokenResponse | None, what: str) -> None:
    """Hold an exchange for a resource that is written wrongly against the one for a known resource."""
    if attempt is None or targeted is None:
        raise NotApplicable("the profile names no resource that tokens can be asked for")
    if not targeted.accepted:
        raise NotApplicable(f"tokens are not exchanged for the profile's resource: {targeted}")
    assert not refusal(attempt, control=targeted).handed_over, f"an exchange for {what} was accepted"


@requirement("rfc8693-2.1-resource-syntax")
def test_exchange_for_a_relative_resource_is_refused(further_exchanges: FurtherExchanges) -> None:
    """An exchange for a resource that is no absolute URI is refused."""
    judge_resource(further_exchanges.relative, further_exchanges.targeted, "a relative resource")


@requirement("rfc8693-2.1-resource-syntax")
def test_exchange_for_a_resource_with_fragment_is_refused(further_exchanges: FurtherExchanges) -> None:
    """An exchange for a resource with a fragment is refused."""
    judge_resource(further_exchanges.with_fragment, further_exchanges.targeted, "a resource with a fragment")


def exchanged(further_exchanges: FurtherExchanges) -> TokenResponse:
    """The documented exchange; nothing is judged of one that was refused, which another check tells."""
    answer = further_exchanges.control
    if not answer.accepted:
        raise Inconclusive(f"the exchange was not accepted: {answer} to {answer.exchange}")
    return answer


@requirement("rfc8693-2.2.1-expires-in")
def test_exchange_tells_how_long_its_token_lives(further_exchanges: FurtherExchanges) -> None:
    """The answer to an exchange has expires_in."""
    assert "expires_in" in exchanged(further_exchanges).members, "the answer has no expires_in"


@requirement("rfc8693-2.2.1-scope")
def test_exchange_tells_a_scope_that_was_not_asked_for(further_exchanges: FurtherExchanges) -> None:
    """The answer to an exchange tells the scope of its token, where that is not the one that was asked for."""
    answer = exchanged(further_exchanges)
    asked = frozenset((dict(answer.exchange.request.form).get("scope") or "").split())
    granted = scope_of(answer.access_token)
    if granted is None:
        raise NotApplicable("the token that was issued does not tell its scope")
    if granted == asked:
        raise NotApplicable("what was asked for was granted, so that there is nothing to tell")
    assert "scope" in answer.members, f"{' '.join(sorted(granted))} was granted, and the answer has no scope"
