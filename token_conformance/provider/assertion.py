"""Client assertions: JWTs by which a client proves who it is (RFC 7523 §3, OIDC Core §9)."""

from __future__ import annotations

import hashlib
import hmac
import json
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey

from token_conformance.profile.client import Client
from token_conformance.profile.signing_key import another_of, private_key, usual_algorithm
from token_conformance.provider.client_authentication import Credentials
from token_conformance.verdict import Inconclusive

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 §2.2."""

LIFETIME = 60
"""Seconds that an assertion of ours is good for."""

SignedBy = Literal["the client", "a stranger", "nobody", "the public key"]
"""Whose key signs; an HMAC by the public key, which everybody has, deceives a server that trusts `alg`."""


@dataclass(frozen=True)
class Assertion:
    """An assertion before it is signed; `named` tells whether client_id stands beside it, for servers that want it there."""

    client: Client
    claims: Mapping[str, Any]
    signed_by: SignedBy = "the client"
    type: str = JWT_BEARER
    named: bool = False

    @classmethod
    def of(cls, client: Client, *, audience: str, now: datetime, jti: str) -> Assertion:
        """The assertion that authenticates a client (RFC 7523 §3)."""
        issued = int(now.timestamp())
        times = {"iat": issued, "exp": issued + LIFETIME}
        return cls(client, {"iss": client.client_id, "sub": client.client_id, "aud": audience, "jti": jti, **times})

    def of_type(self, assertion_type: str) -> Assertion:
        """The same with another client_assertion_type."""
        return replace(self, type=assertion_type)

    def signed_as(self, signed_by: SignedBy) -> Assertion:
        """The same, signed by somebody else."""
        return replace(self, signed_by=signed_by)

    def claiming(self, **claims: Any) -> Assertion:
        """The same with other claims; None leaves one out."""
        merged = {**self.claims, **claims}
        return replace(self, claims={name: value for name, value in merged.items() if value is not None})

    def credentials(self) -> Credentials:
        """What a request carries; `client_id` is left out, since the assertion names the client (RFC 7521 §4.2)."""
        beside = (("client_id", self.client.client_id),) if self.named else ()
        return Credentials(
            parameters=(*beside, ("client_assertion_type", self.type), ("client_assertion", self.signed()))
        )

    def signed(self) -> str:
        """The JWT in compact form."""
        match self.signed_by:
            case "nobody":
                return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(self.claims)}."
            case "the public key":
                return self._signed_by_public_key()
            case _:
                return self._signed()

    def _signed(self) -> str:
        key, algorithm = _key_of(self.client)
        if self.signed_by == "a stranger":
            key = OctKey.generate_key(512) if isinstance(key, OctKey) else another_of(key)
        header = {"alg": algorithm, "typ": "JWT", **({"kid": key.kid} if key.kid else {})}
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            return jws.serialize_compact(header, json.dumps(self.claims), key, [algorithm])

    def _signed_by_public_key(self) -> str:
        """An HMAC whose key is the PEM of the public key: JOSE libraries rightly refuse to make it."""
        public = private_key(self.client.signing_key or "").as_pem(private=False)
        signed = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(self.claims)}"
        return f"{signed}.{_base64url(hmac.new(public, signed.encode(), hashlib.sha256).digest())}"


def _key_of(client: Client) -> tuple[Any, str]:
    if client.authentication == "client_secret_jwt":
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            return OctKey.import_key(client.client_secret or ""), "HS256"
    if client.signing_key is None:
        raise Inconclusive(f"client {client.name!r} has no signing_key to sign an assertion with")
    key = private_key(client.signing_key)
    return key, client.signing_algorithm or usual_algorithm(key)


def _encoded(part: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(part).encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
