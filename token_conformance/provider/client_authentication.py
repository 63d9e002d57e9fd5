"""How a client proves who it is at the token endpoint (RFC 6749 §2.3)."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus

from token_conformance.profile.client import Client
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.signing_key import another_of, private_key
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Headers

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Credentials:
    """What a request carries so that the client is known: headers and form parameters, and its certificate in TLS.

    `anew` makes them again for another request, where they are good for one.
    """

    headers: Headers = ()
    parameters: Parameters = ()
    certificate: ClientCertificate | None = None
    anew: Callable[[], Credentials] | None = field(default=None, compare=False, repr=False)


def basic(client: Client, encoded: Callable[[str], str] = quote_plus) -> Credentials:
    """HTTP Basic with id and secret form-encoded first (RFC 6749 §2.3.1), or in another way that a server wants."""
    pair = f"{encoded(client.client_id)}:{encoded(client.client_secret or '')}"
    return Credentials(headers=(("Authorization", f"Basic {b64encode(pair.encode()).decode()}"),))


def in_small_letters(proof: Credentials) -> Credentials:
    """The same HTTP Basic by the scheme basic, which is read in any case (RFC 9110 §11.1)."""
    headers = tuple((name, value.replace("Basic", "basic", 1)) for name, value in proof.headers)
    return Credentials(headers, proof.parameters)


def post(client: Client) -> Credentials:
    """Id and secret as form parameters (RFC 6749 §2.3.1)."""
    return Credentials(parameters=(("client_id", client.client_id), ("client_secret", client.client_secret or "")))


def identified(client: Client) -> Credentials:
    """The id alone, as a public client sends it (RFC 6749 §3.2.1)."""
    return Credentials(parameters=(("client_id", client.client_id),))


METHODS: Mapping[str, Callable[[Client], Credentials]] = {
    "client_secret_basic": basic,
    "client_secret_post": post,
    "tls_client_auth": identified,
    "self_signed_tls_client_auth": identified,
    "none": identified,
}
"""The methods by their registered names (RFC 7591 §2), but for those that sign an assertion for each request.

With a certificate goes the client_id (RFC 8705 §2).
"""


def credentials(client: Client) -> Credentials:
    """The credentials by the client's registered method, with its certificate where it has one.

    Raises:
        Inconclusive: the method is not implemented.

    """
    method = METHODS.get(client.authentication)
    if method is None:
        raise Inconclusive(
            f"authentication = {client.authentication!r} is not supported yet; there are {', '.join(METHODS)}"
        )
    return replace(method(client), certificate=certificate_of(client))


def with_listed_method(client: Client, methods: Collection[str]) -> Client:
    """The client with another way to send its secret, where an endpoint lists that one, and not the registered one."""
    other = next((method for method in ("client_secret_basic", "client_secret_post") if method in methods), None)
    if other is None or not client.sends_secret or client.authentication in methods:
        return client
    return client.model_copy(update={"authentication": other})


def certificate_of(client: Client) -> ClientCertificate | None:
    """The certificate that a client presents, whether it authenticates by it or only binds tokens to it."""
    if client.certificate is None or client.private_key is None:
        return None
    return ClientCertificate.read(client.certificate, client.private_key)


def presenting(client: Client, certificate: ClientCertificate | None) -> Credentials:
    """The client's credentials with another certificate, or without one."""
    return replace(credentials(client), certificate=certificate)


def unauthenticated(client: Client) -> Client:
    """The same client sending nothing but its id."""
    return client.model_copy(
        update={"authentication": "none", "client_secret": None, "certificate": None, "private_key": None}
    )


def impostor(client: Client, secret: str) -> Client:
    """Somebody who says that it is the client and does not have its secret, or its key, but another one."""
    if client.authentication == "private_key_jwt" and client.signing_key is not None:
        key = another_of(private_key(client.signing_key)).as_dict(private=True)
        return client.model_copy(update={"signing_key": json.dumps(key)})
    return with_secret(client, secret)


def with_secret(client: Client, client_secret: str) -> Client:
    """The same client with another secret."""
    return client.model_copy(update={"client_secret": client_secret})


def by(client: Client, authentication: str) -> Client:
    """The same client authenticating by another method."""
    return client.model_copy(update={"authentication": authentication})
