"""The password grant (RFC 6749 §4.3)."""

from __future__ import annotations

from authlib.oauth2.rfc6749.grants import ResourceOwnerPasswordCredentialsGrant  # type: ignore[import-untyped]

from token_conformance.reference.grants.foundation import Foundation, TokenAnswer
from token_conformance.reference.grants.scope import granted_scope
from token_conformance.reference.memory import Family
from token_conformance.reference.refusal import Refusal, missing


class PasswordGrant(Foundation, ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's grant, refusing a wrong password by invalid_grant (RFC 6749 §5.2)."""

    def validate_token_request(self) -> None:
        """Authenticate the client and the user."""
        self.authenticated_client()
        form = self.request.form
        for parameter in ("username", "password"):
            if parameter not in form:
                raise missing(parameter)
        documented, policy = self.installation.documented, self.installation.behaviour.password
        user = documented.known_by(form["username"], form["password"])
        if policy.compared and user is None:
            known = any(form["username"] == each.username for each in documented.users)
            reason = "wrong_password" if known else "unknown_user"
            raise Refusal(policy.wrong_password, reason, "The user name or the password is wrong.")
        self.request.user = user or documented.user
        self.request.scope = granted_scope(self.installation, self.request.payload.data.get("scope"))
        self.restrict()

    def create_token_response(self) -> TokenAnswer:
        """The user's tokens."""
        client, scope = self.request.client, self.request.scope or ""
        family = Family(client.client_id, self.request.user, scope, int(self.installation.now))
        family.asked = self.request.payload.data.get("scope")
        family.refreshable = self.refreshable(client, scope)
        return self.tokens_of(family, scope, "password")
