"""The signing keys, made once in a process: every instance of the server shares them."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from joserfc.jwk import ECKey, OKPKey, RSAKey

Algorithm = Literal["RS256", "PS256", "ES256", "ES384", "EdDSA"]
SigningKey = RSAKey | ECKey | OKPKey


@cache
def signing_key(algorithm: Algorithm) -> SigningKey:
    """The private key of an algorithm; its public half is in the JWKS."""
    return _named(algorithm, _new_key(_kind(algorithm), stranger=False))


@cache
def stranger_key(algorithm: Algorithm) -> SigningKey:
    """A key of which the JWKS knows nothing, under the name of the one that it holds."""
    return _named(algorithm, _new_key(_kind(algorithm), stranger=True))


def public_keys(algorithms: tuple[Algorithm, ...]) -> dict[str, Any]:
    """The JWK Set of the algorithms (RFC 7517 §5)."""
    return {"keys": [dict(signing_key(algorithm).as_dict(private=False)) for algorithm in algorithms]}


def _named(algorithm: Algorithm, key: SigningKey) -> SigningKey:
    """A key for one algorithm alone (RFC 7517 §4.4)."""
    parameters: Any = {"kid": f"reference-{algorithm.lower()}", "use": "sig", "alg": algorithm}
    return type(key)(key.raw_value, key.raw_value, parameters)  # type: ignore[arg-type]  # of the key's own type


def _kind(algorithm: Algorithm) -> str:
    """The type of an algorithm's keys; both ways in which RSA signs share one, since it takes longest to find."""
    return {"ES256": "P-256", "ES384": "P-384", "EdDSA": "Ed25519"}.get(algorithm, "RSA")


@cache
def _new_key(kind: str, *, stranger: bool) -> SigningKey:  # noqa: ARG001 - a stranger's is another one
    """A new key of a type."""
    match kind:
        case "RSA":
            return RSAKey.generate_key(2048)
        case "Ed25519":
            return OKPKey.generate_key("Ed25519")
        case _:
            return ECKey.generate_key(kind)
