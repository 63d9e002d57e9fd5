"""Tokens that are asked for one resource (RFC 8707), where the profile names resources."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.profile.client import Client
from token_conformance.provider import Carrier, Provider, Resending, carrier, refresh_carrier
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class Targeted:
    """A token that was asked for some resources, and its introspection where the provider offers that."""

    resource: str
    response: TokenResponse
    introspection: Exchange | None

    @property
    def audience(self) -> tuple[str, ...] | None:
        """Whom the token says that it is for, in itself or at introspection; None where nobody tells."""
        token = jwt_of(self.response.access_token)
        if token is not None:
            return token.audience
        if self.introspection is None or self.introspection.members.get("active") is not True:
            return None
        told = self.introspection.members.get("aud")
        if isinstance(told, list):
            return tuple(each for each in told if isinstance(each, str))
        return (told,) if isinstance(told, str) else None


async def targeted(provider: Provider, client: Client, resource: str, response: TokenResponse) -> Targeted:
    """Look up whom a token is for, where it does not say so itself."""
    introspection = None
    if response.accepted and jwt_of(response.access_token) is None and not client.public:
        try:
            introspection = await provider.introspect(response.access_token, client=client)
        except NotJudged:
            introspection = None
    return Targeted(resource, response, introspection)


async def harmless(provider: Provider, client: Client) -> frozenset[str]:
    """Audiences beside a resource that open nothing of others: the provider itself, its userinfo, the client."""
    own = {client.client_id, provider.profile.server.identifier or ""}
    try:
        own.add(await provider.endpoint("userinfo_endpoint"))
    except NotJudged:
        return frozenset(own)
    return frozenset(own)


@dataclass(frozen=True)
class ResourceRequests:
    """Tokens asked for documented resources, and for some that are none."""

    without_resource: TokenResponse
    targets: tuple[Targeted, ...]
    harmless: frozenset[str]
    unknown: TokenResponse
    relative: TokenResponse
    with_fragment: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        unknown = {"a resource that nobody knows": self.unknown}
        malformed = {"a relative resource": self.relative, "a resource with a fragment": self.with_fragment}
        return (
            *mistaken(self.control, unknown, "invalid_target", refused_by="rfc8707-target"),
            *mistaken(self.control, malformed, "invalid_target", "invalid_request", refused_by="rfc8707-2-malformed"),
        )

    @property
    def control(self) -> TokenResponse:
        """The answer to a request for the first documented resource."""
        return self.targets[0].response


@scenario(needs="resource_indicators")
async def resource_requests(provider: Provider) -> ResourceRequests:
    """Ask for tokens for one or two documented resources, an unknown one, a relative address and one with a fragment."""
    known = provider.profile.tokens.resource_indicators
    good = await asking(provider)
    repetition = Resending(provider, good)

    async def attempt(resource: str) -> TokenResponse:
        return await repetition.sent({"resource": resource})

    targets = [await targeted(provider, good.client, each, await attempt(each)) for each in known[:2]]
    return ResourceRequests(
        without_resource=good.control,
        targets=tuple(targets),
        harmless=await harmless(provider, good.client),
        unknown=await attempt(f"https://{provider.draw('resource').lower().replace('_', '-').strip('-')}.example/"),
        relative=await attempt(urlsplit(known[0]).path or "things"),
        with_fragment=await attempt(f"{known[0]}#part"),
    )


async def asking(provider: Provider) -> Carrier:
    """A request that can name a resource: the cheapest, or the refresh of a login that was not for one resource."""
    try:
        return await carrier(provider)
    except NotApplicable:
        return await refresh_carrier(provider)


@requirement("rfc8707-granted")
def test_documented_resource_is_granted(resource_requests: ResourceRequests) -> None:
    """A token is issued for each documented resource."""
    for target in resource_requests.targets:
        answer = refusal(target.response, control=resource_requests.without_resource)
        assert answer.accepted, f"a request for {target.resource} was answered by {answer}"


@requirement(
    "rfc8707-target", formerly=("suites/test_resource_indicators.py::test_unknown_resource_is_invalid_target",)
)
def test_unknown_resource_is_refused(resource_requests: ResourceRequests) -> None:
    """A resource that nobody knows yields no token."""
    answer = refusal(resource_requests.unknown, control=resource_requests.control)
    assert not answer.handed_over, "a token was issued for a resource that nobody knows"


@requirement("rfc8707-2-malformed")
def test_relative_resource_is_refused(resource_requests: ResourceRequests) -> None:
    """A resource that is no absolute URI yields no token."""
    answer = refusal(resource_requests.relative, control=resource_requests.control)
    assert not answer.handed_over, "a token was issued for a relative resource"


@requirement("rfc8707-2-malformed")
def test_resource_with_fragment_is_refused(resource_requests: ResourceRequests) -> None:
    """A resource with a fragment yields no token."""
    answer = refusal(resource_requests.with_fragment, control=resource_requests.control)
    assert not answer.handed_over, "a token was issued for a resource with a fragment"


def judge_audience(target: Targeted, harmless: frozenset[str]) -> None:
    """Hold the audience of a token against the resource it was asked for; a server may write it in its own way."""
    told = target.audience
    if told is None:
        raise NotApplicable("the access token is opaque, and introspection does not tell of it")
    assert told, f"a token that was asked for {target.resource} names no audience"
    others = [each for each in told if each != target.resource and each not in harmless]
    assert others or target.resource in told, (
        f"a token that was asked for {target.resource} is for {', '.join(told)}, and for no resource"
    )
    alone = not others or (target.resource not in told and len(others) == 1)
    assert alone, f"a token that was asked for {target.resource} is for {', '.join(told)}"


@requirement("rfc8707-2-audience")
def test_token_is_for_the_resource_alone(resource_requests: ResourceRequests) -> None:
    """A token that was asked for one resource has that one as its audience, or one name for it."""
    accepted = [target for target in resource_requests.targets if target.response.accepted]
    if not accepted:
        raise Inconclusive(f"no token was issued for a resource: {resource_requests.control}")
    for target in accepted:
        judge_audience(target, resource_requests.harmless)


@requirement("rfc8707-2-audience")
def test_tokens_for_two_resources_differ(resource_requests: ResourceRequests) -> None:
    """Tokens that were asked for different resources have different audiences."""
    if len(resource_requests.targets) < 2:
        raise NotApplicable("the profile names a single resource")
    one, other = resource_requests.targets
    if not (one.response.accepted and other.response.accepted):
        raise Inconclusive(f"no tokens were issued for two resources: {one.response}, {other.response}")
    if not one.audience or not other.audience:
        raise NotApplicable("nobody tells whom the tokens are for")
    assert set(one.audience) != set(other.audience), (
        f"tokens for {one.resource} and for {other.resource} are both for {', '.join(one.audience)}"
    )


@dataclass(frozen=True)
class ResourceRefreshes:
    """A login for one resource, refreshed without naming one, for it and for another; and one for both, refreshed for one."""

    first: Targeted
    unnamed: Targeted
    control: Targeted
    beyond: Targeted
    both: TokenResponse
    narrowed: Targeted
    harmless: frozenset[str]


@scenario(needs="resource_indicators authorization_code refresh", reach="session")
async def resource_refreshes(provider: Provider) -> ResourceRefreshes:
    """Log in for one resource and refresh without one, for it and for another; log in for both and refresh for one."""
    known, client = provider.profile.tokens.resource_indicators, provider.profile.user_client
    if len(known) < 2:
        raise NotApplicable("the profile names a single resource")
    if provider.profile.login.strategy not in {"form", "browser"}:
        raise NotApplicable("the profile's login.strategy does not go through the authorization endpoint")
    one, other = known[:2]
    first = await provider.exchange_code(await provider.authorize(parameters={"resource": one}))
    unnamed = await provider.refresh(first.refresh_token, client=client)
    newest = unnamed.refresh_token or first.refresh_token
    control = await provider.refresh(newest, client=client, changes={"resource": one})
    newest = control.refresh_token or newest
    beyond = await provider.refresh(newest, client=client, changes={"resource": other})
    both = await provider.exchange_code(await provider.authorize(parameters={"resource": (one, other)}))
    narrowed = await provider.refresh(both.refresh_token, client=client, changes={"resource": one})
    return ResourceRefreshes(
        first=await targeted(provider, client, one, first),
        unnamed=await targeted(provider, client, one, unnamed),
        control=await targeted(provider, client, one, control),
        beyond=await targeted(provider, client, other, beyond),
        both=both,
        narrowed=await targeted(provider, client, one, narrowed),
        harmless=await harmless(provider, client),
    )


@requirement("rfc8707-2-audience")
def test_refresh_keeps_the_resource(resource_refreshes: ResourceRefreshes) -> None:
    """A refresh of a login for one resource, whether it names it or not, yields a token for that resource."""
    granted = resource_refreshes.first.audience
    named = frozenset(granted or ()) - (resource_refreshes.harmless - {resource_refreshes.control.resource})
    if not granted or not named or not resource_refreshes.unnamed.response.accepted:
        raise NotApplicable(
            "nobody tells whom the tokens are for, or the refresh was refused, which is judged elsewhere"
        )
    for refreshed in (resource_refreshes.unnamed, resource_refreshes.control):
        told = refreshed.audience
        if told:
            assert named & set(told), (
                f"a login for {refreshed.resource}, whose token was for {', '.join(granted)}, "
                f"was refreshed to a token for {', '.join(told)}"
            )


@requirement("rfc9700-4.14.2-bound-to-scope")
def test_refresh_does_not_reach_another_resource(resource_refreshes: ResourceRefreshes) -> None:
    """A refresh for a resource that the login was not for is refused, or yields no token for it."""
    beyond, granted = resource_refreshes.beyond, resource_refreshes.control
    answer = refusal(beyond.response, control=granted.response)
    if answer.accepted:
        if not beyond.audience or not granted.audience:
            raise Inconclusive("the refresh was accepted, and nobody tells whom the token is for")
        assert set(beyond.audience) == set(granted.audience), (
            f"a login for {granted.resource} alone was refreshed to a token for {', '.join(beyond.audience)}"
        )


@requirement("rfc8707-2.2-narrowing")
def test_refresh_may_narrow_to_one_resource(resource_refreshes: ResourceRefreshes) -> None:
    """A refresh for one of the resources that were granted is accepted."""
    if not resource_refreshes.both.accepted:
        raise Inconclusive(f"a login for two resources was answered by {resource_refreshes.both}")
    answer = refusal(resource_refreshes.narrowed.response, control=resource_refreshes.control.response)
    assert answer.accepted


@requirement("rfc8707-2-audience")
def test_narrowed_refresh_is_for_the_resource_alone(resource_refreshes: ResourceRefreshes) -> None:
    """The token of a refresh for one of two granted resources is for that one alone."""
    if not resource_refreshes.both.accepted:
        raise Inconclusive(f"a login for two resources was answered by {resource_refreshes.both}")
    answer = refusal(resource_refreshes.narrowed.response, control=resource_refreshes.control.response)
    if not answer.accepted:
        raise Inconclusive(f"the refresh for one resource was answered by {answer}")
    judge_audience(resource_refreshes.narrowed, resource_refreshes.harmless)
