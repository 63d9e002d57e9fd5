"""The exchange of tokens (RFC 8693), which Authlib does not have."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import BaseGrant, TokenEndpointMixin  # type: ignore[import-untyped]

from token_conformance.reference.answer import NO_STORE
from token_conformance.reference.grant_policies import TokenExchangePolicy
from token_conformance.reference.grants.foundation import Foundation, TokenAnswer
from token_conformance.reference.memory import AccessToken, Family, RefreshToken
from token_conformance.reference.refusal import Refusal, invalid_request, invalid_scope, missing

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type, no token
ISSUED = frozenset({ACCESS_TOKEN, "urn:ietf:params:oauth:token-type:jwt"})
"""The types of tokens that an exchange yields here (RFC 8693 §3): an access token is a JWT, as a rule."""

Subject = AccessToken | RefreshToken


class ExchangeGrant(Foundation, BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib is not typed
    """Trades a living token of a user for an access token of the client that asks."""

    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"

    @property
    def policy(self) -> TokenExchangePolicy:
        """How tokens are exchanged."""
        return self.installation.behaviour.token_exchange

    def validate_token_request(self) -> None:
        """Check the client, the parameters, the subject token and the scope, in this order."""
        self.authenticated_client(required=self.policy.client_authenticated)
        self._check_types()
        subject = self._living(self._subject())
        self._check_actor()
        self.request.credential = subject
        self.request.scope = self._scope(subject)
        self.restrict()

    def create_token_response(self) -> TokenAnswer:
        """The response of RFC 8693 §2.2.1."""
        subject, asked = self.request.credential, self.request.payload.data.get("scope")
        family: Family | None = subject.family
        last = family.last_access_token if family is not None else None
        token = self.issuer.access_token(
            self.request.client.client_id, self.request.scope or "", "token_exchange", family, self.request.resources
        )
        if family is not None:
            family.last_access_token = last
        return 200, {**self.members(token, None, asked=asked), "issued_token_type": self._issued_type()}, NO_STORE

    def _check_types(self) -> None:
        form = self.request.form
        if "subject_token" not in form:
            raise missing("subject_token")
        if "subject_token_type" not in form and self.policy.subject_type_needed:
            raise missing("subject_token_type")
        if "actor_token" in form and "actor_token_type" not in form and self.policy.actor_token_type_needed:
            raise missing("actor_token_type")
        if "actor_token_type" in form and "actor_token" not in form and self.policy.actor_type_alone_refused:
            raise missing("actor_token")
        if form.get("requested_token_type", ACCESS_TOKEN) not in ISSUED and self.policy.unknown_type == "refused":
            raise invalid_request("Tokens of the requested type are not issued.", "unknown_requested_type")

    def _issued_type(self) -> str:
        requested = self.request.form.get("requested_token_type", ACCESS_TOKEN)
        return requested if requested in ISSUED or self.policy.unknown_type == "granted" else ACCESS_TOKEN

    def _subject(self) -> Subject:
        value, memory = self.request.form["subject_token"], self.installation.memory
        found = memory.access_tokens.get(value) or memory.refresh_tokens.get(value)
        by_id_token = (
            token
            for token in memory.access_tokens.values()
            if token.family is not None and token.family.last_id_token == value
        )
        found = found or next(by_id_token, None)
        if found is None and not self.policy.subject_checked:
            found = next(reversed(memory.access_tokens.values()), None)
        if found is None:
            raise self._invalid("unknown_subject_token")
        return found

    def _check_actor(self) -> None:
        """Validate the actor token, where there is one (RFC 8693 §2.1); actors are written nowhere."""
        value = self.request.form.get("actor_token")
        if value is None or not self.policy.actor_checked or "actor_token_type" not in self.request.form:
            return
        found = self.installation.memory.access_tokens.get(value)
        if found is None or found.dead or self.installation.now >= found.expires:
            raise invalid_request("The actor token is expired, revoked or unknown.", "unknown_actor_token")

    def _living(self, subject: Subject) -> Subject:
        if not self.policy.offered:
            raise self._invalid("unwelcome_subject_token")
        if self.policy.revocation_checked and subject.dead:
            raise self._invalid("revoked_subject_token")
        if self.policy.expiry_checked and self.installation.now >= subject.expires:
            raise self._invalid("expired_subject_token")
        return subject

    def _invalid(self, reason: str) -> Refusal:
        return Refusal(self.policy.invalid_subject, reason, "The subject token is expired, revoked or unknown.")

    def _scope(self, subject: Subject) -> str:
        asked = self.request.payload.data.get("scope")
        if not asked:
            return subject.scope
        granted = set(subject.scope.split())
        if set(asked.split()) <= granted or self.policy.scope_exceeded == "granted":
            return str(asked)
        if self.policy.scope_exceeded == "narrowed":
            return " ".join(value for value in asked.split() if value in granted) or subject.scope
        raise invalid_scope()
