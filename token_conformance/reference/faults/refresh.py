"""Faults of the refresh token grant (RFC 6749 §6)."""

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, crash, refusals
from token_conformance.reference.grant_policies import RefreshPolicy

REFRESH = (
    Fault(
        "refresh-expired-revived",
        "an expired refresh token is refused once and works again after that",
        ("expiry-final",),
        policy("refresh", expiry_forgotten=True),
    ),
    Fault(
        "refresh-fails-once",
        "the first attempt with every refresh token is refused, and repeating it succeeds",
        ("rfc6749-6-refresh-succeeds",),
        policy("refresh", fails_once=True),
    ),
    Fault(
        "refresh-dies-with-access-token",
        "the refresh token expires together with the access token that it should renew",
        ("rfc6749-6-refresh-succeeds",),
        policy("refresh", dies_with_access_token=True),
    ),
    Fault(
        "refresh-without-client-authentication",
        "client authentication is skipped for grant_type=refresh_token",
        ("rfc6749-6-client-authentication-required",),
        policy("refresh", client_authenticated=False),
    ),
    Fault(
        "refresh-wrong-secret-accepted",
        "the client's secret is not compared for grant_type=refresh_token",
        ("rfc6749-6-client-authentication-required",),
        policy("refresh", secret_compared=False),
    ),
    Fault(
        "refresh-unauthenticated-use-revokes",
        "an attempt without client authentication is refused and kills the refresh token",
        ("rfc6749-6-client-authentication-required",),
        policy("refresh", unauthenticated_use_revokes=True),
    ),
    Fault(
        "refresh-other-client-accepted",
        "the client of a refresh token is not compared",
        ("rfc6749-6-bound-to-client", "rfc6749-3.2.1-public-client-id"),
        policy("refresh", client_compared=False),
    ),
    Fault(
        "refresh-foreign-use-revokes",
        "any client that knows a refresh token of another can kill it, without having documented that",
        ("rfc6749-6-foreign-use-harmless",),
        policy("refresh", foreign_use_revokes=True),
    ),
    Fault(
        "refresh-other-client-refused-once",
        "another client is refused once with the refresh tokens of a login, and accepted after that",
        ("rfc6749-6-bound-to-client",),
        policy("refresh", refused_once=frozenset({"client"})),
    ),
    Fault(
        "refresh-second-foreign-use-revokes",
        "a second attempt by another client kills the refresh token, without that being documented",
        ("rfc6749-6-foreign-use-harmless",),
        policy("refresh", second_foreign_use_revokes=True),
    ),
    Fault(
        "refresh-prefix-accepted",
        "only the first characters of a refresh token are looked up",
        ("rfc6749-6-unknown-token-refused",),
        policy("refresh", significant_characters=20),
    ),
    Fault(
        "refresh-last-character-ignored",
        "a refresh token whose last character was changed is accepted",
        ("rfc6749-6-unknown-token-refused",),
        policy("refresh", significant_characters=42),
    ),
    Fault(
        "refresh-case-ignored",
        "refresh tokens are compared without regard to case, as many databases do",
        ("rfc6749-1.9-case-sensitive",),
        policy("refresh", case_ignored=True),
    ),
    Fault(
        "refresh-access-token-accepted",
        "an access token refreshes itself",
        ("rfc6749-6-other-token-refused",),
        policy("refresh", other_tokens_accepted=frozenset({"access_token"})),
    ),
    Fault(
        "refresh-id-token-accepted",
        "an ID token is taken for the refresh token of its session",
        ("rfc6749-6-other-token-refused",),
        policy("refresh", other_tokens_accepted=frozenset({"id_token"})),
    ),
    Fault(
        "refresh-unknown-token-crashes",
        "an unknown refresh token leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "unknown_refresh_token"),
    ),
    Fault(
        "refresh-unknown-token-invalid-request",
        "an unknown refresh token is answered by invalid_token, which is not of this endpoint",
        ("rfc6749-6-unknown-token-refused", "rfc6749-5.2-registered-code"),
        refusals(lambda answer: answer.saying(error="invalid_token"), "unknown_refresh_token"),
    ),
    Fault(
        "refresh-unknown-token-unauthorized",
        "an unknown refresh token answers 401",
        ("rfc6749-6-unknown-token-refused", "rfc6749-5.2-status-400"),
        refusals(lambda answer: answer.with_status(401).headed("WWW-Authenticate", "Bearer"), "unknown_refresh_token"),
    ),
    Fault(
        "refresh-missing-token-crashes",
        "a refresh without refresh_token leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "missing_refresh_token"),
    ),
    Fault(
        "refresh-missing-token-invalid-grant",
        "a refresh without refresh_token is answered by invalid_grant",
        ("rfc6749-6-missing-refresh-token",),
        refusals(lambda answer: answer.saying(error="invalid_grant"), "missing_refresh_token"),
    ),
    Fault(
        "refresh-expired-accepted",
        "expired refresh tokens go on working",
        ("rfc6749-expiry-refresh-token", "inactivity"),
        policy("refresh", expiry_checked=False),
    ),
    Fault(
        "refresh-expired-unauthorized",
        "expired refresh tokens answer 401 without a body",
        (
            "rfc6749-5.2-json-error",
            "rfc9110-401-challenge",
        ),
        refusals(lambda answer: answer.with_status(401).with_body(b""), "expired_refresh_token"),
    ),
    Fault(
        "refresh-expired-forbidden",
        "expired refresh tokens answer 403",
        ("rfc6749-5.2-status-400",),
        refusals(lambda answer: answer.with_status(403), "expired_refresh_token"),
    ),
    Fault(
        "refresh-expired-invalid-token",
        "expired refresh tokens are answered by an error code that the RFC does not know",
        ("rfc6749-expiry-refresh-token", "rfc6749-5.2-registered-code"),
        refusals(lambda answer: answer.saying(error="token_expired"), "expired_refresh_token"),
    ),
    Fault(
        "refresh-dies-early",
        "a refresh token lives half as long as is documented",
        ("refresh-token-lifetime-as-documented",),
        policy("refresh", lifetime=RefreshPolicy.lifetime // 2),
    ),
    Fault(
        "refresh-revoked-accepted",
        "a revoked refresh token goes on working",
        ("rfc7009-2-refresh-token-revoked", "rfc9700-4.14.2-reuse-revokes-family"),
        policy("refresh", revocation_checked=False),
    ),
)
