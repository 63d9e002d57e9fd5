"""How the token endpoint is reached: by TLS alone, with a good certificate, and by no old version (RFC 6749 §3.2, RFC 9325)."""

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake

HTTP, HTTPS = 80, 443
JUDGED = {"invalid_client", "invalid_grant", "unauthorized_client"}
"""What a token endpoint says that has looked at the credentials of a request."""


@dataclass(frozen=True)
class Transport:
    """Handshakes of today and of yesterday with the token endpoint's host, and a made-up request by plain http."""

    host: str
    usual: Handshake
    old: Handshake
    plain: Exchange | None


@scenario()
async def transport(provider: Provider) -> Transport:
    """Begin TLS with the token endpoint's host, as usual and in old versions alone, and ask it by http for a made-up client's token."""
    endpoint = await provider.endpoint("token_endpoint")
    if urlsplit(endpoint).scheme != "https":
        raise NotApplicable("the token endpoint is an http address")
    usual, old = await provider.wire.handshake(endpoint, "usual"), await provider.wire.handshake(endpoint, "old")
    address = by_http(endpoint)
    plain = await made_up_request(provider, address) if address is not None else None
    return Transport(urlsplit(endpoint).hostname or "", usual, old, plain)


def by_http(endpoint: str) -> str | None:
    """The same address by http, at http's own port; None where TLS has a port that no port of http belongs to."""
    parts = urlsplit(endpoint)
    if parts.port not in {None, HTTPS}:
        return None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(scheme="http", netloc=f"{host}:{HTTP}").geturl()


async def made_up_request(provider: Provider, address: str) -> Exchange:
    """A token request of a client that there is not: nothing of the profile's goes over a line that others can read."""
    pair = f"{provider.draw('client_id')}:{provider.draw('client_secret')}"
    headers = (
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept", "application/json"),
        ("Authorization", f"Basic {b64encode(pair.encode()).decode()}"),
    )
    provider.forget_browser()
    return await provider.send("POST", address, headers=headers, body=b"grant_type=client_credentials")


def reached(handshake: Handshake) -> None:
    """Judge nothing where the host is not reached at all."""
    if handshake.outcome in {"unreachable", "unable"}:
        raise Inconclusive(f"there is no TLS connection to the token endpoint: {handshake.reason}")


@requirement("transport-tls")
def test_certificate_is_that_of_the_host(transport: Transport) -> None:
    """The token endpoint's host has a certificate of its name, which is valid and issued by a trusted authority."""
    reached(transport.usual)
    assert transport.usual.outcome == "done", f"TLS with {transport.host} failed: {transport.usual.reason}"


@requirement("transport-tls")
def test_token_endpoint_does_not_answer_by_http(transport: Transport) -> None:
    """A token request by plain http is not served: neither tokens come nor a decision on the client."""
    if transport.plain is None:
        raise NotApplicable("the token endpoint's port is not that of https: there is no port of http beside it")
    if transport.plain.answer is None:
        return
    answer = TokenResponse(transport.plain)
    served = answer.access_token is not None or answer.error in JUDGED
    assert not served, f"by plain http the request of a made-up client was answered by {answer}"


@requirement("rfc9325-3.1.1-tls-versions")
def test_old_versions_are_not_spoken(transport: Transport) -> None:
    """The token endpoint's host takes no connection by TLS 1.0 or 1.1."""
    if transport.usual.outcome == "refused":
        raise Inconclusive(f"TLS with {transport.host} fails in any version: {transport.usual.reason}")
    reached(transport.usual)
    if transport.old.outcome == "unable":
        raise Inconclusive(f"OpenSSL here speaks no TLS 1.0 and 1.1 itself: {transport.old.reason}")
    reached(transport.old)
    assert transport.old.outcome == "refused", f"{transport.host} speaks {transport.old.version}"
