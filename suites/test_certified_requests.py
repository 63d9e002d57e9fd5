"""Requests over a connection with the client's certificate that do not say who the client is (RFC 8705 §2)."""

from dataclasses import dataclass

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Carrier, Provider, refresh_carrier
from token_conformance.provider.client_authentication import Credentials, certificate_of


@dataclass(frozen=True)
class Unnamed:
    """A good request over a connection with the client's certificate, and the same without client_id."""

    control: TokenResponse
    unnamed: TokenResponse


@scenario(needs="client_certificate")
async def unnamed_client(provider: Provider) -> Unnamed:
    """Send a good request of a client that authenticates by certificate, and the same without client_id."""
    good = await certified_carrier(provider)
    proof = Credentials(certificate=certificate_of(good.client))
    return Unnamed(good.control, await provider.token_as(proof, good.parameters))


async def certified_carrier(provider: Provider) -> Carrier:
    """A request of a client that authenticates by certificate: for a token in its own name, or else a refresh."""
    profile = provider.profile
    if profile.grants.client_credentials is not None and provider.service_client.authenticates_by_certificate:
        parameters = {"grant_type": "client_credentials", "scope": profile.grants.client_credentials.scope}
        control = await provider.token(parameters, client=provider.service_client)
        return Carrier(provider.service_client, parameters, control)
    if not profile.user_client.authenticates_by_certificate:
        raise NotApplicable("the profile has no grant whose request can be repeated")
    return await refresh_carrier(provider)


@requirement("rfc8705-2-client-id")
def test_certificate_alone_does_not_name_the_client(unnamed_client: Unnamed) -> None:
    """A request over a connection with the client's certificate is refused without client_id."""
    answer = refusal(unnamed_client.unnamed, control=unnamed_client.control)
    assert not answer.handed_over, "a client was let in that did not say who it is"
