"""Faults of refresh token rotation (RFC 9700 §4.14.2)."""

from token_conformance.reference.behaviour import policy, together
from token_conformance.reference.faults.fault import Fault, refreshed_tokens, refusals

REUSE = ("rfc9700-4.14.2-old-token-refused",)

ROTATION = (
    Fault(
        "refresh-reuse-accepted",
        "rotated refresh tokens stay valid until they expire",
        (*REUSE, "rfc9700-4.14.2-grandparent-refused", "fapi2-5.3.2.1-rotation-with-retry"),
        policy("refresh", reuse_refused=False),
    ),
    Fault(
        "refresh-reuse-same-successor",
        "a used refresh token goes on to work, and yields the same next one each time",
        REUSE,
        policy("refresh", reuse_refused=False, retry_repeats_successor=True),
    ),
    Fault(
        "refresh-reuse-grace-undocumented",
        "a rotated refresh token works for another hour",
        REUSE,
        policy("refresh", reuse_grace=3600),
    ),
    Fault(
        "refresh-reuse-server-error",
        "reuse is refused with 503",
        (*REUSE, "rfc6749-5.2-status-400"),
        refusals(lambda answer: answer.with_status(503), "reused_refresh_token"),
    ),
    Fault(
        "refresh-reuse-wrong-error",
        "reuse is refused by access_denied",
        (*REUSE, "rfc6749-5.2-registered-code"),
        refusals(lambda answer: answer.saying(error="access_denied"), "reused_refresh_token"),
    ),
    Fault(
        "refresh-grandparent-accepted",
        "only the immediately previous refresh token is known to be used",
        ("rfc9700-4.14.2-grandparent-refused",),
        policy("refresh", remembers_generations=1),
    ),
    Fault(
        "refresh-reuse-revokes-nothing",
        "reuse is refused but the thief's or the victim's newest token lives on",
        ("rfc9700-4.14.2-reuse-revokes-family",),
        policy("refresh", reuse_revokes="nothing"),
    ),
    Fault(
        "refresh-reuse-revokes-user",
        "reuse in one login revokes all logins of the user",
        ("rotation-family-is-one-grant",),
        policy("refresh", reuse_revokes="user"),
    ),
    Fault(
        "refresh-reuse-revokes-everybody",
        "reuse in one session revokes those of all users",
        ("rotation-family-is-one-grant",),
        policy("refresh", reuse_revokes="everybody"),
    ),
    Fault(
        "refresh-race",
        "looking at a refresh token and marking it used are not atomic: all of several parallel refreshes win",
        ("rotation-parallel-refresh",),
        policy("refresh", atomic=False),
    ),
    Fault(
        "refresh-never-rotated",
        "the client gets the same refresh token back for ever",
        (
            "rotation-as-documented",
            "rfc9700-2.2.2-public-client-rotation",
        ),
        policy("refresh", rotates=False),
    ),
    Fault(
        "refresh-rotated-once",
        "the first refresh yields a new refresh token, and the later ones yield it again",
        ("rotation-as-documented",),
        policy("refresh", rotating_generations=1),
    ),
    Fault(
        "refresh-grace-hands-back-used-token",
        "a retry in the grace is answered with the refresh token that was used, and not with the next one",
        ("session-no-stranding",),
        policy("refresh", retry_hands_back=True),
    ),
    Fault(
        "refresh-grace-cut",
        "a used refresh token dies at once, whatever grace is documented",
        ("rotation-as-documented",),
        policy("refresh", reuse_grace=0, grace_until_used=False),
    ),
    Fault(
        "refresh-strands-client",
        "the old refresh token dies and no new one is handed over",
        ("session-no-stranding", "session-chain"),
        policy("refresh", hands_over=False),
    ),
    Fault(
        "refresh-second-token-dead",
        "the refresh token of a refresh is dead on arrival",
        ("session-chain", "rfc6749-6-refresh-succeeds"),
        policy("refresh", living_generations=1),
    ),
    Fault(
        "refresh-third-token-dead",
        "the third generation's refresh token is dead on arrival",
        ("session-chain",),
        policy("refresh", living_generations=2),
    ),
    Fault(
        "refresh-fifth-token-dead",
        "the fifth generation's refresh token is dead on arrival",
        ("session-chain",),
        policy("refresh", living_generations=4),
    ),
    Fault(
        "refresh-hands-over-other-token",
        "the refresh token in the answer is not the one that was stored",
        ("session-chain", "session-no-stranding"),
        refreshed_tokens(
            lambda answer: (
                answer.saying(refresh_token=answer.members["refresh_token"][::-1])
                if isinstance(answer.members.get("refresh_token"), str)
                else answer
            )
        ),
    ),
    Fault(
        "refresh-returns-used-token",
        "the answer holds the refresh token that was just used up",
        ("session-chain", "session-no-stranding"),
        together(refreshed_tokens(lambda answer: answer.saying(refresh_token=answer.form.get("refresh_token")))),
    ),
    Fault(
        "refresh-use-forgotten",
        "that a refresh token was used is kept in a cache, and forgotten after an hour",
        ("rfc9700-4.14.2-old-token-refused",),
        policy("refresh", use_forgotten_after=3600),
    ),
)
