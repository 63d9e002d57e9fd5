"""Client assertions: clients that sign (RFC 7523 §3, OIDC Core §9)."""

from __future__ import annotations

import hashlib
import hmac
import json
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OctKey

from token_conformance.profile.client import Client
from token_conformance.profile.signing_key import private_key
from token_conformance.reference.policies import AssertionPolicy

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

ASYMMETRIC = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]


@dataclass
class AssertionReader:
    """Verifies assertions, and remembers which ones were used."""

    policy: AssertionPolicy
    issuer: str
    token_endpoint: str
    _used: set[str] = field(default_factory=set)

    def claimed_client(self, assertion: str) -> str | None:
        """The `sub` of an assertion that nobody has verified yet."""
        claims = _claims(self._taken(assertion))
        subject = claims.get("sub") if self.policy.subject_compared else claims.get("iss")
        return subject if isinstance(subject, str) else None

    def fault_of(
        self, assertion: str, assertion_type: str | None, client: Client, now: float, *, asked: str
    ) -> str | None:
        """Why an assertion does not authenticate a client at the endpoint that is asked; None where it does."""
        assertion = self._taken(assertion)
        claims, policy = _claims(assertion), self.policy
        wrong = {
            "type": policy.type_compared and assertion_type != JWT_BEARER,
            "signature": policy.signature_verified and not self._signed(assertion, client),
            "iss": policy.issuer_compared and not self._vouched(claims.get("iss"), client),
            "sub": policy.subject_compared and claims.get("sub") != client.client_id,
            "aud": policy.audience_compared and not self._addressed(claims.get("aud"), self._names(asked)),
            "exp": not self._in_time(claims.get("exp"), now),
            "nbf": policy.not_before_checked and _number(claims.get("nbf"), 0) > now + policy.tolerance,
            "iat": policy.issued_at_checked and _number(claims.get("iat"), 0) > now + policy.tolerance,
            "jti": policy.jti_required and not claims.get("jti"),
            "replay": policy.replay_refused and str(claims.get("jti")) in self._used,
        }
        found = next((name for name, failed in wrong.items() if failed), None)
        if found is None and "jti" in claims:
            self._used.add(str(claims["jti"]))
        return found

    def _taken(self, assertion: str) -> str:
        """The assertion, or the first of several that stand in one (RFC 7523 §2.2 forbids them)."""
        return assertion.split(" ")[0] if self.policy.first_of_several_taken else assertion

    def _vouched(self, issuer: object, client: Client) -> bool:
        if issuer is None:
            return not self.policy.issuer_required
        same = str(issuer).lower() == client.client_id.lower() and not self.policy.letters_of_issuer_compared
        return same or issuer == client.client_id

    def _names(self, asked: str) -> set[str]:
        """What clients may call this server in their assertions at an endpoint (RFC 7523 §3)."""
        named = {"issuer": {self.issuer}, "token_endpoint": {self.token_endpoint}}
        usual = named.get(self.policy.audiences, set())
        usual = named["issuer"] | named["token_endpoint"] if self.policy.audiences == "both" else usual
        if self.policy.host_believed:
            return usual | {asked}
        asked = urlsplit(asked)._replace(netloc=urlsplit(self.token_endpoint).netloc).geturl()
        if asked == self.token_endpoint:
            return usual
        if self.policy.elsewhere == "any of these":
            return usual | {asked} if len(usual) > 1 else usual
        return named.get(self.policy.elsewhere, {asked, self.issuer})

    def _addressed(self, audience: object, names: Collection[str]) -> bool:
        if isinstance(audience, list):
            return self.policy.audience_list_accepted and bool(set(map(str, audience)) & set(names))
        same = not self.policy.letters_of_audience_compared and str(audience).lower() in map(str.lower, names)
        return same or audience in names

    def _in_time(self, expiry: object, now: float) -> bool:
        if expiry is None:
            return not self.policy.expiry_required
        return not self.policy.expiry_checked or _number(expiry, 0) > now

    def _signed(self, assertion: str, client: Client) -> bool:
        algorithm = _header(assertion).get("alg")
        if algorithm == "none":
            return self.policy.unsigned_accepted
        if client.authentication == "client_secret_jwt":
            return _verified(assertion, OctKey.import_key(client.client_secret or ""), ["HS256"])
        key = private_key(client.signing_key or "")
        if algorithm == "HS256" and self.policy.algorithm_believed:
            return _hashed_by(assertion, key.as_pem(private=False))
        return _verified(assertion, key, ASYMMETRIC)


def _hashed_by(assertion: str, public_key: bytes) -> bool:
    """Whether an HMAC by the public key signs an assertion, as careless servers compute it and libraries refuse to."""
    signed, _, signature = assertion.rpartition(".")
    return hmac.compare_digest(
        urlsafe_b64encode(hmac.new(public_key, signed.encode(), hashlib.sha256).digest()).rstrip(b"="),
        signature.encode(),
    )


def _verified(assertion: str, key: Any, algorithms: list[str]) -> bool:
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            jws.deserialize_compact(assertion, key, algorithms)
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _claims(assertion: str) -> dict[str, Any]:
    return _part(assertion, 1)


def _header(assertion: str) -> dict[str, Any]:
    return _part(assertion, 0)


def _part(assertion: str, number: int) -> dict[str, Any]:
    try:
        encoded = assertion.split(".")[number]
        part = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (ValueError, IndexError):
        return {}
    return part if isinstance(part, dict) else {}


def _number(value: object, otherwise: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
