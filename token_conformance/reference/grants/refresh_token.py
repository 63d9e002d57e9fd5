"""The refresh token grant (RFC 6749 §6) with rotation, grace and the revocation of families (RFC 9700 §4.14.2)."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import replace

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant  # type: ignore[import-untyped]

from token_conformance.reference.answer import NO_STORE
from token_conformance.reference.client_authentication import RegisteredClient, presented
from token_conformance.reference.grant_policies import RefreshPolicy
from token_conformance.reference.grants.foundation import Foundation, TokenAnswer, TokenMembers
from token_conformance.reference.memory import AccessToken, RefreshToken
from token_conformance.reference.refusal import Refusal, invalid_grant, invalid_request, invalid_scope, missing
from token_conformance.reference.reuse import used_up


class RefreshGrant(Foundation, RefreshTokenGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's grant with everything that it leaves to its user."""

    @property
    def policy(self) -> RefreshPolicy:
        """How refresh tokens behave."""
        return self.installation.behaviour.refresh

    def validate_token_request(self) -> None:
        """Check the client, the refresh token and the scope, in this order."""
        client = self._client()
        token = self._presented()
        self._check_owner(token, client)
        self._check_certificate(token)
        self.check_binding(token.family.thumbprint)
        self._check_life(token)
        self._check_reuse(token)
        self.request.refresh_token = token
        self.request.scope = self._scope(token)
        self.restrict(token.family)

    def create_token_response(self) -> TokenAnswer:
        """The next tokens of the family."""
        token: RefreshToken = self.request.refresh_token
        scope = self.request.scope or ""
        access_token = self._access_token(token, scope)
        asked = self.request.payload.data.get("scope") or token.scope
        answer = self.members(access_token, self._successor(token, scope), asked=asked)
        if self.policy.access_token == "same_with_full_lifetime":
            answer["expires_in"] = self.installation.behaviour.token.access_token_lifetime
        if self.policy.scope_narrowed == "ignored_in_silence" and set(asked.split()) != set(scope.split()):
            del answer["scope"]
        yields = self.policy.id_token == "repeated" or self._applies(token, self.policy.id_token, "always")
        if "openid" in scope.split() and yields:
            answer["id_token"] = self._id_token(token, access_token)
        answer = self._late_answer(token, answer)
        return 200, answer, NO_STORE

    def _late_answer(self, token: RefreshToken, answer: TokenMembers) -> TokenMembers:
        """The answer as it is, or as a server gives it that forgets in time what it should say."""
        if self._unsteady(token, "members"):
            return {name: answer[name] for name in answer if name not in {"expires_in", "scope", "id_token"}}
        if self._unsteady(token, "expires_in"):
            return {**answer, "expires_in": answer["expires_in"] * 2}
        return answer

    def _forgiven(self, token: RefreshToken, what: str) -> bool:
        """Whether a mistake goes through that was refused with the tokens of this family before; counts it."""
        token.family.refusals[what] += 1
        return what in self.policy.refused_once and token.family.refusals[what] > 1

    def _unsteady(self, token: RefreshToken, what: str) -> bool:
        return self.policy.unsteady_in(token.generation, what)

    def _client(self) -> RegisteredClient:
        try:
            return self.authenticated_client(required=self.policy.client_authenticated)
        except Refusal as refusal:
            if refusal.reason == "wrong_secret" and not self.policy.secret_compared:
                claimed = presented(self.request, self.installation.behaviour.client).client_id
                known: RegisteredClient = self.server.query_client(claimed)
                self.request.client = known
                return known
            token = self.installation.memory.refresh_tokens.get(self.request.form.get("refresh_token", ""))
            if token is not None and self.policy.unauthenticated_use_revokes:
                token.family.revoked = True
            raise

    def _presented(self) -> RefreshToken:
        value = self.request.form.get("refresh_token")
        if value is None:
            raise missing("refresh_token")
        tokens = self.installation.memory.refresh_tokens
        found = tokens.get(value)
        if found is None:
            found = self._mistaken(value)
        if found is None and len(value) not in map(len, tokens) and self.policy.malformed == "invalid_request":
            raise invalid_request("The refresh token is malformed.", "unknown_refresh_token")
        if found is None:
            raise invalid_grant("unknown_refresh_token")
        return found

    def _mistaken(self, value: str) -> RefreshToken | None:
        """The refresh token that a careless server takes another value for."""
        memory, length = self.installation.memory, self.policy.significant_characters
        for key, token in memory.refresh_tokens.items():
            if length is not None and len(value) >= length and key[:length] == value[:length]:
                return token
            if self.policy.case_ignored and key.lower() == value.lower():
                return token
            if self.installation.behaviour.token.refresh_tokens_are_jwts and _decoded(key) == _decoded(value):
                return token
            last = token.family.last_access_token
            others = {"access_token": last.value if last is not None else None, "id_token": token.family.last_id_token}
            if value in {others[kind] for kind in self.policy.other_tokens_accepted}:
                return memory.newest(token.family)
        return None

    def _check_owner(self, token: RefreshToken, client: RegisteredClient) -> None:
        if token.check_client(client) or not self.policy.client_compared or self._forgiven(token, "client"):
            return
        again = self.policy.second_foreign_use_revokes and token.family.refusals["client"] > 1
        token.family.revoked = token.family.revoked or self.policy.foreign_use_revokes or again
        raise invalid_grant("foreign_refresh_token")

    def _check_certificate(self, token: RefreshToken) -> None:
        """A refresh token that is bound to a certificate comes over a connection with it (RFC 8705 §4)."""
        presented = self.request.incoming.thumbprint
        compared = self.installation.behaviour.mutual_tls.refresh_compares
        if token.family.certificate is None or presented == token.family.certificate:
            return
        if presented is None or compared:
            raise invalid_grant("unbound_refresh_token")

    def _check_life(self, token: RefreshToken) -> None:
        now = self.installation.now
        if token.dead and token.used is None and self.policy.revocation_checked:
            raise invalid_grant("revoked_refresh_token")
        if self.policy.expiry_checked and now >= token.expires:
            token.expires = int(now) + self.policy.lifetime if self.policy.expiry_forgotten else token.expires
            raise invalid_grant("expired_refresh_token")
        if now - token.issued < self.policy.minimum_age:
            raise invalid_grant("refresh_token_too_young")
        if self.policy.fails_once and not token.failed:
            token.failed = True
            raise invalid_grant("out_of_luck")

    def _check_reuse(self, token: RefreshToken) -> None:
        """A used token is refused after its grace, and the theft that it shows ends the family."""
        if self.request.raced or not used_up(self.installation, token):
            return
        self._revoke_for_reuse(token)
        raise invalid_grant("reused_refresh_token")

    def _revoke_for_reuse(self, token: RefreshToken) -> None:
        match self.policy.reuse_revokes:
            case "family":
                token.family.revoked = True
            case "user":
                self.installation.memory.revoke_beside(token.family, "user")
            case "everybody":
                self.installation.memory.revoke_beside(token.family, "everybody")
            case _:
                token.revoked = True

    def _scope(self, token: RefreshToken) -> str:
        """The scope of the new access token: at most what was granted, and all of it where none is named."""
        asked = self.request.payload.data.get("scope")
        if asked is None:
            kept = self.policy.omitted_scope == "original" and not self._unsteady(token, "scope")
            return token.scope if kept else token.scope.split()[0]
        if not set(asked.split()) <= set(token.scope.split()):
            return self._excessive_scope(asked, token)
        if set(asked.split()) == set(token.scope.split()) and self.policy.granted_scope_accepted:
            return str(asked)
        missed = self.policy.scope_narrowed == "offline_access_missed"
        left_out = set(token.scope.split()) - set(asked.split())
        if missed and "offline_access" in left_out:
            raise invalid_scope()
        if self.policy.scope_narrowed == "refused" or not self.policy.granted_scope_accepted:
            raise invalid_scope()
        return str(asked) if missed or self.policy.scope_narrowed == "honoured" else token.scope

    def _excessive_scope(self, asked: str, token: RefreshToken) -> str:
        match self.policy.scope_exceeded:
            case "granted":
                return asked
            case "granted_if_known" if self.installation.documented.knows_scope(asked, service=False):
                return asked
            case "ignored":
                return token.scope
            case _ if self._forgiven(token, "scope"):
                return asked
            case _:
                token.used = self.installation.now if self.policy.refused_scope_uses_up else token.used
                raise invalid_scope()

    def _access_token(self, token: RefreshToken, scope: str) -> AccessToken:
        last = token.family.last_access_token
        if self.policy.access_token == "of_any_session" and (other := self._of_any_session(token, scope)) is not None:
            return other
        if (
            last is not None
            and self.policy.access_token != "new"
            and last.audience == self.request.resources
            and (last.scope, last.thumbprint) == (scope, self.access_token_thumbprint)
            and last.expires > self.installation.now
        ):
            return last
        if last is not None and self._applies(token, self.policy.old_access_token, "revoked"):
            last.revoked = True
        self._change_the_grant(token)
        thumbprint = self.access_token_thumbprint
        if last is not None and self.installation.behaviour.dpop.refresh_keeps_key:
            thumbprint = last.thumbprint
        issued = self.issuer.access_token(
            token.client_id, scope, "refresh", token.family, self.request.resources, thumbprint=thumbprint
        )
        issued.generation, issued.revoked = token.generation + 1, not self.policy.renewed_access_token_works
        issued.claimless = self._unsteady(token, "userinfo")
        return issued

    def _of_any_session(self, token: RefreshToken, scope: str) -> AccessToken | None:
        """A living access token of another session of the same user at the same client, as a careless cache gives it."""
        for known in self.installation.memory.access_tokens.values():
            other = known.family
            if other is None or other is token.family or known.dead or self.installation.now >= known.expires:
                continue
            if (other.user, known.client_id, known.scope) == (token.family.user, token.client_id, scope):
                return known
        return None

    def _change_the_grant(self, token: RefreshToken) -> None:
        """Forget what the user granted, as a server does that reads late renewals from elsewhere."""
        if self._unsteady(token, "auth_time"):
            token.family.auth_time = int(self.installation.now)
        if self._unsteady(token, "user"):
            token.family.user = replace(token.family.user, username="somebody-else")

    def _applies(self, token: RefreshToken, policy: str, always: str) -> bool:
        """Whether a policy of each refresh, of the first, or of the later ones applies to this one."""
        return policy == always or policy.endswith("at_first" if token.generation == 1 else "later")

    def _successor(self, token: RefreshToken, scope: str) -> RefreshToken | None:
        kept_from = self.policy.rotating_generations
        if not self.policy.rotates or (kept_from is not None and token.generation > kept_from):
            return token if self.policy.repeats_kept_token else None
        newest = self.installation.memory.newest(token.family)
        if token.used is not None and self.request.raced and self.policy.racers_share_successor:
            return newest
        if self._kept_within_grace(newest):
            return newest
        if token.used is not None and self.policy.retry_hands_back:
            return token
        if token.used is not None and self.policy.retry_repeats_successor:
            return self.installation.memory.newest(token.family)
        if token.used is not None and self.policy.retry_replaces_successor:
            self._give_up_unused(token)
        token.used = token.used if token.used is not None else self.installation.now
        token.family.confirmed = max(token.family.confirmed, token.generation)
        if not self.policy.hands_over:
            return None
        if self.policy.hands_over_of_any_session and (other := self._successor_of_another(token)) is not None:
            return other
        kept = scope if self.policy.narrowing_shrinks_grant else token.scope
        return self.issuer.refresh_token(token.family, kept, token.generation + 1)

    def _kept_within_grace(self, newest: RefreshToken | None) -> bool:
        """Whether the newest refresh token of the family is so young that it is handed out again."""
        young = newest is not None and self.installation.now <= newest.issued + self.policy.reuse_grace
        return self.policy.kept_within_grace and young

    def _give_up_unused(self, token: RefreshToken) -> None:
        """Have the tokens die that an earlier refresh by this one handed over, and that nobody has used."""
        for other in self.installation.memory.refresh_tokens.values():
            follows = other.family is token.family and other.generation == token.generation + 1
            other.revoked = other.revoked or (follows and other.used is None)

    def _successor_of_another(self, token: RefreshToken) -> RefreshToken | None:
        """A living refresh token of another session of the same user at the same client."""
        for known in self.installation.memory.refresh_tokens.values():
            other = known.family
            alike = (other.user, other.client_id) == (token.family.user, token.client_id)
            if alike and other is not token.family and not known.dead and known.used is None:
                return known
        return None

    def _id_token(self, token: RefreshToken, access_token: AccessToken) -> str:
        if self.policy.id_token == "repeated" and token.family.last_id_token is not None:
            return token.family.last_id_token
        return self.issuer.id_token(token.family, "refresh", access_token=access_token.value)


def _decoded(token: str) -> list[bytes]:
    """The parts of a JWT as a lenient decoder reads them: it does not mind bits that mean nothing."""
    try:
        return [urlsafe_b64decode(f"{part}{'=' * (-len(part) % 4)}") for part in token.split(".")]
    except ValueError:
        return [token.encode()]
