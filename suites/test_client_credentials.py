"""The client credentials grant (RFC 6749 §4.4)."""

from dataclasses import dataclass

from token_conformance import refusal, requirement, scenario
from token_conformance.provider import Provider
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.token_response import TokenResponse


@dataclass(frozen=True)
class ServiceRequests:
    """A request of the service, and the same without its credentials."""

    control: TokenResponse
    without_credentials: TokenResponse


@scenario(needs="client_credentials")
async def service_requests(provider: Provider) -> ServiceRequests:
    """Ask for a token in the client's own name, with and without its credentials."""
    control = await provider.client_credentials()
    return ServiceRequests(control, await provider.client_credentials(client=unauthenticated(provider.service_client)))


@requirement("rfc6749-4.4-authenticated")
def test_service_gets_a_token(service_token: TokenResponse) -> None:
    """An authenticated client gets an access token in its own name."""
    assert service_token.accepted


@requirement("rfc6749-4.4.3-no-refresh-token")
def test_service_gets_no_refresh_token(service_token: TokenResponse) -> None:
    """client_credentials yields no refresh token: the client can ask again at any time."""
    assert "refresh_token" not in service_token.members, "a refresh_token came for client_credentials"


@requirement("rfc6749-4.4-authenticated")
def test_service_must_authenticate(service_requests: ServiceRequests) -> None:
    """A client_credentials request without the client's credentials is refused."""
    answer = refusal(service_requests.without_credentials, control=service_requests.control)
    assert answer.error in {"invalid_client", "unauthorized_client", "invalid_request"}
