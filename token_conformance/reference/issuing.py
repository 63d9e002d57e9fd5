"""Makes tokens and remembers them."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

import hashlib
import itertools
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from token_conformance.reference.installation import Installation
from token_conformance.reference.lapses import note
from token_conformance.reference.memory import AccessToken, Code, Family, RefreshToken
from token_conformance.reference.unsigned import Occasion, Unsigned

JSONObject = dict[str, Any]


@dataclass
class Issuer:
    """Issues the tokens of one server; access tokens are bound to the certificate of a thumbprint (RFC 8705 §3)."""

    installation: Installation
    certificate: str | None = None
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def code(self, family: Family, redirect_uri: str | None, parameters: dict[str, str]) -> Code:
        """An authorization code for what the user has just allowed."""
        challenge = parameters.get("code_challenge")
        unnamed = self.installation.behaviour.code.unnamed_method
        method = parameters.get("code_challenge_method", unnamed) if challenge else None
        expires = self.installation.now + self.installation.behaviour.code.lifetime
        code = Code(self._value("code"), family, redirect_uri, challenge, method, expires)
        code.thumbprint = parameters.get("dpop_jkt")
        self.installation.memory.codes[code.value] = code
        note(self.installation.memory, family, {"authorization"}, self.installation.behaviour.lapses)
        return code

    def access_token(
        self,
        client_id: str,
        scope: str,
        occasion: Occasion,
        family: Family | None = None,
        resources: tuple[str, ...] = (),
        *,
        thumbprint: str | None = None,
    ) -> AccessToken:
        """An access token, for a user or, without a family, for the client itself; for some resources or the usual one.

        It is bound to the key of a thumbprint, where there is one (RFC 9449 §6).
        """
        policy = self.installation.behaviour.token
        now = int(self.installation.now)
        varying = next(self._serial) * 60 % 600 if policy.access_token_lifetime_varies else 0
        expires = now + policy.access_token_lifetime - varying
        opaque = policy.access_token_format == "opaque"
        token = AccessToken("", client_id, scope, now, expires, family, audience=self._audience(resources))
        token.certificate, token.thumbprint = self.certificate, thumbprint
        policy_of_targets = self.installation.behaviour.target
        forgotten = policy_of_targets.forgotten_by_refreshes and occasion == "refresh"
        if resources and (forgotten or policy_of_targets.audience == "client"):
            token.audience = (client_id,)
        token.value = value = self._value("access") if opaque else self._jwt_access_token(token, occasion)
        self.installation.memory.access_tokens[value] = token
        if family is not None:
            family.last_access_token = token
        return token

    def refresh_token(self, family: Family, scope: str, generation: int = 1) -> RefreshToken:
        """The next refresh token of a family."""
        policy = self.installation.behaviour.refresh
        now = int(self.installation.now)
        lifetime = policy.lifetime
        if policy.dies_with_access_token:
            lifetime = self.installation.behaviour.token.access_token_lifetime
        first = self.installation.memory.newest(family) if policy.lifetime_absolute else None
        expires = first.expires if first is not None else now + lifetime
        token = RefreshToken(self._refresh_value(family, generation), family, scope, now, expires, generation)
        token.revoked = policy.living_generations is not None and generation > policy.living_generations
        if policy.one_session and generation == 1:
            self.installation.memory.end_other_sessions(family)
        if policy.revived_by_login and generation == 1:
            self.installation.memory.revive(family.user)
        self.installation.memory.refresh_tokens[token.value] = token
        return token

    def id_token(
        self, family: Family, occasion: Occasion, *, access_token: str | None = None, code: str | None = None
    ) -> str:
        """An ID token (OIDC Core §2, §3.1.3.6, §3.3.2.11, and §12.2 for those of a refresh)."""
        behaviour, now = self.installation.behaviour, int(self.installation.now)
        claims: JSONObject = {
            "iss": self.installation.addresses.issuer,
            "sub": family.user.subject,
            "aud": family.client_id,
            "exp": now + behaviour.token.id_token_lifetime,
            "iat": now,
            "auth_time": self._auth_time(family, occasion),
            "sid": family.session,
        }
        claims |= {"acr": family.acr} if family.acr is not None else {}
        algorithm = behaviour.token.id_token_algorithm
        if family.nonce is not None and (occasion != "refresh" or behaviour.refresh.keeps_nonce):
            claims["nonce"] = family.nonce
        if access_token is not None:
            claims["at_hash"] = _half_hash(access_token, algorithm)
        if code is not None:
            claims["c_hash"] = _half_hash(code, algorithm)
        unsigned = Unsigned("id_token", occasion, algorithm, self._header(algorithm, "JWT"), claims)
        for change in behaviour.id_token_changes:
            unsigned = change(unsigned)
        family.last_id_token = unsigned.signed()
        return family.last_id_token

    def _auth_time(self, family: Family, occasion: Occasion) -> int:
        """When the user logged in (OIDC Core §2 and §12.2); at a careless server, when he last did."""
        if occasion != "refresh" or not self.installation.behaviour.refresh.auth_time_of_newest_login:
            return family.auth_time
        return max(each.auth_time for each in self.installation.memory.families_of(family.user))

    def _audience(self, resources: tuple[str, ...]) -> tuple[str, ...]:
        """Whom an access token is for (RFC 8707 §2); nothing where nobody has asked."""
        usual = self.installation.addresses.resource.partition("?")[0]
        match self.installation.behaviour.target.audience:
            case "mapped":
                return tuple(f"urn:resource:{sha256(each.encode()).hexdigest()[:8]}" for each in resources)
            case "untold":
                return ()
            case "usual":
                return (usual,) if resources else ()
            case "usual_too":
                return (*resources, usual) if resources else ()
            case "userinfo_too":
                return (*resources, self.installation.addresses.userinfo_endpoint) if resources else ()
            case _:
                return resources

    def _jwt_access_token(self, token: AccessToken, occasion: Occasion) -> str:
        """A JWT of RFC 9068 §2, with the confirmations of RFC 8705 §3.1 and RFC 9449 §6.1."""
        behaviour, family = self.installation.behaviour, token.family
        audience = token.audience or (self.installation.addresses.resource.partition("?")[0],)
        claims: JSONObject = {
            "iss": self.installation.addresses.issuer,
            "exp": token.expires,
            "aud": audience[0] if len(audience) == 1 else list(audience),
            "sub": family.user.subject if family is not None else token.client_id,
            "client_id": token.client_id,
            "iat": int(self.installation.now),
            "jti": secrets.token_hex(16),
            "scope": token.scope,
        }
        if family is not None:
            claims["auth_time"] = family.auth_time
            claims |= {"acr": family.acr} if family.acr is not None else {}
        if self.certificate is not None and behaviour.mutual_tls.confirmed_in_token:
            claims["cnf"] = {**claims.get("cnf", {}), "x5t#S256": self.certificate}
        if token.thumbprint is not None and behaviour.dpop.confirmed_in_token:
            claims["cnf"] = {**claims.get("cnf", {}), "jkt": token.thumbprint}
        algorithm = behaviour.token.access_token_algorithm
        unsigned = Unsigned("access_token", occasion, algorithm, self._header(algorithm, "at+jwt"), claims)
        for change in behaviour.access_token_changes:
            unsigned = change(unsigned)
        return unsigned.signed()

    def _header(self, algorithm: str, kind: str) -> JSONObject:
        return {"alg": algorithm, "typ": kind, "kid": f"reference-{algorithm.lower()}"}

    def _refresh_value(self, family: Family, generation: int) -> str:
        if generation > 1 or not self.installation.behaviour.token.refresh_token_shared:
            return self._value("refresh")
        return f"refresh-token-of-{family.user.username}"

    def _value(self, kind: str) -> str:
        """A value of 256 random bits (RFC 6749 §10.10)."""
        counted = self.installation.behaviour.token.predictable
        if counted or (kind == "code" and self.installation.behaviour.code.predictable):
            return f"{kind}-token-number-{next(self._serial)}"
        value = secrets.token_urlsafe(32)
        if kind == "refresh" and self.installation.behaviour.token.refresh_tokens_are_jwts:
            header, claims = _half_hash("header", "RS256"), {"jti": value}
            return (
                f"{header}.{urlsafe_b64encode(str(claims).encode()).rstrip(b'=').decode()}.{secrets.token_urlsafe(32)}"
            )
        match self.installation.behaviour.token.handles:
            case "prefixed":
                value = f"op_{kind}_v1.{value}"
            case "hexadecimal":
                value = secrets.token_hex(32).upper()
            case "short":
                value = secrets.token_urlsafe(17)
            case "long":
                value = f"{value}.{secrets.token_urlsafe(1200)}"
        return f"{value}+/=" if self.installation.behaviour.token.reserved_characters else value


def _half_hash(value: str, algorithm: str) -> str:
    """The left half of a hash (OIDC Core §3.1.3.6); Ed25519 hashes by SHA-512 (RFC 8032 §5.1)."""
    digest = hashlib.new("sha512" if algorithm == "EdDSA" else f"sha{algorithm[2:]}", value.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
