"""Variations in how clients prove who they are that RFC 6749 and RFC 7523 allow."""

from __future__ import annotations

from token_conformance.reference.behaviour import policy
from token_conformance.reference.variation import Variation

CLIENTS = (
    Variation(
        "missing-authentication-invalid-request",
        "missing client authentication is an invalid_request",
        policy("client", missing_authentication="invalid_request"),
    ),
    Variation("invalid-client-401", "invalid_client is 401 throughout", policy("client", body_failure_status=401)),
)
