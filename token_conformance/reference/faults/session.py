"""Faults that a client notices which stores its session and renews it in time."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import Change, policy
from token_conformance.reference.faults.fault import Fault, first_tokens, refreshed_tokens, tokens


def _milliseconds(answer: Answer) -> Answer:
    return answer.saying(expires_in=answer.members["expires_in"] * 1000)


def late(what: str) -> Change:
    """A change of one thing from the sixth renewal on."""
    return policy("refresh", steady_generations=5, unsteady=frozenset({what}))


SESSION = (
    Fault(
        "refresh-early-refused",
        "a refresh is refused while the access token is valid",
        ("rfc6749-6-early-refresh", "rfc6749-6-refresh-succeeds"),
        policy("refresh", minimum_age=3600),
    ),
    Fault(
        "refresh-within-minute-refused",
        "a refresh is refused for the first minute of an access token",
        ("rfc6749-6-early-refresh", "rfc6749-6-refresh-succeeds"),
        policy("refresh", minimum_age=60),
    ),
    Fault(
        "refresh-dead-access-token",
        "a refresh hands over an access token that no resource takes",
        ("session-new-access-token",),
        policy("refresh", renewed_access_token_works=False),
    ),
    Fault(
        "refresh-stale-access-token",
        "the old access token is returned with its old expiry and a full expires_in",
        ("session-new-access-token", "rfc6749-5.1-expires-in-true"),
        policy("refresh", access_token="same_with_full_lifetime"),
    ),
    Fault(
        "service-token-kept-with-full-expires-in",
        "a service gets the same access token again, with its full expires_in",
        ("rfc6749-5.1-expires-in-true",),
        policy("token", service_tokens="kept_with_full_lifetime"),
    ),
    Fault(
        "access-token-of-another-session",
        "a refresh yields the newest access token of its user at its client, whatever session that is of",
        ("token-unique",),
        policy("refresh", access_token="of_any_session"),
    ),
    Fault(
        "refresh-token-of-another-session",
        "a refresh hands over a refresh token that another session of the same user has",
        ("token-unique",),
        policy("refresh", hands_over_of_any_session=True),
    ),
    Fault(
        "refresh-id-token-at-first",
        "the first refresh yields an ID token as documented, and the later ones yield none",
        ("refreshed-id-token-as-documented",),
        policy("refresh", id_token="at_first"),
    ),
    Fault(
        "refresh-lifetime-begins-anew",
        "the lifetime that is documented to count from the login begins anew with each rotation",
        ("rfc6749-expiry-refresh-token",),
        policy("refresh", lifetime_absolute=False),
    ),
    Fault(
        "refresh-lifetime-ends-with-the-first",
        "no refresh token outlives the first one, though the lifetime is documented to count from each rotation",
        ("refresh-token-lifetime-as-documented",),
        policy("refresh", lifetime_absolute=True),
    ),
    Fault(
        "refresh-revokes-later-access-tokens",
        "the first refresh leaves the old access token alone as documented, and the later ones revoke it",
        ("session-old-access-token",),
        policy("refresh", old_access_token="revoked_later"),
    ),
    Fault(
        "refresh-spares-later-access-tokens",
        "the first refresh revokes the old access token as documented, and the later ones leave it alone",
        ("session-old-access-token",),
        policy("refresh", old_access_token="revoked_at_first"),
    ),
    Fault(
        "session-ends-by-userinfo",
        "a session ends unasked once userinfo was read by one of its access tokens",
        ("session-chain",),
        policy("resource", userinfo_ends_session=True),
    ),
    Fault(
        "refresh-seventh-token-dead",
        "the seventh generation's refresh token is dead on arrival",
        ("session-chain",),
        policy("refresh", living_generations=6),
    ),
    Fault(
        "refresh-late-scope-default",
        "from the sixth renewal on, one that names no scope yields a part of the scope",
        ("rfc6749-6-omitted-scope-is-original",),
        late("scope"),
    ),
    Fault(
        "refresh-late-members-missing",
        "from the sixth renewal on, answers have neither expires_in nor scope nor ID token",
        ("session-depth",),
        late("members"),
    ),
    Fault(
        "refresh-late-expires-in-doubled",
        "from the sixth renewal on, expires_in is twice the life of the access token",
        ("rfc6749-5.1-expires-in-true",),
        late("expires_in"),
    ),
    Fault(
        "refresh-late-user-other",
        "from the sixth renewal on, tokens are those of another user",
        ("oidc-12.2-iss-sub-aud", "session-depth"),
        late("user"),
    ),
    Fault(
        "refresh-late-auth-time-new",
        "from the sixth renewal on, auth_time is the time of the renewal",
        ("oidc-12.2-auth-time",),
        late("auth_time"),
    ),
    Fault(
        "refresh-late-reuse-accepted",
        "from the sixth generation on, used refresh tokens go on working",
        ("rfc9700-4.14.2-old-token-refused",),
        late("reuse"),
    ),
    Fault(
        "refresh-late-race",
        "from the sixth generation on, all of several parallel refreshes win",
        ("rotation-parallel-refresh",),
        late("race"),
    ),
    Fault(
        "refresh-late-claims-lost",
        "from the sixth renewal on, access tokens open no claims of the user but sub",
        ("rfc6749-6-omitted-scope-is-original",),
        late("userinfo"),
    ),
    Fault(
        "refresh-claims-lost",
        "the access tokens of renewals open no claims of the user but sub, though they tell the same scope",
        ("rfc6749-6-omitted-scope-is-original",),
        policy("refresh", steady_generations=0, unsteady=frozenset({"userinfo"})),
    ),
    Fault(
        "expires-in-only-at-first",
        "the answers to refreshes have no expires_in",
        ("session-expires-in-usable", "rfc6749-5.1-expires-in"),
        refreshed_tokens(lambda answer: answer.silent_about("expires_in")),
    ),
    Fault(
        "expires-in-doubled-at-refresh",
        "expires_in of a refresh is twice the life of the access token",
        ("rfc6749-5.1-expires-in-true",),
        refreshed_tokens(lambda answer: answer.saying(expires_in=answer.members["expires_in"] * 2)),
    ),
    Fault(
        "expires-in-only-refreshed",
        "the first answer has no expires_in",
        ("session-expires-in-usable", "rfc6749-5.1-expires-in"),
        first_tokens(lambda answer: answer.silent_about("expires_in")),
    ),
    Fault(
        "expires-in-absent",
        "no answer has expires_in",
        ("rfc6749-5.1-expires-in", "session-expires-in-usable"),
        tokens(lambda answer: answer.silent_about("expires_in")),
    ),
    Fault(
        "expires-in-zero",
        "expires_in is 0",
        ("session-expires-in-usable", "rfc6749-5.1-expires-in-true"),
        tokens(lambda answer: answer.saying(expires_in=0)),
    ),
    Fault(
        "expires-in-milliseconds",
        "expires_in is in milliseconds",
        ("rfc6749-a.14-expires-in-number", "rfc6749-5.1-expires-in-true"),
        tokens(_milliseconds),
    ),
    Fault(
        "expires-in-exaggerated",
        "the access token dies long before expires_in says",
        ("rfc6749-5.1-expires-in-true",),
        tokens(lambda answer: answer.saying(expires_in=answer.members["expires_in"] + 1800)),
    ),
    Fault(
        "expires-in-understated",
        "the access token lives long after expires_in says",
        ("rfc6749-5.1-expires-in-true",),
        tokens(lambda answer: answer.saying(expires_in=answer.members["expires_in"] // 2)),
    ),
    Fault(
        "expires-in-point-in-time",
        "expires_in is the time of expiry in seconds since 1970",
        ("rfc6749-a.14-expires-in-number", "rfc6749-5.1-expires-in-true"),
        tokens(lambda answer: answer.saying(expires_in=1_700_000_000 + answer.members["expires_in"])),
    ),
)
