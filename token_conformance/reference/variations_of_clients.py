"""Variations in what clients have to send that RFC 6749, RFC 7523 and OpenID Connect allow."""

from __future__ import annotations

from token_conformance.reference.behaviour import policy
from token_conformance.reference.variation import Variation

CLIENTS = (
    Variation(
        "offline-access-demands-consent",
        "an authorization request with offline_access is refused without prompt=consent (OIDC Core §11)",
        policy("scope", offline_access_demands_consent=True),
    ),
    Variation(
        "missing-authentication-invalid-request",
        "missing client authentication is an invalid_request",
        policy("client", missing_authentication="invalid_request"),
    ),
    Variation("invalid-client-401", "invalid_client is 401 throughout", policy("client", body_failure_status=401)),
)
