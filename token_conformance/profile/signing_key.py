"""The key by which a client signs its assertions: PEM or JWK, in the profile itself or in a file that it names."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

SigningAlgorithm = Literal["RS256", "PS256", "ES256", "ES384", "EdDSA"]
PrivateKey = RSAKey | ECKey | OKPKey

KINDS: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
FITTING: dict[str, SigningAlgorithm] = {"RSA": "RS256", "P-256": "ES256", "P-384": "ES384", "Ed25519": "EdDSA"}
"""The usual algorithm of a kind of key, or of a curve (RFC 7518 §3.1, RFC 8037)."""


def private_key(text: str) -> PrivateKey:
    """The private key that a text is, or that the file of that name holds.

    Raises:
        ValueError: it is none; the message repeats nothing of it.

    """
    stripped = text.strip()
    if not stripped.startswith(("{", "-----BEGIN")):
        stripped = _content(stripped)
    try:
        key: PrivateKey = _imported(stripped)
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError("expected a private key as PEM or JWK of the type RSA, EC or OKP") from None
    if not key.is_private:
        raise ValueError("expected a private key; this one is public")
    return key


def usual_algorithm(key: PrivateKey) -> SigningAlgorithm:
    """The algorithm that a client signs by where the profile names none."""
    described = key.as_dict(private=False)
    return FITTING.get(str(described.get("crv")), FITTING["RSA"])


def another_of(key: PrivateKey) -> PrivateKey:
    """A new key of the same kind and name, which nobody has registered."""
    named: Any = {"kid": key.kid} if key.kid else None
    if isinstance(key, RSAKey):
        return RSAKey.generate_key(2048, named, private=True)
    curve: Any = key.as_dict(private=False)["crv"]
    return type(key).generate_key(curve, named, private=True)


def _content(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise ValueError("expected a key as PEM or JWK, or the path of a file that holds one") from None


@lru_cache(maxsize=32)
def _imported(text: str) -> Any:
    """The key of a text; a run asks for it at each request, and to check one of RSA takes long."""
    if text.startswith("{"):
        value = json.loads(text)
        return KINDS[value["kty"]].import_key(value)
    for kind in KINDS:
        try:
            return import_key(text, kind)  # type: ignore[call-overload]  # the kinds of the table are the ones it takes
        except (JoseError, ValueError, TypeError):
            continue
    raise ValueError
