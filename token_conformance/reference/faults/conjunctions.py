"""Faults that show once several things have come together, in this order, and that no single check looks for."""

from token_conformance.reference.faults.fault import Fault
from token_conformance.reference.lapses import (
    ends_the_access_token,
    ends_the_session,
    forgets_the_login,
    forgets_uses,
    gives_codes_back,
    lapse,
    mixes_up_users,
    revives_access_tokens,
    revives_the_session,
    shrinks_the_grant,
    strands_the_client,
    widens_the_grant,
)

STRANDED, CHAIN = "session-no-stranding", "session-chain"
REUSE = ("rfc9700-4.14.2-old-token-refused", "rfc9700-4.14.2-grandparent-refused")
SHRUNK, EXCEEDED = "rfc6749-6-narrowing-does-not-shrink-grant", "rfc6749-6-scope-not-exceeded"

CONJUNCTIONS = (
    Fault(
        "second-foreign-introspection-ends-session",
        "a session ends when another client has introspected its tokens twice",
        (STRANDED,),
        lapse("foreign introspection", "foreign introspection", harm=ends_the_session),
    ),
    Fault(
        "second-foreign-revocation-ends-session",
        "another client is refused when it revokes a token, and the second time that ends the session",
        ("rfc7009-2.1-foreign-token",),
        lapse("foreign revocation", "foreign revocation", harm=ends_the_session),
    ),
    Fault(
        "foreign-refresh-then-revocation-ends-session",
        "what another client tries with a refresh token does no harm, unless it tries to revoke one after that",
        ("rfc7009-2.1-foreign-token",),
        lapse("foreign refresh", "foreign revocation", harm=ends_the_session),
    ),
    Fault(
        "outstanding-code-strands-session",
        "the second refresh after a code was given to another session of the user yields a dead refresh token",
        (CHAIN,),
        lapse("authorization in another session", "refresh", "refresh", harm=strands_the_client),
    ),
    Fault(
        "second-narrowing-shrinks-grant",
        "a refresh for less scope leaves the grant as it was, and a second one shrinks it",
        (SHRUNK,),
        lapse("narrowed refresh", "narrowed refresh", harm=shrinks_the_grant),
    ),
    Fault(
        "scope-shrinks-late-after-narrowing",
        "two refreshes after one for less scope, a part of the grant is gone",
        (SHRUNK,),
        lapse("narrowed refresh", "refresh", "refresh", harm=shrinks_the_grant),
    ),
    Fault(
        "scope-widens-late-after-narrowing",
        "two refreshes after one for less scope, there is more scope than was granted",
        (EXCEEDED,),
        lapse("narrowed refresh", "refresh", "refresh", harm=widens_the_grant),
    ),
    Fault(
        "scope-widens-after-second-excess",
        "more scope than was granted is refused twice, and then given to who does not ask for it",
        (EXCEEDED,),
        lapse("excess", "excess", harm=widens_the_grant),
    ),
    Fault(
        "second-excess-strands-client",
        "a refresh for more scope is refused and does no harm, and the second one uses up the refresh token",
        (STRANDED,),
        lapse("excess", "excess", harm=strands_the_client),
    ),
    Fault(
        "excess-after-narrowing-strands-client",
        "after a refresh for less scope, one for more uses up the refresh token",
        (STRANDED,),
        lapse("narrowed refresh", "excess", harm=strands_the_client),
    ),
    Fault(
        "seventh-refresh-forgets-uses",
        "at the seventh refresh a server forgets which refresh tokens were used",
        REUSE,
        lapse(*["refresh"] * 7, harm=forgets_uses),
    ),
    Fault(
        "late-refresh-forgets-uses",
        "once a session was renewed after an hour, used refresh tokens work again",
        REUSE,
        lapse("late refresh", harm=forgets_uses),
    ),
    Fault(
        "foreign-attempt-forgets-uses",
        "after another client has tried a refresh token, used ones of that session work again",
        REUSE,
        lapse("foreign refresh", "refresh", harm=forgets_uses),
    ),
    Fault(
        "narrowing-forgets-uses",
        "after a refresh for less scope, used refresh tokens work again",
        REUSE,
        lapse("narrowed refresh", "refresh", harm=forgets_uses),
    ),
    Fault(
        "userinfo-in-deep-session-ends-it",
        "from the third refresh on, reading userinfo ends the session",
        (CHAIN,),
        lapse(*["refresh"] * 3, "userinfo", harm=ends_the_session),
    ),
    Fault(
        "introspection-after-narrowing-strands-client",
        "introspection after a refresh for less scope uses up the newest refresh token",
        (CHAIN,),
        lapse("narrowed refresh", "introspection", harm=strands_the_client),
    ),
    Fault(
        "third-use-ends-access-token",
        "an access token dies when it is used for the third time in a session that was renewed",
        ("rfc6749-5.1-expires-in-true", "session-new-access-token"),
        lapse("refresh", "use", "use", "use", harm=ends_the_access_token),
    ),
    Fault(
        "revoked-access-token-revived-by-refresh",
        "an access token that was revoked works again after two refreshes",
        ("rfc7009-2-access-token-revoked", "rfc7662-2.2-inactive-shape"),
        lapse("revocation of an access token", "refresh", "refresh", harm=revives_access_tokens),
    ),
    Fault(
        "second-login-revives-after-reuse",
        "a session that ended for a reuse lives again when its user has logged in twice more",
        ("rfc9700-4.14.2-reuse-revokes-family",),
        lapse("reuse", "login in another session", "login in another session", harm=revives_the_session),
    ),
    Fault(
        "introspection-revives-after-revocation",
        "a session that was revoked lives again once its refresh token was introspected twice",
        ("rfc7009-2-refresh-token-revoked",),
        lapse("revocation", "introspection", "introspection", harm=revives_the_session),
    ),
    Fault(
        "replayed-code-works-in-deep-session",
        "a code works a second time when its session was renewed twice",
        ("rfc6749-10.5-code-single-use",),
        lapse("login", "refresh", "refresh", harm=gives_codes_back),
    ),
    Fault(
        "second-reuse-elsewhere-ends-session",
        "a second reuse of refresh tokens in other sessions ends this one",
        ("rotation-family-is-one-grant",),
        lapse("reuse in another session", "reuse in another session", harm=ends_the_session),
    ),
    Fault(
        "revocation-at-another-client-ends-renewed-session",
        "what its user revokes at another client ends a session that was renewed",
        ("rfc7009-2.1-same-grant",),
        lapse("refresh", "revocation at another client", harm=ends_the_session),
    ),
    Fault(
        "another-user-mixed-up-after-refresh",
        "after another user has logged in and a refresh, the tokens of a session are somebody else's",
        ("oidc-12.2-iss-sub-aud",),
        lapse("login by another user", "refresh", harm=mixes_up_users),
    ),
    Fault(
        "auth-time-lost-after-introspections",
        "when an access token was introspected twice, auth_time of the next ID token is another one",
        ("oidc-12.2-auth-time",),
        lapse("introspection of an access token", "introspection of an access token", harm=forgets_the_login),
    ),
    Fault(
        "foreign-code-then-refresh-ends-session",
        "after another client has tried a used code, the second refresh ends the session",
        (CHAIN, "oauth2.1-7.5.2-invalid-replay-harmless"),
        lapse("foreign exchange", "refresh", "refresh", harm=ends_the_session),
    ),
)
