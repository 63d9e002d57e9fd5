"""DPoP: proofs that a client holds the key that its tokens are bound to (RFC 9449)."""

from __future__ import annotations

import hashlib
import json
import secrets
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from token_conformance.profile.signing_key import SigningAlgorithm
from token_conformance.wire.exchange import Exchange, Request, header

Key = ECKey | OKPKey | RSAKey

MANDATORY_HEADER = ("typ", "alg", "jwk")
"""The header parameters of a proof (RFC 9449 §4.2)."""

MANDATORY_CLAIMS = ("jti", "htm", "htu", "iat")
"""The claims of a proof (RFC 9449 §4.2); at a resource there is `ath` too."""


def known_algorithm(preferred: SigningAlgorithm, listed: object) -> SigningAlgorithm | None:
    """An algorithm of ours among those that metadata list for proofs (RFC 9449 §5.1): the preferred one, if it is there."""
    known = (preferred, *get_args(SigningAlgorithm))
    offered = listed if isinstance(listed, list) else []
    return next((cast("SigningAlgorithm", algorithm) for algorithm in known if algorithm in offered), None)


@dataclass(frozen=True)
class Proof:
    """A proof before it is signed, so that a suite can change any part of it (RFC 9449 §4.2)."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    key: Key
    signed_by: Literal["key", "another_key", "secret", "nothing"] = "key"
    copies: int = 1

    def headed(self, **parameters: Any) -> Proof:
        """The same with other header parameters; None removes one."""
        return replace(self, header=_merged(self.header, parameters))

    def claiming(self, **claims: Any) -> Proof:
        """The same with other claims; None removes one."""
        return replace(self, claims=_merged(self.claims, claims))

    def later(self, seconds: float) -> Proof:
        """The same, made that many seconds later; before, where they are negative."""
        return self.claiming(iat=int(self.claims["iat"] + seconds))

    def unsigned(self) -> Proof:
        """The same with the algorithm none (RFC 7518 §3.6)."""
        return replace(self.headed(alg="none"), signed_by="nothing")

    def symmetric(self) -> Proof:
        """The same with an HMAC by a secret (RFC 7518 §3.2), which stands in jwk."""
        secret = {"kty": "oct", "k": _base64url(b"a secret that everybody may know")}
        return replace(self.headed(alg="HS256", jwk=secret), signed_by="secret")

    def forged(self) -> Proof:
        """The same with the signature of another key than that in its header."""
        return replace(self, signed_by="another_key")

    def twice(self) -> Proof:
        """The same beside another one, in a second header field."""
        return replace(self, copies=2)

    def with_private_key(self) -> Proof:
        """The same with the private key in its header."""
        return self.headed(jwk=_members(self.key, private=True))

    def compact(self) -> str:
        """The proof in compact form (RFC 7515 §7.1)."""
        signed = f"{_part(self.header)}.{_part(self.claims)}"
        return f"{signed}.{_base64url(self._signature(signed.encode()))}"

    def _signature(self, signed: bytes) -> bytes:
        match self.signed_by:
            case "nothing":
                return b""
            case "secret":
                return _sign("HS256", signed, OctKey.import_key(dict(self.header["jwk"])))
            case "another_key":
                return _sign(_algorithm(self.key), signed, new_key(_algorithm(self.key)))
            case _:
                return _sign(_algorithm(self.key), signed, self.key)


Change = Callable[[Proof], Proof]
"""Changes a proof before it is signed."""


def unchanged(proof: Proof) -> Proof:
    """The proof as a client makes it."""
    return proof


@dataclass(frozen=True)
class Prover:
    """Proves the possession of one key, request by request; `nonces` holds the newest one of each address.

    With `change` its proofs differ from the right ones; without proofs it sends none.
    """

    key: Key
    change: Change | None = unchanged
    nonces: dict[str, str] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        """What proofs are signed by."""
        return _algorithm(self.key)

    @property
    def thumbprint(self) -> str:
        """The thumbprint of the key: `jkt`, and `dpop_jkt` (RFC 7638 §3, RFC 9449 §6.1)."""
        return self.key.thumbprint()

    def exported(self) -> dict[str, Any]:
        """The private key as JWK, for a session that is stored; `restored` takes it back."""
        return self.key.as_dict(private=True)

    def changing(self, change: Change | None) -> Prover:
        """Proofs by the same key that differ from the right ones; none with None."""
        return replace(self, change=change)

    def without_nonces(self) -> Prover:
        """The same key in other hands, which have not been given a nonce yet."""
        return replace(self, nonces={})

    def with_key(self, key: Key) -> Prover:
        """The same with another key."""
        return replace(self, key=key)

    def proven(self, request: Request, now: float) -> Request:
        """The request with a proof that was made now, in seconds since 1970.

        One that carries its own, or needs none, stays as it is.
        """
        if self.change is None or header(request.headers, "dpop") is not None:
            return request
        proof = self.change(self.proof(request, now))
        written = (("DPoP", self.change(self.proof(request, now)).compact()) for _ in range(1, proof.copies))
        return replace(request, headers=(*request.headers, ("DPoP", proof.compact()), *written))

    def proof(self, request: Request, now: float) -> Proof:
        """The right proof for a request (RFC 9449 §4.2), with the hash of the access token that it carries."""
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": request.method,
            "htu": without_query(request.url),
            "iat": int(now),
        }
        scheme, _, access_token = (header(request.headers, "authorization") or "").partition(" ")
        if scheme.lower() in {"dpop", "bearer"}:
            claims["ath"] = hash_of(access_token)
        if (nonce := self.nonces.get(without_query(request.url))) is not None:
            claims["nonce"] = nonce
        stated = {"typ": "dpop+jwt", "alg": _algorithm(self.key), "jwk": _members(self.key, private=False)}
        return Proof(stated, claims, self.key)

    def learn(self, exchange: Exchange) -> bool:
        """Keep the nonce of an answer (RFC 9449 §8.2); whether the request has to be repeated with it (§8, §9)."""
        answer = exchange.answer
        nonce = header(answer.headers, "dpop-nonce") if answer is not None else None
        if answer is None or nonce is None:
            return False
        self.nonces[without_query(exchange.request.url)] = nonce
        return demands_nonce(exchange)


def demands_nonce(exchange: Exchange) -> bool:
    """Whether an answer says use_dpop_nonce, in its body (RFC 9449 §8) or in its challenge (§9)."""
    if exchange.answer is None or exchange.answer.status not in range(400, 500):
        return False
    challenge = header(exchange.answer.headers, "www-authenticate") or ""
    return exchange.members.get("error") == "use_dpop_nonce" or "use_dpop_nonce" in challenge


def new_key(algorithm: str) -> Key:
    """A key pair of an algorithm, drawn at random."""
    match algorithm:
        case "ES256" | "ES384":
            return ECKey.generate_key("P-256" if algorithm == "ES256" else "P-384", {"alg": algorithm})
        case "EdDSA":
            return OKPKey.generate_key("Ed25519", {"alg": algorithm})
        case _:
            return RSAKey.generate_key(2048, {"alg": algorithm})


def new_prover(algorithm: SigningAlgorithm) -> Prover:
    """A client's way to prove that it holds a key, which is drawn at random."""
    return Prover(new_key(algorithm))


def restored(key: Mapping[str, Any]) -> Prover:
    """Proofs by the key that a stored session holds.

    Raises:
        ValueError: it is no key.

    """
    try:
        found = JWKRegistry.import_key(dict(key))
        if isinstance(found, Key) and found.is_private and _algorithm(found):
            return Prover(found)
    except (JoseError, KeyError, TypeError, ValueError):
        pass  # told like a key of another kind
    raise ValueError("the DPoP key of the session is none")


def hash_of(access_token: str) -> str:
    """What `ath` holds of an access token (RFC 9449 §4.2)."""
    return _base64url(hashlib.sha256(access_token.encode("utf-8", "surrogatepass")).digest())


def without_query(url: str) -> str:
    """The URL as `htu` holds it: without query and fragment (RFC 9449 §4.2)."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _algorithm(key: Key) -> str:
    return str(key.as_dict()["alg"])


def _members(key: Key, *, private: bool) -> dict[str, Any]:
    """The key as `jwk` holds it: what makes it up, and no more (RFC 7638 §3.2)."""
    return {name: value for name, value in key.as_dict(private=private).items() if name not in {"alg", "kid", "use"}}


def _sign(algorithm: str, signed: bytes, key: Any) -> bytes:
    # EdDSA has gone out of fashion by that name (RFC 9864); servers ask for it all the same.
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        return JWSRegistry.algorithms[algorithm].sign(signed, key)


def _merged(former: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**former, **changes}.items() if value is not None}


def _part(part: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(part).encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
