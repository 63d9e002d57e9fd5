"""The faults of life cycle: those of the reference server that violate a requirement on who may use which token, and when."""

from __future__ import annotations

from token_conformance.reference.faults import FAULTS

CODES = {
    "rfc6749-4.1.3-exchange-succeeds",
    "rfc6749-4.1.3-unknown-code",
    "rfc6749-4.1.3-code-bound-to-client",
    "rfc6749-4.1.3-redirect-uri",
    "rfc6749-10.6-redirect-uri-of-the-code",
    "rfc6749-10.5-code-single-use",
    "rfc6749-10.5-parallel-exchange",
    "rfc6749-10.5-replay-revokes-access-token",
    "rfc6749-4.1.2-replay-revokes",
    "oauth2.1-7.5.2-invalid-replay-harmless",
    "rfc6749-expiry-code",
    "rfc7636-4.6-verifier",
    "rfc7636-4.6-right-verifier",
    "rfc7636-4.6-method-kept",
    "rfc9700-2.1.1-verifier-required",
    "rfc9700-2.1.1-pkce-downgrade",
    "rfc9449-10-dpop-jkt",
    "rfc8628-single-use",
    "rfc8628-3.5-expired",
}

REFRESH_TOKENS = {
    "rfc6749-6-refresh-succeeds",
    "rfc6749-6-early-refresh",
    "rfc6749-6-unknown-token-refused",
    "rfc6749-6-other-token-refused",
    "rfc6749-1.9-case-sensitive",
    "rfc6749-6-client-authentication-required",
    "rfc6749-6-bound-to-client",
    "rfc6749-6-foreign-use-harmless",
    "rfc6749-6-scope-not-exceeded",
    "rfc6749-6-scope-narrowing-honoured",
    "rfc6749-6-narrowing-does-not-shrink-grant",
    "rfc6749-6-omitted-scope-is-original",
    "rfc6749-6-granted-scope-accepted",
    "rfc9700-4.14.2-bound-to-scope",
    "rfc9700-4.14.2-old-token-refused",
    "rfc9700-4.14.2-grandparent-refused",
    "rfc9700-4.14.2-reuse-revokes-family",
    "rfc9700-2.2.2-public-client-rotation",
    "rotation-as-documented",
    "rotation-family-is-one-grant",
    "rotation-parallel-refresh",
    "session-chain",
    "session-depth",
    "session-no-stranding",
    "rfc6749-expiry-refresh-token",
    "expiry-final",
    "refresh-token-lifetime-as-documented",
    "rt-expiration-5-refused",
    "rfc9449-dpop-required-proof",
    "rfc8705-4-refresh-token-bound",
    "rfc8707-2.2-narrowing",
}

ACCESS_TOKENS = {
    "rfc6749-5.1-expires-in-true",
    "rfc6750-3.1-expired-access-token",
    "rfc6749-7-tampered-access-token",
    "rfc6749-1.5-refresh-token-for-itself",
    "rfc9068-4-id-token-refused",
    "session-new-access-token",
    "session-old-access-token",
    "token-unique",
    "rfc9449-7.2-not-as-bearer",
    "rfc9449-7.1-proof-by-the-key",
    "rfc8705-cnf",
    "rfc8693-2.1-validated",
    "token-exchange-scope-not-widened",
}

AFTERLIFE = {
    "rfc7009-2-refresh-token-revoked",
    "rfc7009-2-access-token-revoked",
    "rfc7009-2.1-refresh-kills-access",
    "rfc7009-2.1-same-grant",
    "rfc7009-2.1-foreign-token",
    "rfc7009-2.1-client-authentication",
    "rfc7009-2.1-public-client-id",
    "rfc7009-2.1-hint",
    "rfc7009-2.1-body-alone",
    "rfc7662-2.2-active",
    "rfc7662-2.2-inactive-shape",
    "rfc7662-2.2-truth",
    "rfc7662-2.1-hint",
    "rfc7662-2.1-authorization",
}

USERS = {
    "oidc-12.2-iss-sub-aud",
    "oidc-12.2-auth-time",
    "oidc-12.2-nonce",
    "oidc-12.2-iat",
    "oidc-userinfo-sub",
    "oidc-3.1.3.7-nonce",
    "refreshed-id-token-as-documented",
}

LIFE_CYCLE = CODES | REFRESH_TOKENS | ACCESS_TOKENS | AFTERLIFE | USERS
"""The requirements on who may use which code or token, when, for what, and what comes of it."""

FORM = "rfc6749-5.2-"
"""How requirements begin on what a refusal is called and looks like, which is no matter of life and death."""

FAULTS_OF_LIFE_CYCLE = tuple(
    fault.name
    for fault in FAULTS.values()
    if not LIFE_CYCLE.isdisjoint(fault.violates) and not any(id_.startswith(FORM) for id_ in fault.violates)
)
"""The faults that violate one of them, but for those in the form of refusals."""

UNSEEN = frozenset(
    {
        "fapi2 refresh-reuse-accepted",
        "everything introspection-living-token-inactive",
        "everything revocation-ends-all-of-a-user",
        "everything revocation-at-another-client-ends-renewed-session",
    }
)
"""The rows of the fault matrix in which the oracle sees nothing of one: under FAPI 2.0 a used refresh token has to work on,
whether a client may know of access tokens is seen by its being told of one, and what a revocation at another client does
by a session that has outlived the login there, which may have ended it; exploring shows both.
"""
