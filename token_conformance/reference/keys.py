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
    return _generate(algorithm, f"reference-{algorithm.lower()}")


@cache
def stranger_key(algorithm: Algorithm) -> SigningKey:
    """A key of which the JWKS knows nothing, under the name of the one that it holds."""
    return _generate(algorithm, f"reference-{algorithm.lower()}")


def public_keys(algorithms: tuple[Algorithm, ...]) -> dict[str, Any]:
    """The JWK Set of the algorithms (RFC 7517 §5)."""
    return {"keys": [dict(signing_key(algorithm).as_dict(private=False)) for algorithm in algorithms]}


def _generate(algorithm: Algorithm, key_id: str) -> SigningKey:
    parameters: Any = {"kid": key_id, "use": "sig", "alg": algorithm}
    match algorithm:
        case "ES256" | "ES384":
            return ECKey.generate_key("P-256" if algorithm == "ES256" else "P-384", parameters, private=True)
        case "EdDSA":
            return OKPKey.generate_key("Ed25519", parameters, private=True)
        case _:
            return RSAKey.generate_key(2048, parameters, private=True)
