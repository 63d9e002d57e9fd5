"""JSON Web Tokens: what they say, before it is signed."""

from __future__ import annotations

import json
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey

from token_conformance.reference.keys import Algorithm, signing_key, stranger_key

Occasion = Literal["authorization", "exchange", "refresh", "password", "client_credentials", "device", "token_exchange"]
"""When a token is issued: at the authorization endpoint, or by one of the grants."""

SignatureKind = Literal["valid", "zeroed", "foreign", "public", "none"]


@dataclass(frozen=True)
class Unsigned:
    """A JWT before it is signed, and how it is going to be."""

    use: Literal["id_token", "access_token"]
    occasion: Occasion
    algorithm: Algorithm
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signature: SignatureKind = "valid"

    @property
    def refreshed(self) -> bool:
        """Whether a refresh yields it."""
        return self.occasion == "refresh"

    def claiming(self, **claims: Any) -> Unsigned:
        """The same with other or further claims."""
        return replace(self, claims={**self.claims, **claims})

    def silent_about(self, *names: str) -> Unsigned:
        """The same without some claims."""
        return replace(self, claims={name: value for name, value in self.claims.items() if name not in names})

    def headed(self, **header: Any) -> Unsigned:
        """The same with other header parameters; None removes one."""
        merged = {**self.header, **header}
        return replace(self, header={name: value for name, value in merged.items() if value is not None})

    def signed(self) -> str:
        """The JWT in compact form (RFC 7515 §7.1)."""
        match self.signature:
            case "none":
                return f"{_unsigned_part({**self.header, 'alg': 'none'})}.{_unsigned_part(self.claims)}."
            case "zeroed":
                return _with_zeroed_signature(self._signed_by(signing_key(self.algorithm)))
            case "public":
                return self._authenticated_by(signing_key(self.algorithm))
            case "foreign":
                return self._signed_by(stranger_key(self.algorithm))
            case _:
                return self._signed_by(signing_key(self.algorithm))

    def _authenticated_by(self, key: Any) -> str:
        """A MAC whose key everybody knows: the JWK of the public one."""
        text = OctKey.import_key(json.dumps(key.as_dict(private=False)))
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            return jws.serialize_compact({**self.header, "alg": "HS256"}, json.dumps(self.claims), text, ["HS256"])

    def _signed_by(self, key: Any) -> str:
        # EdDSA has gone out of fashion by that name (RFC 9864); servers sign by it all the same.
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            return jws.serialize_compact(dict(self.header), json.dumps(self.claims), key, [self.algorithm])


JWTChange = Callable[[Unsigned], Unsigned]
"""Changes a JWT before it is signed; pure."""


def _unsigned_part(part: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(part).encode())


def _with_zeroed_signature(compact: str) -> str:
    signed, _, signature = compact.rpartition(".")
    return f"{signed}.{_base64url(bytes(len(signature) * 3 // 4))}"


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
