"""DPoP: proofs of possession, checked as RFC 9449 §4.3 lists it, and the nonces of §8 and §9."""

from __future__ import annotations

import hashlib
import secrets
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry

from token_conformance.evidence.jwt_reading import read
from token_conformance.reference.installation import Installation
from token_conformance.reference.policies import DPoPPolicy
from token_conformance.reference.reading import Incoming
from token_conformance.reference.refusal import Refusal

Place = Literal["token", "resource"]

ALGORITHMS = ("ES256", "ES384", "PS256", "RS256", "EdDSA")
"""What proofs may be signed by."""

KNOWN_CLAIMS = frozenset({"jti", "htm", "htu", "iat", "ath", "nonce"})
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
DEFAULT_PORTS = {"https": ":443", "http": ":80"}


@dataclass(frozen=True)
class Presented:
    """A proof, and the request that carries it."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    incoming: Incoming
    now: float
    policy: DPoPPolicy
    access_token: str | None

    def claim(self, name: str, kind: type) -> Any:
        """A claim of that type, None where there is none."""
        value = self.claims.get(name)
        return value if isinstance(value, kind) and not isinstance(value, bool) else None

    @property
    def age(self) -> float:
        """Seconds since it was made."""
        return self.now - float(self.claim("iat", int | float) or 0)  # type: ignore[arg-type]  # a union of types is good for isinstance


Check = Callable[[Presented], bool]


def _algorithm(proof: Presented) -> bool:
    return proof.header.get("alg") in ALGORITHMS or proof.header.get("alg") in proof.policy.further_algorithms


def _signature(proof: Presented) -> bool:
    key, algorithm = proof.header.get("jwk"), proof.header.get("alg")
    if algorithm == "none":
        return "none" in proof.policy.further_algorithms
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            registry = jws.JWSRegistry(algorithms=[*ALGORITHMS, *proof.policy.further_algorithms])
            registry.max_header_length = len(proof.text)
            jws.deserialize_compact(proof.text, JWKRegistry.import_key(dict(key or {})), registry=registry)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True


def _public(proof: Presented) -> bool:
    key = proof.header.get("jwk")
    secret = proof.header.get("alg") in proof.policy.further_algorithms
    return isinstance(key, dict) and (secret or not PRIVATE_MEMBERS & key.keys())


def _target(proof: Presented) -> bool:
    stated = proof.claim("htu", str)
    if stated is None:
        return False
    compared = _normal if proof.policy.addresses_normalized else str
    actual = _bare(proof.incoming.url)
    return compared(_bare(stated) if proof.policy.query_ignored else stated) == compared(actual)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("typ", lambda proof: proof.header.get("typ") == "dpop+jwt"),
    ("alg", _algorithm),
    ("jwk", _public),
    ("signature", _signature),
    ("jti", lambda proof: bool(proof.claim("jti", str))),
    ("htm", lambda proof: proof.claims.get("htm") == proof.incoming.method),
    ("htu", _target),
    ("iat", lambda proof: proof.claim("iat", int | float) is not None),  # type: ignore[arg-type]  # a union of types is good for isinstance
    ("age", lambda proof: proof.age <= proof.policy.proof_lifetime),
    ("future", lambda proof: -proof.age <= proof.policy.clock_leeway),
    ("further", lambda proof: not (proof.policy.further_claims_refused and proof.claims.keys() - KNOWN_CLAIMS)),
    ("ath", lambda proof: proof.access_token is None or proof.claims.get("ath") == hash_of(proof.access_token)),
)
"""What is checked of a proof, in order, by the names that a fault leaves out."""


def proven_key(
    installation: Installation, incoming: Incoming, place: Place, access_token: str | None = None
) -> str | None:
    """The thumbprint of the key whose possession a request proves; None where it carries no proof.

    Raises:
        Refusal: a proof is not good, or is to be repeated with a nonce.

    """
    policy, text = installation.behaviour.dpop, incoming.headers.get("dpop")
    if not policy.offered or text is None:
        return None
    unchecked = policy.unchecked if policy.careless_at in {place, "everywhere"} else frozenset()
    text = _single(text, policy)
    if "malformed" in unchecked and read(text) is None:
        return None
    proof = _read(installation, incoming, text, access_token)
    if "jwk" not in proof.header and "jwk_absent" in unchecked:
        return None
    _check(installation, proof, unchecked)
    _check_nonce(installation, proof, place)
    _remember(installation, proof)
    return _thumbprint(proof)


def new_nonce(installation: Installation, place: Place) -> str:
    """The nonce that proofs at a place carry from now on (RFC 9449 §8.2)."""
    policy, known = installation.behaviour.dpop, installation.memory.dpop_nonces.setdefault(place, [])
    if not known or policy.nonce_renewed:
        known.append(secrets.token_urlsafe(24) + (" blank" if policy.nonce_has_blank else ""))
    return known[-1]


def hash_of(access_token: str) -> str:
    """What `ath` holds of an access token (RFC 9449 §4.2)."""
    return urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).rstrip(b"=").decode()


def missing_proof() -> Refusal:
    """There is no proof where there has to be one (RFC 9449 §5.2)."""
    return _invalid("dpop_absent", "There is no DPoP proof.")


def _single(text: str, policy: DPoPPolicy) -> str:
    """The one proof of a request; several come with a comma between them, of which a proof has none."""
    if ", " in text and policy.second_proof_refused:
        raise _invalid("dpop_twice", "There is more than one DPoP proof.")
    return text.split(", ")[0]


def _check(installation: Installation, proof: Presented, unchecked: frozenset[str]) -> None:
    for name, good in CHECKS:
        absent = f"{name}_absent" in unchecked and name not in {**proof.header, **proof.claims}
        if name not in unchecked and not absent and not good(proof):
            installation.memory.wrong_dpop_proofs[_thumbprint(proof)] += 1
            raise _invalid(f"dpop_{name}", "The DPoP proof is not good.")
    patience = proof.policy.patience
    if patience is not None and installation.memory.wrong_dpop_proofs[_thumbprint(proof)] > patience:
        raise _invalid("dpop_patience", "There were too many wrong proofs.")


def _read(installation: Installation, incoming: Incoming, text: str, access_token: str | None) -> Presented:
    policy = installation.behaviour.dpop
    token = read(text)
    if token is None:
        raise _invalid("dpop_malformed", "The DPoP proof is no JWT.")
    return Presented(text, token.header, token.claims, incoming, installation.now, policy, access_token)


def _check_nonce(installation: Installation, proof: Presented, place: Place) -> None:
    policy, known = installation.behaviour.dpop, installation.memory.dpop_nonces.get(place, [])
    if policy.nonce == "never" or policy.nonce_at not in {place, "everywhere"}:
        return
    stated = proof.claims.get("nonce")
    if stated in known and not policy.nonce_forgotten:
        return
    if stated is not None and not policy.nonce_compared:
        return
    demanded = (place, str(_thumbprint(proof)))
    if stated is None and demanded in installation.memory.dpop_demands and not policy.nonce_insisted:
        installation.memory.dpop_demands.remove(demanded)
        return
    installation.memory.dpop_demands.add(demanded)
    headers = (("DPoP-Nonce", new_nonce(installation, place)),)
    raise Refusal("use_dpop_nonce", "dpop_nonce", "The DPoP proof needs this nonce.", headers=headers)


def _remember(installation: Installation, proof: Presented) -> None:
    policy = installation.behaviour.dpop
    if not policy.replay_refused:
        return
    address = str(proof.claims.get("htu")) if policy.replay_by_spelling else _bare(proof.incoming.url)
    used = (address, str(proof.claims.get("jti")))
    if "jti" in proof.claims and used in installation.memory.dpop_proofs:
        raise _invalid("dpop_replay", "The DPoP proof was used before.")
    installation.memory.dpop_proofs.add(used)


def _thumbprint(proof: Presented) -> str | None:
    try:
        return JWKRegistry.import_key(dict(proof.header["jwk"])).thumbprint()
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _invalid(reason: str, description: str) -> Refusal:
    return Refusal("invalid_dpop_proof", reason, description)


def _bare(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _normal(url: str) -> str:
    """The address by RFC 3986 §6.2.2 and §6.2.3: host in small letters, no default port."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removesuffix(DEFAULT_PORTS.get(parts.scheme.lower(), ""))
    return parts._replace(scheme=parts.scheme.lower(), netloc=host, path=parts.path or "/").geturl()
