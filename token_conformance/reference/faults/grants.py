"""Faults of the client credentials and the password grant (RFC 6749 §4.3 and §4.4)."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, crash, refusals
from token_conformance.reference.refusal import BASIC_CHALLENGE

GRANTS = (
    Fault(
        "service-refresh-token",
        "client_credentials yields a refresh token",
        ("rfc6749-4.4.3-no-refresh-token",),
        policy("scope", refresh_token_for_service=True),
    ),
    Fault(
        "service-unauthenticated",
        "client_credentials needs no client authentication",
        ("rfc6749-4.4-authenticated",),
        policy("client", service_authenticated=False),
    ),
    Fault(
        "password-not-compared",
        "any user name and password yield tokens",
        ("rfc6749-4.3-wrong-password",),
        policy("password", compared=False),
    ),
    Fault(
        "password-wrong-invalid-request",
        "a wrong password is answered by invalid_request",
        ("rfc6749-5.2-invalid-grant",),
        policy("password", wrong_password="invalid_request"),
    ),
    Fault(
        "password-wrong-unauthorized",
        "a wrong password answers 401",
        ("rfc6749-4.3-wrong-password", "rfc6749-5.2-status-400"),
        refusals(
            lambda answer: answer.with_status(401).headed("WWW-Authenticate", BASIC_CHALLENGE),
            "wrong_password",
            "unknown_user",
        ),
    ),
    Fault(
        "password-unknown-user-told",
        "an unknown user is told that it is unknown",
        ("password-no-oracle",),
        refusals(lambda answer: answer.saying(error_description="There is no such user."), "unknown_user"),
    ),
    Fault(
        "password-missing-crashes",
        "a request without username or password leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "missing_username", "missing_password"),
    ),
    Fault(
        "password-missing-invalid-grant",
        "a request without username or password is answered by invalid_grant",
        ("rfc6749-4.3-missing",),
        refusals(lambda answer: answer.saying(error="invalid_grant"), "missing_username", "missing_password"),
    ),
    Fault(
        "grant-not-registered-accepted",
        "a client may use grants that it is not registered for",
        ("rfc6749-5.2-unauthorized-client",),
        policy("client", grants_compared=False),
    ),
    Fault(
        "grant-not-registered-invalid-client",
        "a client that may not use a grant is answered by invalid_client",
        ("rfc6749-5.2-unauthorized-client",),
        refusals(lambda answer: answer.saying(error="invalid_client"), "unauthorized_client"),
    ),
)
