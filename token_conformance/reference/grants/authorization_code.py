"""The authorization code grant (RFC 6749 §4.1)."""

from __future__ import annotations

from urllib.parse import urlsplit

from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.grant_policies import CodePolicy
from token_conformance.reference.grants.authorization import AuthorizationEndpoint
from token_conformance.reference.grants.foundation import Foundation, TokenAnswer
from token_conformance.reference.memory import Code
from token_conformance.reference.refusal import Refusal, invalid_grant, invalid_request, missing


class CodeGrant(AuthorizationEndpoint, Foundation, AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's grant with codes that are remembered after use, so that a replay revokes (RFC 6749 §4.1.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
    DEFAULT_RESPONSE_MODE = "query"

    def validate_token_request(self) -> None:
        """Check the code; hooks check its PKCE afterwards."""
        self.execute_hook("before_validate_token_request")
        client = self.authenticated_client(required=self.installation.behaviour.code.client_authenticated)
        value = self.request.form.get("code")
        if value is None:
            raise missing("code")
        found = self._found(value)
        try:
            self._check(found, client)
        except Refusal:
            if found is not None and self.installation.behaviour.code.failure_burns:
                found.used = True
            raise

    def _check(self, found: Code | None, client: RegisteredClient) -> None:
        """Check everything else of a request with a code, which may be none."""
        code = self._checked(found, client)
        self._check_redirect_uri(code)
        self.restrict(code.family)
        self.request.authorization_code = code
        self.execute_hook("after_validate_token_request", None)

    def create_token_response(self) -> TokenAnswer:
        """Exchange the code for tokens."""
        code = self.request.authorization_code
        code.used = True
        return self.tokens_of(code.family, code.family.scope, "exchange")

    def _found(self, value: str) -> Code | None:
        """The code of that value, or what a careless server takes for it."""
        codes, policy = self.installation.memory.codes, self.installation.behaviour.code
        found = codes.get(value) or next((code for key, code in codes.items() if _alike(value, key, policy)), None)
        if found is None and len(value) not in map(len, codes) and policy.malformed == "invalid_request":
            raise invalid_request("The code is malformed.", "unknown_code")
        return found

    def _checked(self, code: Code | None, client: RegisteredClient) -> Code:
        policy = self.installation.behaviour.code
        if code is None:
            raise invalid_grant("unknown_code")
        if policy.client_compared and code.family.client_id != client.client_id:
            raise invalid_grant("foreign_code")
        if self.installation.behaviour.dpop.binds_codes:
            self.check_binding(code.thumbprint)
        if policy.expiry_checked and self.installation.now >= code.expires + policy.leeway:
            raise invalid_grant("expired_code")
        if code.used and policy.single_use and not self.request.raced and not self._forgiven(code):
            self._punish_replay(code)
            raise invalid_grant("used_code")
        return code

    def _forgiven(self, code: Code) -> bool:
        """Whether a used code goes through that was refused before; counts it."""
        code.family.refusals["code"] += 1
        policy = self.installation.behaviour.code
        if policy.replay_without_verifier_accepted and "code_verifier" not in self.request.form:
            return True
        return policy.replay_refused_once and code.family.refusals["code"] > 1

    def _punish_replay(self, code: Code) -> None:
        """Revoke what a code has yielded, unless somebody sends it who does not know its redirect_uri or verifier."""
        policy, family, form = self.installation.behaviour.code, code.family, self.request.form
        right = form.get("redirect_uri") == code.redirect_uri and _proved(code, form.get("code_verifier"))
        renewed = family.last_access_token is not None and family.last_access_token.generation > 1
        if renewed and policy.replay_spares_renewals:
            return
        if not policy.replay_revokes or not (right or policy.wrong_replay_revokes):
            return
        family.revoked = True
        if policy.replay_spares_older_access_tokens:
            self.installation.memory.spare_older_access_tokens(family)
        if policy.replay_spares_access_token and family.last_access_token is not None:
            family.last_access_token.spared = True

    def _check_redirect_uri(self, code: Code) -> None:
        given, policy = self.request.form.get("redirect_uri"), self.installation.behaviour.code.redirect_uri
        if policy == "any" or (given is None and policy == "optional"):
            return
        if policy == "registered" and self.request.client.check_redirect_uri(given or ""):
            return
        told = self.installation.behaviour.code.missing_redirect_uri
        if code.redirect_uri is not None and given is None and told == "invalid_request":
            raise invalid_request("The parameter redirect_uri is missing.", "redirect_uri")
        if code.redirect_uri is not None and not _same_address(given or "", code.redirect_uri, policy):
            raise invalid_grant("redirect_uri")


def _proved(code: Code, verifier: str | None) -> bool:
    """Whether a verifier belongs to the challenge of a code, if it has one (RFC 7636 §4.6)."""
    if code.code_challenge is None or verifier is None:
        return code.code_challenge is None
    hashed = code.code_challenge_method == "S256"
    return code.code_challenge == (create_s256_code_challenge(verifier) if hashed else verifier)


def _alike(value: str, code: str, policy: CodePolicy) -> bool:
    """Whether a careless server takes a value for a code."""
    length = policy.significant_characters
    if length is not None and len(value) >= length and value[:length] == code[:length]:
        return True
    return policy.case_ignored and value.lower() == code.lower()


def _same_address(given: str, registered: str, policy: str) -> bool:
    """Whether two addresses are the same, character by character or as a careless server compares them."""
    match policy:
        case "prefix":
            return given.startswith(registered)
        case "without_query":
            return given.partition("?")[0] == registered.partition("?")[0]
        case "without_host":
            return urlsplit(given).path == urlsplit(registered).path
        case "slashed":
            return given.rstrip("/") == registered.rstrip("/")
        case "caseless":
            return given.lower() == registered.lower()
        case _:
            return given == registered
