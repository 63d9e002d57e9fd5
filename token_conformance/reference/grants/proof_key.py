"""Proof Key for Code Exchange (RFC 7636)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636.challenge import CODE_VERIFIER_PATTERN  # type: ignore[import-untyped]

from token_conformance.reference.grant_policies import CodePolicy
from token_conformance.reference.memory import Code
from token_conformance.reference.refusal import Refusal, invalid_grant, invalid_request

SHORTEST = 43
"""Characters that a verifier has at the least (RFC 7636 §4.1)."""


class ProofKey(CodeChallenge):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's extension, which demands PKCE of public clients and refuses by invalid_grant (RFC 7636 §4.6)."""

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Check the challenge of an authorization request (RFC 7636 §4.3, RFC 9700 §2.1.1)."""
        policy, data = grant.installation.behaviour.code, grant.request.payload.data
        if not policy.methods_compared and data.get("code_challenge_method") not in {"S256", "plain"}:
            data.pop("code_challenge_method", None)
        super().validate_code_challenge(grant, redirect_uri)
        method = data.get("code_challenge_method", policy.unnamed_method)
        if "code_challenge" in data and method == "plain" and not policy.plain_accepted:
            raise invalid_request("The code_challenge_method is not supported.", "plain_challenge")
        required = policy.pkce_required
        needed = required == "always" or (required == "public" and grant.request.client.client.public)
        if needed and "code_challenge" not in data:
            raise invalid_request("The parameter code_challenge is missing.", "missing_challenge")

    def validate_code_verifier(self, grant: Any, result: object) -> None:  # noqa: ARG002 - Authlib's signature
        """Check the verifier of a token request (RFC 7636 §4.6, RFC 9700 §2.1.1)."""
        code: Code = grant.request.authorization_code
        policy: CodePolicy = grant.installation.behaviour.code
        verifier = grant.request.form.get("code_verifier")
        if code.code_challenge is None:
            if verifier is not None and policy.unexpected_verifier_refused:
                if policy.unexpected_verifier == "invalid_request":
                    raise invalid_request("There was no code_challenge.", "unexpected_verifier")
                raise invalid_grant("unexpected_verifier")
        elif verifier is None:
            if policy.missing_verifier_refused and not (code.used and policy.replay_without_verifier_accepted):
                raise _malformed(policy, "missing_verifier")
        elif not self._matches(code, verifier, policy):
            raise (
                _malformed(policy, "malformed_verifier")
                if not CODE_VERIFIER_PATTERN.match(verifier)
                else invalid_grant("wrong_verifier")
            )

    def _matches(self, code: Code, verifier: str, policy: CodePolicy) -> bool:
        if not policy.verifier_compared or (policy.challenge_as_verifier and verifier == code.code_challenge):
            return True
        if policy.verifier_characters is not None:
            verifier = verifier[: policy.verifier_characters]
        if policy.right_verifier_refused:
            return False
        if not policy.short_verifier_refused and len(verifier) < SHORTEST:
            return True
        compare = self.CODE_CHALLENGE_METHODS[code.code_challenge_method or "plain"]
        if not CODE_VERIFIER_PATTERN.match(verifier):
            return False
        if policy.challenge_case_ignored and code.code_challenge_method == "S256":
            return bool(create_s256_code_challenge(verifier).lower() == str(code.code_challenge).lower())
        return bool(compare(verifier, code.code_challenge))


def _malformed(policy: CodePolicy, reason: str) -> Refusal:
    if policy.malformed_verifier == "invalid_request":
        return invalid_request("The parameter code_verifier is missing or malformed.", reason)
    return invalid_grant(reason)
