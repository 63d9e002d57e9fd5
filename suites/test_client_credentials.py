"""The client credentials grant (RFC 6749 §4.4)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import WITHOUT_CREDENTIALS, Mistake, mistaken
from token_conformance.judging.refusal import decision
from token_conformance.provider import Provider, refresh_carrier
from token_conformance.provider.client_authentication import unauthenticated


@dataclass(frozen=True)
class ServiceRequests:
    """A request in the client's own name, and the same without its credentials."""

    control: TokenResponse
    unauthenticated: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        unproved = {"client_credentials without credentials": self.unauthenticated}
        return mistaken(self.control, unproved, *WITHOUT_CREDENTIALS, refused_by="rfc6749-4.4-authenticated")


@scenario(needs="client_credentials")
async def unauthenticated_service(provider: Provider) -> ServiceRequests:
    """Ask for a token in the client's own name, with its credentials and without."""
    control = await provider.client_credentials()
    return ServiceRequests(control, await provider.client_credentials(client=unauthenticated(provider.service_client)))


@requirement("rfc6749-4.4-succeeds")
def test_service_gets_a_token(service_token: TokenResponse) -> None:
    """An authenticated client gets an access token in its own name."""
    asked = dict(service_token.exchange.request.form)
    if service_token.error == "invalid_scope" and "scope" not in asked:
        raise Inconclusive(
            "a request without scope is invalid_scope, as RFC 6749 §3.3 allows: see grants.client_credentials.scope"
        )
    assert decision(service_token).accepted


@requirement("rfc6749-4.4.3-no-refresh-token")
def test_service_gets_no_refresh_token(service_token: TokenResponse) -> None:
    """client_credentials yields no refresh token: the client can ask again at any time."""
    if not service_token.accepted:
        raise Inconclusive(f"the service gets no token at all: {service_token}")
    assert "refresh_token" not in service_token.members, "a refresh_token came for client_credentials"


@requirement("rfc6749-4.4-authenticated")
def test_service_must_authenticate(unauthenticated_service: ServiceRequests) -> None:
    """A client_credentials request without the client's credentials yields nothing."""
    answer = refusal(unauthenticated_service.unauthenticated, control=unauthenticated_service.control)
    assert not answer.handed_over, "client_credentials yields a token without the client's credentials"


@dataclass(frozen=True)
class PublicService:
    """A public client's refresh, and its request for a token in its own name."""

    control: TokenResponse
    attempt: TokenResponse


@scenario(needs="public_client")
async def public_service(provider: Provider) -> PublicService:
    """Refresh as a public client, and ask for a token in the name of that client, which only says who it is."""
    good = await refresh_carrier(provider)
    return PublicService(
        good.control, await provider.token({"grant_type": "client_credentials"}, client=provider.profile.user_client)
    )


@requirement("rfc6749-4.4-authenticated")
def test_public_client_is_no_service(public_service: PublicService) -> None:
    """A public client gets no token by client_credentials, which is for confidential clients alone."""
    # A public client has no accepted request of this grant: its refresh shows that it is known.
    differs = ("grant_type", "refresh_token")
    answer = refusal(public_service.attempt, control=public_service.control, differs=differs)
    assert not answer.handed_over, "a public client got a token by client_credentials"


@scenario()
async def other_public_services(provider: Provider) -> dict[str, TokenResponse]:
    """Ask for a token in the name of each further public client, which only says who it is; the answers by their names."""
    clients = [each for each in provider.profile.clients if each.public and each != provider.profile.user_client]
    if not clients:
        raise NotApplicable("the profile has no further public client")
    return {
        client.name: await provider.token({"grant_type": "client_credentials"}, client=client) for client in clients
    }


@requirement("rfc6749-4.4-authenticated")
def test_no_other_public_client_is_a_service(other_public_services: dict[str, TokenResponse]) -> None:
    """No further public client of the profile gets a token by client_credentials."""
    for name, answer in other_public_services.items():
        assert not answer.handed_over, f'the public client "{name}" got a token by client_credentials'
    raise NotApplicable("measured, not judged: no further public client got a token, and none has a control beside it")


@dataclass(frozen=True)
class RepeatedService:
    """Two answers to the same request of a service, some seconds apart."""

    first: TokenResponse
    second: TokenResponse


@scenario(needs="client_credentials", long=True)
async def repeated_service(provider: Provider) -> RepeatedService:
    """Ask for a token in the client's own name, and again five seconds later."""
    first = await provider.client_credentials()
    await provider.clock.wait(5)
    return RepeatedService(first, await provider.client_credentials())


@requirement("rfc6749-5.1-expires-in-true")
def test_same_token_has_the_rest_of_its_life(repeated_service: RepeatedService) -> None:
    """A service that asks again gets another access token, or the same one with what is left of its life."""
    first, second = repeated_service.first, refusal(repeated_service.second, control=repeated_service.first)
    if not second.accepted:
        raise Inconclusive(f"the second request was answered by {second}")
    if second.access_token != first.access_token or first.expires_in is None or second.expires_in is None:
        return
    passed = (second.answered - first.answered).total_seconds()
    assert second.expires_in <= first.expires_in - passed + 1, (
        f"the same access token came again {passed:.0f} s later, with expires_in {second.expires_in} "
        f"after {first.expires_in}"
    )
