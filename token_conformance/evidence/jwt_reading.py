"""Reads JWTs defensively, and verifies their signatures with joserfc."""

from __future__ import annotations

import hashlib
import json
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, OctKey

from token_conformance.wire.exchange import parse_json

SIGNATURES = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EdDSA",
    "Ed25519",
]
"""The asymmetric algorithms (RFC 7518 §3.1, RFC 8037) that published keys can verify."""


REMEMBERED = 8192
"""Characters up to which it is remembered what a JWT says and whether a key verifies it: many checks ask for the same."""


@dataclass(frozen=True)
class Token:
    """A JWT as it is written; nothing of it has been verified."""

    text: str
    header: Mapping[str, Any]
    claims: dict[str, Any]

    @property
    def algorithm(self) -> str | None:
        """The `alg` of the header."""
        value = self.header.get("alg")
        return value if isinstance(value, str) else None

    def time(self, claim: str) -> datetime | None:
        """A claim that is a time (RFC 7519 §2, NumericDate); None where it is absent or no number of this epoch."""
        value = self.claims.get(claim)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError, ValueError):
            return None

    @property
    def audience(self) -> tuple[str, ...]:
        """The audiences, one or several (RFC 7519 §4.1.3)."""
        value = self.claims.get("aud")
        if isinstance(value, str):
            return (value,)
        return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def read(text: str) -> Token | None:
    """The JWT in compact form (RFC 7519 §3), None where the text is none."""
    return _read_once(text) if len(text) <= REMEMBERED else _read(text)


def _read(text: str) -> Token | None:
    parts = text.split(".")
    if len(parts) != 3:
        return None
    header, claims = (_decoded(part) for part in parts[:2])
    return Token(text, header, claims) if header is not None and claims is not None else None


_read_once = lru_cache(maxsize=1024)(_read)


def verified_by(token: Token, keys: Any) -> str | None:
    """None where a key of a JWKS verifies the signature (RFC 7515 §5.2); otherwise the reason, in one line."""
    if token.algorithm not in SIGNATURES:
        return f"alg is {token.algorithm!r}, which no published key can verify"
    candidates = _candidates(token, keys)
    if not candidates:
        return f"no published key has the kid {token.header.get('kid')!r}"
    reasons = [_failure(token, json.dumps(key)) for key in candidates]
    return None if None in reasons else reasons[-1]


def verified_by_secret(token: Token, secret: str) -> bool:
    """Whether the signature is a MAC by that secret (RFC 7518 §3.2)."""
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            jws.deserialize_compact(token.text, OctKey.import_key(secret), algorithms=["HS256", "HS384", "HS512"])
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True


def signing_keys(keys: Any) -> list[dict[str, Any]]:
    """The keys of a JWKS that are for signatures (RFC 7517 §4.2)."""
    published = keys.get("keys") if isinstance(keys, dict) else None
    return [key for key in _listed(published) if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def half_hash(value: str, algorithm: str | None) -> str | None:
    """What `at_hash`, `c_hash` and `s_hash` hold of a value (OIDC Core §3.1.3.6): the left half of its hash."""
    bits = (algorithm or "")[-3:]
    name = f"sha{bits}" if bits in {"256", "384", "512"} else "sha512" if algorithm in {"EdDSA", "Ed25519"} else None
    if name is None:
        return None
    digest = hashlib.new(name, value.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _candidates(token: Token, keys: Any) -> list[dict[str, Any]]:
    usable = signing_keys(keys)
    named = [key for key in usable if key.get("kid") == token.header.get("kid")]
    return named if "kid" in token.header else usable


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _failure(token: Token, key: str) -> str | None:
    verify = _verify_once if len(token.text) + len(key) <= REMEMBERED else _verify
    return verify(token.text, token.algorithm or "", key)


def _verify(text: str, algorithm: str, written: str) -> str | None:
    """Why a key, as JSON, does not verify the signature of a JWT; None where it does."""
    key = json.loads(written)
    public = {name: value for name, value in key.items() if name not in {"d", "p", "q", "dp", "dq", "qi", "alg"}}
    try:
        # Algorithms that are out of fashion, EdDSA by that name (RFC 9864), verify like others.
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            jws.deserialize_compact(text, KeySet.import_key_set({"keys": [public]}), algorithms=[algorithm])
    except (JoseError, ValueError, TypeError, KeyError) as error:
        return f"the published key {key.get('kid')!r} does not verify the signature ({type(error).__name__})"
    return None


_verify_once = lru_cache(maxsize=1024)(_verify)


def _decoded(segment: str) -> dict[str, Any] | None:
    try:
        value = parse_json(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (Base64Error, ValueError):
        return None
    return value if isinstance(value, dict) else None
