"""The client credentials grant (RFC 6749 §4.4)."""

from __future__ import annotations

from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant  # type: ignore[import-untyped]

from token_conformance.reference.answer import NO_STORE
from token_conformance.reference.grants.foundation import Foundation, TokenAnswer
from token_conformance.reference.grants.scope import granted_scope
from token_conformance.reference.memory import AccessToken, Family
from token_conformance.reference.refusal import unauthorized_client


class ServiceGrant(Foundation, ClientCredentialsGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's grant, closed to public clients."""

    def validate_token_request(self) -> None:
        """Authenticate the client and judge the scope."""
        authenticated = self.installation.behaviour.client.service_authenticated
        client = self.authenticated_client(required=authenticated)
        if client.client.public and authenticated and not self.installation.behaviour.client.service_may_be_public:
            raise unauthorized_client()
        self.request.scope = granted_scope(self.installation, self.request.payload.data.get("scope"), service=True)
        self.restrict()

    def create_token_response(self) -> TokenAnswer:
        """A token in the client's own name, without a refresh token (RFC 6749 §4.4.3)."""
        client_id, scope = self.request.client.client_id, self.request.scope or ""
        access_token = self._access_token(client_id, scope)
        refresh_token = None
        if self.installation.behaviour.scope.refresh_token_for_service:
            family = Family(client_id, self.installation.documented.user, scope, int(self.installation.now))
            refresh_token = self.issuer.refresh_token(family, scope)
        members = self.members(access_token, refresh_token, asked=self.request.payload.data.get("scope"))
        if self.installation.behaviour.token.service_tokens == "kept_with_full_lifetime":
            members["expires_in"] = self.installation.behaviour.token.access_token_lifetime
        return 200, members, NO_STORE

    def _access_token(self, client_id: str, scope: str) -> AccessToken:
        """A new access token, or the one that the service has already, where it is kept and lives."""
        if self.installation.behaviour.token.service_tokens != "new":
            wanted = (client_id, scope, self.access_token_thumbprint, None)
            for known in self.installation.memory.access_tokens.values():
                alike = (known.client_id, known.scope, known.thumbprint, known.family) == wanted
                if alike and not known.dead and not self.request.resources and self.installation.now < known.expires:
                    return known
        return self.issuer.access_token(
            client_id,
            scope,
            "client_credentials",
            resources=self.request.resources,
            thumbprint=self.access_token_thumbprint,
        )
