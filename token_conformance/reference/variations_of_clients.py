"""Variations in what clients have to send that RFC 6749, RFC 7523 and OpenID Connect allow."""

from __future__ import annotations

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import refusals
from token_conformance.reference.variation import Variation

CLIENTS = (
    Variation(
        "offline-access-demands-consent",
        "an authorization request with offline_access is refused without prompt=consent (OIDC Core §11)",
        policy("scope", offline_access_demands_consent=True),
    ),
    Variation(
        "redirect-uri-mismatch-told-at-the-registered-one",
        "a request with a redirect_uri that is not registered is an error at the one that is (RFC 6749 §4.1.2.1)",
        policy("front_door", mismatch_told_at_registered=True),
    ),
    Variation(
        "assertion-for-the-endpoint-asked",
        "aud of assertions at other endpoints than that of tokens is the endpoint itself, or the issuer",
        policy("assertion", elsewhere="endpoint_or_issuer"),
    ),
    Variation(
        "assertion-for-the-issuer-elsewhere",
        "aud of assertions at other endpoints than that of tokens is the issuer alone",
        policy("assertion", elsewhere="issuer"),
    ),
    Variation(
        "assertion-for-the-token-endpoint-elsewhere",
        "aud of assertions is the token endpoint, or at that the issuer, at other endpoints too",
        policy("assertion", elsewhere="token_endpoint"),
    ),
    Variation(
        "assertion-for-the-issuer",
        "aud of assertions is the issuer alone, as the update of RFC 7523 wants it",
        policy("assertion", audiences="issuer", elsewhere="issuer"),
    ),
    Variation(
        "missing-authentication-invalid-request",
        "missing client authentication is an invalid_request",
        policy("client", missing_authentication="invalid_request"),
    ),
    Variation(
        "grant-of-others-unsupported",
        "a client is told that a grant is unsupported which it is not registered for",
        refusals(lambda answer: answer.saying(error="unsupported_grant_type"), "unauthorized_client"),
    ),
    Variation(
        "registered-method-alone",
        "a client with a secret gets in by the method alone for which it is registered (RFC 7591 §2)",
        policy("client", registered_method_alone=True),
    ),
    Variation("invalid-client-401", "invalid_client is 401 throughout", policy("client", body_failure_status=401)),
)
