"""The client credentials grant (RFC 6749 §4.4)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider
from token_conformance.provider.client_authentication import unauthenticated


@scenario(needs="client_credentials")
async def unauthenticated_service(provider: Provider) -> TokenResponse:
    """Ask for a token in the client's own name without its credentials."""
    return await provider.client_credentials(client=unauthenticated(provider.service_client))


@requirement("rfc6749-4.4-succeeds")
def test_service_gets_a_token(service_token: TokenResponse) -> None:
    """An authenticated client gets an access token in its own name."""
    asked = dict(service_token.exchange.request.form)
    if service_token.error == "invalid_scope" and "scope" not in asked:
        raise Inconclusive(
            "a request without scope is invalid_scope, as RFC 6749 §3.3 allows: see grants.client_credentials.scope"
        )
    assert service_token.accepted


@requirement("rfc6749-4.4.3-no-refresh-token")
def test_service_gets_no_refresh_token(service_token: TokenResponse) -> None:
    """client_credentials yields no refresh token: the client can ask again at any time."""
    if not service_token.accepted:
        raise Inconclusive(f"the service gets no token at all: {service_token}")
    assert "refresh_token" not in service_token.members, "a refresh_token came for client_credentials"


@requirement("rfc6749-4.4-authenticated")
def test_service_must_authenticate(unauthenticated_service: TokenResponse, service_token: TokenResponse) -> None:
    """A client_credentials request without the client's credentials is refused, best as invalid_client."""
    answer = refusal(unauthenticated_service, control=service_token)
    assert answer.error in {"invalid_client", "unauthorized_client", "invalid_request"}


@scenario()
async def public_services(provider: Provider) -> dict[str, TokenResponse]:
    """Ask for a token in the name of each public client, which only says who it is; the answers by their names."""
    clients = [client for client in provider.profile.clients if client.public]
    if not clients:
        raise NotApplicable("the profile has no public client")
    return {
        client.name: await provider.token({"grant_type": "client_credentials"}, client=client) for client in clients
    }


@requirement("rfc6749-4.4-authenticated")
def test_public_client_is_no_service(public_services: dict[str, TokenResponse]) -> None:
    """No public client gets a token by client_credentials, which is for confidential clients alone."""
    for name, answer in public_services.items():
        if not answer.accepted and not answer.refused:
            raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
        assert not answer.accepted, f'the public client "{name}" got a token by client_credentials'


@dataclass(frozen=True)
class RepeatedService:
    """Two answers to the same request of a service, some seconds apart."""

    first: TokenResponse
    second: TokenResponse


@scenario(needs="client_credentials")
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
