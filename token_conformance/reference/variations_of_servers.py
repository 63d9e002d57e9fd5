"""Variations that are habits of servers in use: what no specification forbids, and clients have to live with."""

from __future__ import annotations

from token_conformance.reference.behaviour import policy
from token_conformance.reference.variation import Variation

HABITS = (
    Variation(
        "refresh-parallel-alike",
        "parallel refreshes with one refresh token are all handed the same next one",
        policy("refresh", atomic=False, racers_share_successor=True),
    ),
    Variation(
        "refresh-grace-replaces-successor",
        "a used refresh token works for another 10 s, and each use then ends the unused token that the one before handed over",
        policy("refresh", reuse_grace=10, retry_replaces_successor=True),
    ),
    Variation(
        "refresh-grace-same-successor",
        "a used refresh token works for another 10 s, and yields the same next one each time",
        policy("refresh", reuse_grace=10, retry_repeats_successor=True),
    ),
    Variation(
        "token-requests-limited",
        "the token endpoint takes 50 requests in 15 minutes, and tells so (RFC 6585 §4)",
        policy("request", allowed=50),
    ),
    Variation(
        "login-sessions-absent",
        "there are no login sessions: each authorization asks for the password",
        policy("code", login_remembered=False),
    ),
    Variation(
        "origin-refused",
        "a token request from a page whose origin is not registered is answered by 403",
        policy("request", origins="known"),
    ),
)
