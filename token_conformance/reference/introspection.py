"""Token introspection (RFC 7662)."""

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
        if installation.behaviour.afterlife.introspection_authenticated:
            client = self._authenticated(installation, request)
            if client.client.public:
                raise invalid_client("missing_authentication", status=401, challenge=True)
        token = found_token(installation, request)
        if token is None:
            return _described({"active": installation.behaviour.afterlife.unknown_token_active})
        if not self._active(installation, token):
            return _described({"active": False})
        return _described(self._description(installation, token))

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
        if not policy.living_token_active:
            return False
        if isinstance(token, RefreshToken) and not policy.refresh_tokens_introspected:
            return False
        if token.dead and not policy.revoked_token_active:
            return False
        if installation.now >= token.expires and not policy.expired_token_active:
            return False
        used = isinstance(token, RefreshToken) and used_up(installation, token)
        return not used or policy.used_refresh_token_active

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
