"""What error codes prove: some are a decision of the token endpoint, some tell that it came to none."""

from __future__ import annotations

DECISIONS = frozenset(
    {
        "access_denied",
        "authorization_pending",
        "expired_token",
        "insufficient_user_authentication",
        "invalid_authorization_details",
        "invalid_client",
        "invalid_dpop_proof",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_token_type",
        "use_dpop_nonce",
    }
)
"""The codes of RFC 6749 §5.2 and of its extensions: who says one of them has looked at the request."""

NO_DECISIONS = frozenset({"server_error", "slow_down", "temporarily_unavailable"})
"""The registered codes that say nothing of the request, whatever their status."""

POLLING_GRANTS = frozenset({"urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba"})
"""The grants whose user decides while the client asks (RFC 8628 §3.5, CIBA §11)."""

WAITING = frozenset({"authorization_pending", "slow_down"})
"""What a client is told that polls with a good code before the user has decided (RFC 8628 §3.5)."""
