"""The answer of the authorization endpoint to what the user has decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749 import AccessDeniedError  # type: ignore[import-untyped]

from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.grants.foundation import Foundation
from token_conformance.reference.memory import Code, Family

Redirect = tuple[str, dict[str, Any], str]
"""Where to, with what, and how: the response_mode."""


class AuthorizationEndpoint(Foundation):
    """Mixed into Authlib's grants that begin at the authorization endpoint."""

    DEFAULT_RESPONSE_MODE: str
    validate_authorization_request: Callable[..., str]

    @property
    def response_mode(self) -> str:
        """How the answer is handed over: query, fragment or form_post."""
        mode: str = self.request.payload.data.get("response_mode") or self.DEFAULT_RESPONSE_MODE
        return mode

    def validate_consent_request(self) -> str:
        """Check the request; `prompt` is not Authlib's affair but that of the login."""
        self.redirect_uri: str = self.validate_authorization_request()
        return self.redirect_uri

    def create_authorization_response(self, redirect_uri: str, grant_user: Family | None) -> Redirect:
        """The code, or the refusal of the user, for the redirect_uri (RFC 6749 §4.1.2, RFC 9207 §2)."""
        if grant_user is None:
            raise AccessDeniedError(redirect_uri=redirect_uri)
        named = self.request.payload.data.get("redirect_uri")
        grant_user.refreshable = self.refreshable(self._client, grant_user.scope)
        code = self.issuer.code(grant_user, named, self.request.payload.data)
        return (
            redirect_uri,
            self.identified({"code": code.value, **self.front_channel(grant_user, code)}),
            self.response_mode,
        )

    def front_channel(self, family: Family, code: Code) -> dict[str, str]:  # noqa: ARG002 - the hybrid flow has some
        """What is handed over beside the code."""
        return {}

    def identified(self, members: dict[str, Any]) -> dict[str, Any]:
        """The answer with `state` and `iss`."""
        state = self.request.payload.data.get("state")
        return {**members, **({"state": state} if state else {}), "iss": self.installation.addresses.issuer}

    @property
    def _client(self) -> RegisteredClient:
        client: RegisteredClient = self.request.client
        return client
