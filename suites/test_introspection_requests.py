"""How introspection reads its requests (RFC 7662 §2.1)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.provider import Provider
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class IntrospectionRequests:
    """A living access token introspected without a hint and with a wrong one, and a request without token."""

    plain: Exchange
    hinted: Exchange
    without_token: Exchange


@scenario(needs="login")
async def introspection_requests(provider: Provider) -> IntrospectionRequests:
    """Introspect a living access token, then as if it were a refresh token, and then no token at all."""
    await provider.endpoint("introspection_endpoint")
    login = await provider.session()
    if login.client.public:
        raise NotApplicable("the profile's client is public, and introspection demands credentials")
    return IntrospectionRequests(
        plain=await provider.introspect(login.access_token, client=login.client),
        hinted=await provider.introspect(login.access_token, hint="refresh_token", client=login.client),
        without_token=await provider.introspect(None, client=login.client),
    )


def controlled(requests: IntrospectionRequests) -> None:
    """Judge nothing where even a living token is not introspected as active."""
    status, active = requests.plain.response.status, requests.plain.members.get("active")
    if status != 200 or active is not True:
        raise Inconclusive(f"a living access token was introspected with status {status} and active {active!r}")


def decided(exchange: Exchange) -> Exchange:
    """Give back an answer once it is the endpoint's own."""
    if exchange.response.status == 429 or exchange.response.status >= 500:
        raise Inconclusive(f"introspection answered {exchange.response.status}")
    return exchange


@requirement("rfc7662-2.1-hint")
def test_wrong_hint_does_not_make_a_token_inactive(introspection_requests: IntrospectionRequests) -> None:
    """A living access token is introspected as active though the hint takes it for a refresh token."""
    controlled(introspection_requests)
    exchange = decided(introspection_requests.hinted)
    active = exchange.members.get("active")
    assert exchange.status == 200 and active is True, (
        f"with a wrong hint a living access token was introspected with status {exchange.status} and active {active!r}"
    )


@requirement("rfc7662-2.1-missing-token")
def test_introspection_of_nothing_is_an_error(introspection_requests: IntrospectionRequests) -> None:
    """Introspection without token is refused with 400."""
    controlled(introspection_requests)
    exchange = decided(introspection_requests.without_token)
    assert exchange.status == 400, f"introspection without token was answered by {exchange.status}"
