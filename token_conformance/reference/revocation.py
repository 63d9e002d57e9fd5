"""Token revocation (RFC 7009)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]

from token_conformance.reference.answer import NO_STORE, Answer
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import AccessToken, RefreshToken
from token_conformance.reference.policies import AfterlifePolicy
from token_conformance.reference.reading import Parameters
from token_conformance.reference.refusal import Refusal, invalid_grant, missing, unsupported_token_type


def found_token(installation: Installation, request: Parameters) -> AccessToken | RefreshToken | None:
    """The token of a request, whatever its hint says (RFC 7009 §2.1, RFC 7662 §2.1).

    Raises:
        Refusal: the request names no token.

    """
    value, memory = request.form.get("token"), installation.memory
    if value is None:
        raise missing("token")
    hint = request.form.get("token_type_hint")
    policy = installation.behaviour.afterlife
    if policy.hint_decides and hint is not None:
        return memory.refresh_tokens.get(value) if hint == "refresh_token" else memory.access_tokens.get(value)
    if policy.hints_mixed_up and hint in {"access_token", "refresh_token"}:
        return memory.refresh_tokens.get(value) if hint == "access_token" else memory.access_tokens.get(value)
    return memory.refresh_tokens.get(value) or memory.access_tokens.get(value)


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's endpoint; a refresh token goes with its family (RFC 7009 §2.1)."""

    server: Any

    def create_endpoint_response(self, request: Parameters) -> Answer:
        """Revoke the client's token, or do nothing where there is none (RFC 7009 §2.2)."""
        installation: Installation = self.server.installation
        policy = installation.behaviour.afterlife
        try:
            client = installation.authenticator.authenticate(request, required=policy.revocation_authenticated)
        except Refusal:
            token = found_token(installation, request)
            living = _dead(token) is None
            if policy.revocation_failure == "told" or (living and policy.revocation_failure == "told of living tokens"):
                raise
            if token is not None and policy.revocation_failure == "ignored":
                self._revoke(installation, token)
            return Answer("revocation", headers=NO_STORE)
        token = found_token(installation, request)
        reason = _dead(token)
        compared = policy.client_of_access_tokens_compared or isinstance(token, RefreshToken)
        if token is not None and token.client_id != client.client_id and policy.client_compared and compared:
            if policy.foreign_token == "refused":  # noqa: S105 - the name of a policy
                raise invalid_grant("foreign_token")
        elif token is not None and policy.revokes and not _overlooked(policy, request):
            self._revoke(installation, token)
        return Answer("revocation", headers=NO_STORE, reason=reason)

    def _revoke(self, installation: Installation, token: AccessToken | RefreshToken) -> None:
        if isinstance(token, RefreshToken):
            self._revoke_family(installation, token)
        elif installation.behaviour.afterlife.access_tokens == "unsupported":
            raise unsupported_token_type()
        elif installation.behaviour.afterlife.access_tokens != "spared":
            token.revoked = True
            if token.family is not None and installation.behaviour.afterlife.access_tokens == "revoked_with_grant":
                token.family.revoked = True

    def _revoke_family(self, installation: Installation, token: RefreshToken) -> None:
        policy = installation.behaviour.afterlife
        token.family.revoked = True
        if policy.revocation_ends != "family":
            installation.memory.revoke_beside(token.family, policy.revocation_ends)
        if not policy.access_tokens_go_with_family:
            self._spare_access_token(token)
        if not policy.older_access_tokens_go_with_family:
            installation.memory.spare_older_access_tokens(token.family)

    def _spare_access_token(self, token: RefreshToken) -> None:
        """Leave the last access token alone."""
        if token.family.last_access_token is not None:
            token.family.last_access_token.spared = True


def _dead(token: AccessToken | RefreshToken | None) -> str | None:
    """Why there is nothing to revoke, None where there is."""
    if token is None:
        return "unknown_token"
    revoked = token.family.revoked if isinstance(token, RefreshToken) else token.revoked
    return "revoked_token" if revoked else None


def _overlooked(policy: AfterlifePolicy, request: Parameters) -> bool:
    """Whether the server looks for no token, since it was not told where."""
    return policy.revocation_needs_hint and "token_type_hint" not in request.form
