"""Requests for several resources and for unknown ones, and whom JWT access tokens are for then (RFC 8707 §2, RFC 9068 §3 to §5)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of, keeps_rfc9068
from token_conformance.evidence.jwt_reading import Token
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.resource import Protected, took
from token_conformance.provider import Carrier, Login, Provider, carrier, refresh_carrier
from token_conformance.provider.attempt import Attempt, attempted
from token_conformance.provider.resource import protected
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class ResourceTargets:
    """Tokens asked for one documented resource, for another, and for both at once; None where there is but one."""

    resource: str
    one: TokenResponse
    other: TokenResponse | None
    both: TokenResponse | None


@scenario(needs="resource_indicators")
async def resource_targets(provider: Provider) -> ResourceTargets:
    """Ask for tokens for one documented resource, for another one, and for both in one request."""
    known = provider.profile.tokens.resource_indicators
    good = await asking(provider)

    async def attempt(*resources: str) -> TokenResponse:
        nonlocal good
        form = [(name, value) for name, value in good.parameters.items() if value is not None]
        answer = await provider.token([*form, *(("resource", each) for each in resources)], client=good.client)
        good = good.after(answer)
        return answer

    one, other, both = await attempt(known[0]), None, None
    if len(known) > 1:
        other, both = await attempt(known[1]), await attempt(*known[:2])
    return ResourceTargets(known[0], one, other, both)


async def asking(provider: Provider) -> Carrier:
    """A request that can name a resource: the cheapest, or the refresh of a login that was not for one resource."""
    try:
        return await carrier(provider)
    except NotApplicable:
        return await refresh_carrier(provider)


def present(answer: TokenResponse | None) -> TokenResponse:
    """An answer that there is only where the profile names two resources."""
    if answer is None:
        raise NotApplicable("the profile names a single resource")
    return answer


@requirement("rfc8707-2-several")
def test_several_resources_are_no_repetition(resource_targets: ResourceTargets) -> None:
    """A request for two resources is granted, or refused as invalid_target, and not because resource comes twice."""
    answer = refusal(present(resource_targets.both), control=resource_targets.one)
    assert answer.accepted or answer.error == "invalid_target", f"a request for two resources was answered by {answer}"


def profiled(answer: TokenResponse) -> Token:
    """The access token of an answer, where it is a JWT of RFC 9068.

    Raises:
        NotApplicable: it is none.
        Inconclusive: there is no access token.

    """
    if not answer.accepted:
        raise Inconclusive(f"no token was issued for a resource: {answer}")
    token = jwt_of(answer.access_token)
    if token is None or not keeps_rfc9068(token):
        raise NotApplicable("the type of the access tokens is not at+jwt")
    answer.exchange.response  # noqa: B018 - the answer is this check's evidence
    return token


@requirement("rfc9068-3-aud-of-the-resource")
def test_jwt_access_token_names_the_resource(resource_targets: ResourceTargets) -> None:
    """The aud of a JWT access token of RFC 9068 that was asked for a resource is that resource."""
    audience = profiled(resource_targets.one).audience
    assert resource_targets.resource in audience, (
        f"a token that was asked for {resource_targets.resource} is for {', '.join(audience) or 'nobody'}"
    )


@requirement("rfc9068-5-distinct-aud")
def test_jwt_access_tokens_for_two_resources_differ(resource_targets: ResourceTargets) -> None:
    """JWT access tokens of RFC 9068 for different resources differ in aud."""
    one, other = profiled(resource_targets.one), profiled(present(resource_targets.other))
    assert set(one.audience) != set(other.audience), f"tokens for two resources are both for {', '.join(one.audience)}"


@scenario(needs="resource_indicators authorization_code unattended_login")
async def unknown_target(provider: Provider) -> Attempt:
    """Send the user to grant access to a resource that nobody knows."""
    unknown = provider.draw("resource").lower().replace("_", "-").strip("-")
    return await attempted(provider, parameters={"resource": f"https://{unknown}.example/"})


@requirement("rfc8707-2.1-invalid-target")
def test_authorization_for_an_unknown_resource_is_invalid_target(unknown_target: Attempt, login: Login) -> None:
    """An authorization request for a resource that nobody knows is refused as invalid_target."""
    if login.authorization is None or login.authorization.code is None:
        raise Inconclusive("the usual authorization request yields no code")
    assert unknown_target.refused, "an authorization request for an unknown resource yields a code"
    if unknown_target.error is None:
        raise NotApplicable("the provider shows the user a page, and tells the client nothing")
    assert unknown_target.error == "invalid_target", f"an unknown resource was answered by {unknown_target}"


@dataclass(frozen=True)
class Misplaced:
    """The profile's resource asked with the usual access token or none, and with one that was asked for another resource."""

    usual: TokenResponse
    foreign: TokenResponse
    resource: Protected
    with_foreign: Exchange


@scenario(needs="resource_indicators authorization_code unattended_login")
async def misplaced_token(provider: Provider) -> Misplaced:
    """Log in as usual and for a documented resource, and use both access tokens at the profile's own resource."""
    if provider.profile.server.resource is None:
        raise NotApplicable("the profile has no server.resource to bring a token for another resource to")
    login = await provider.session()
    resource = await protected(provider, login.access_token)
    if resource is None:
        raise Inconclusive(f"the login yields no access token: {login.response}")
    other = provider.profile.tokens.resource_indicators[0]
    foreign = await provider.exchange_code(await provider.authorize(parameters={"resource": other}))
    return Misplaced(login.response, foreign, resource, await provider.resource(foreign.access_token))


@requirement("rfc9068-4-aud-checked")
def test_token_for_another_resource_is_refused(misplaced_token: Misplaced) -> None:
    """The resource refuses a JWT access token of RFC 9068 whose aud is that of another resource."""
    usual, foreign = profiled(misplaced_token.usual), profiled(misplaced_token.foreign)
    if set(usual.audience) & set(foreign.audience):
        raise NotApplicable("a token for another resource is for the profile's resource as well")
    answer = misplaced_token.resource.beside(misplaced_token.with_foreign)
    assert not took(answer), (
        f"a token for {', '.join(foreign.audience)} was answered by {answer.status}, as one for {', '.join(usual.audience)}"
    )
