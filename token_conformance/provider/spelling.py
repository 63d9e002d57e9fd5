"""How one request is written: its method, its media type, and the encoding of its parameters."""

from __future__ import annotations

from collections.abc import Callable

from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.carrier import Carrier
from token_conformance.provider.client_authentication import Credentials
from token_conformance.provider.provider import Provider
from token_conformance.wire.exchange import Exchange, Headers

FORM: Headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))

Encoding = Callable[[list[tuple[str, str]]], bytes]


def encoded_as_form(form: list[tuple[str, str]]) -> bytes:
    """The parameters as RFC 6749 §3.2 wants them."""
    return form_encoded(form).encode()


def parameters_of(good: Carrier, proof: Credentials) -> list[tuple[str, str]]:
    """The parameters of a good request, the credentials that belong into the form among them."""
    return [(name, value) for name, value in (*good.parameters.items(), *proof.parameters) if value is not None]


async def sent(
    provider: Provider,
    good: Carrier,
    method: str,
    headers: Headers = (),
    *,
    query: Encoding | None = None,
    body: Encoding | None = None,
) -> Exchange:
    """Send a good request by any method, its parameters encoded in the query or in the body."""
    proof = await provider.credentials(good.client)
    endpoint = await provider.endpoint("token_endpoint", mutual_tls=proof.certificate is not None)
    form = parameters_of(good, proof)
    if query is not None:
        endpoint = f"{endpoint}{'&' if '?' in endpoint else '?'}{query(form).decode()}"
    content = body(form) if body is not None else b""
    return await provider.send(
        method, endpoint, headers=(*headers, *proof.headers), body=content, certificate=proof.certificate
    )
