"""Token introspection (RFC 7662)."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc7662 import IntrospectionEndpoint  # type: ignore[import-untyped]

from token_conformance.reference.answer import NO_STORE, Answer
from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import AccessToken, RefreshToken
from token_conformance.reference.reading import Parameters
from token_conformance.reference.refusal import Refusal, invalid_client
from token_conformance.reference.reuse import used_up
from token_conformance.reference.revocation import found_token


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's endpoint, open to confidential clients only (RFC 7662 §2.1)."""

    server: Any

    def create_endpoint_response(self, request: Parameters) -> Answer:
        """Tell what a token is, or no more than that it is not active (RFC 7662 §2.2)."""
        installation: Installation = self.server.installation
        asker = None
        if installation.behaviour.afterlife.introspection_authenticated:
            asker = self._authenticated(installation, request)
            if asker.client.public:
                raise invalid_client("missing_authentication", status=401, challenge=True)
        token = found_token(installation, request)
        if token is None:
            return _described({"active": installation.behaviour.afterlife.unknown_token_active})
        tells = installation.behaviour.afterlife.tells
        foreign = asker is not None and asker.client_id != token.client_id
        if foreign and token.family is not None and installation.behaviour.afterlife.foreign_introspection_revokes:
            token.family.revoked = True
        untold = tells == "no client" or (foreign and tells == "its client")
        if untold or not self._active(installation, token):
            return _described({"active": False})
        description = self._description(installation, token)
        if asker is not None and tells == "everybody their own name":
            description["client_id"] = asker.client_id
        if asker is not None and tells == "everybody that it is for them":
            description["aud"] = asker.client_id
        return _described(description)

    def _authenticated(self, installation: Installation, request: Parameters) -> RegisteredClient:
        """The client of the request; here 401 is the status whatever its method (RFC 7662 §2.3)."""
        try:
            return installation.authenticator.authenticate(request)
        except Refusal as refusal:
            if refusal.error != "invalid_client":
                raise
            raise invalid_client(refusal.reason, status=401, challenge=True) from None

    def _active(self, installation: Installation, token: AccessToken | RefreshToken) -> bool:
        policy = installation.behaviour.afterlife
        told = (
            policy.refresh_tokens_introspected if isinstance(token, RefreshToken) else policy.living_access_token_active
        )
        if not told:
            return False
        if token.dead and not policy.revoked_token_active:
            return False
        if installation.now >= token.expires and not policy.expired_token_active:
            return False
        if not isinstance(token, RefreshToken):
            return True
        return self._refresh_token_active(installation, token)

    def _refresh_token_active(self, installation: Installation, token: RefreshToken) -> bool:
        policy, beside = installation.behaviour.afterlife, token.family.last_access_token
        if policy.refresh_token_active == "at first" and token.generation > 1:
            return False
        if policy.refresh_token_active == "beside its access token" and beside is not None:
            return token.used is None and installation.now < beside.expires
        return not used_up(installation, token) or policy.used_refresh_token_active

    def _description(self, installation: Installation, token: AccessToken | RefreshToken) -> dict[str, Any]:
        user = token.family.user if token.family is not None else None
        described: dict[str, Any] = {
            "active": True,
            "scope": token.scope,
            "client_id": token.client_id,
            "exp": token.expires,
            "iat": token.issued,
            "sub": user.subject if user is not None else token.client_id,
            "iss": installation.addresses.issuer,
        }
        if user is not None:
            described["username"] = user.username
        beside = token.family.last_access_token if isinstance(token, RefreshToken) else None
        if beside is not None and installation.behaviour.afterlife.refresh_token_expiry == "of its access token":
            described["exp"] = beside.expires
        if isinstance(token, AccessToken) and token.family is not None:
            described["auth_time"] = token.family.auth_time
            described |= {"acr": token.family.acr} if token.family.acr is not None else {}
        if isinstance(token, AccessToken):
            described["token_type"] = "Bearer" if token.thumbprint is None else "DPoP"
            described |= {"aud": list(token.audience)} if token.audience else {}
            described |= {"cnf": cnf} if (cnf := _confirmation(installation, token)) else {}
        return described


def _confirmation(installation: Installation, token: AccessToken) -> dict[str, str]:
    """The keys to which a token is bound (RFC 8705 §3.2, RFC 9449 §6.2)."""
    certificate = {"x5t#S256": token.certificate} if token.certificate is not None else {}
    told = token.thumbprint is not None and installation.behaviour.dpop.confirmed_by_introspection
    return {**certificate, **({"jkt": str(token.thumbprint)} if told else {})}


def _described(members: dict[str, Any]) -> Answer:
    return Answer("introspection", members=members, headers=NO_STORE)
