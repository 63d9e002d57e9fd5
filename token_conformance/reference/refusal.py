"""Refusals of the token endpoint, as the RFC names them and as the profile documents them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from token_conformance.profile.models import DocumentedError, ErrorCondition
from token_conformance.reference.answer import NO_STORE

BASIC_CHALLENGE = 'Basic realm="token endpoint", charset="UTF-8"'

DOCUMENTED_CONDITIONS: Mapping[str, tuple[ErrorCondition, ...]] = {
    "expired_refresh_token": ("expired_refresh_token",),
    "reused_refresh_token": ("reused_refresh_token",),
    "revoked_refresh_token": ("reused_refresh_token",),
    "unknown_refresh_token": ("unknown_refresh_token",),
    "unknown_code": ("invalid_code",),
    "used_code": ("invalid_code",),
    "expired_code": ("invalid_code",),
    "redirect_uri": ("redirect_uri_mismatch",),
    "unknown_client": ("unknown_client", "invalid_client"),
    "wrong_secret": ("invalid_client",),
    "malformed_basic": ("invalid_client",),
    "foreign_certificate": ("invalid_client",),
    "missing_authentication": ("invalid_client",),
    "unauthorized_client": ("unauthorized_client",),
    "unsupported_grant_type": ("unsupported_grant_type",),
    "invalid_scope": ("invalid_scope",),
}
"""The conditions of a profile's `[errors]`, by the reasons for which the server refuses: the first documented one counts."""


class Refusal(OAuth2Error):  # type: ignore[misc]  # noqa: N818 - a refusal is no error of the server
    """A refusal (RFC 6749 §5.2); `reason` says why, more finely than the error code.

    The description is of the characters that the RFC allows, and never holds anything of the request.
    """

    def __init__(
        self,
        error: str,
        reason: str,
        description: str,
        *,
        status: int = 400,
        challenge: bool = False,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(error=error, description=description, status_code=status)
        self.reason = reason
        self.challenge = challenge
        self.headers = headers


def invalid_request(description: str, reason: str = "invalid_request") -> Refusal:
    """The request is malformed."""
    return Refusal("invalid_request", reason, description)


def missing(parameter: str) -> Refusal:
    """A required parameter is missing."""
    return Refusal("invalid_request", f"missing_{parameter}", f"The parameter {parameter} is missing.")


def invalid_grant(reason: str, description: str = "The grant is invalid, expired, revoked or not yours.") -> Refusal:
    """The code, the refresh token or the password is not good."""
    return Refusal("invalid_grant", reason, description)


def invalid_client(reason: str, *, status: int, challenge: bool) -> Refusal:
    """The client is not authenticated; nobody learns whether it exists."""
    return Refusal("invalid_client", reason, "Client authentication failed.", status=status, challenge=challenge)


def unauthorized_client() -> Refusal:
    """The client may not use the grant."""
    return Refusal("unauthorized_client", "unauthorized_client", "The client may not use this grant type.")


def unsupported_grant_type() -> Refusal:
    """Nobody may use the grant."""
    return Refusal("unsupported_grant_type", "unsupported_grant_type", "The grant type is not supported.")


def unsupported_token_type() -> Refusal:
    """Tokens of this type cannot be revoked (RFC 7009 §2.2.1)."""
    return Refusal("unsupported_token_type", "unsupported_token_type", "Access tokens cannot be revoked.")


def invalid_scope() -> Refusal:
    """The scope is unknown, or exceeds what was granted."""
    return Refusal("invalid_scope", "invalid_scope", "The scope is unknown or exceeds what was granted.")


def invalid_target(reason: str, description: str = "The resource is unknown, or was not granted.") -> Refusal:
    """The resource is not acceptable (RFC 8707 §2)."""
    return Refusal("invalid_target", reason, description)


def rendered(
    error: Any, conditions: Mapping[ErrorCondition, DocumentedError]
) -> tuple[int, dict[str, str], tuple[tuple[str, str], ...]]:
    """Status, members and headers of a refusal, as they are documented for its condition."""
    reason = getattr(error, "reason", "")
    named = DOCUMENTED_CONDITIONS.get(reason, ())
    documented = next((conditions[condition] for condition in named if condition in conditions), None)
    status = documented.status if documented else error.status_code
    members = {
        "error": (documented.error if documented else None) or error.error,
        "error_description": error.description,
    }
    challenged = status == 401 or (getattr(error, "challenge", False) and documented is None)
    headers = NO_STORE + ((("WWW-Authenticate", BASIC_CHALLENGE),) if challenged else ())
    headers += getattr(error, "headers", ())
    return status, members, headers
