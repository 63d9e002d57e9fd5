"""What a server does with a refresh token that was used: measured first, read by profile and claims afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.models import Profile
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange


class Rotation(StrEnum):
    """The ways of servers with a used refresh token."""

    NONE = "does not rotate: the refresh token stays the same"
    AT_ONCE = "rotates, and the old refresh token dies at once"
    AFTER_GRACE = "rotates, and the old refresh token dies after a grace"
    UNTIL_USED = "rotates, and the old refresh token dies once what replaced it is used"
    LIVES_ON = "rotates, and the old refresh token goes on working"

    @property
    def kills(self) -> bool:
        """Whether a used refresh token is dead in the end."""
        return self in {Rotation.AT_ONCE, Rotation.AFTER_GRACE, Rotation.UNTIL_USED}


USUAL_GRACE = 61
"""Seconds after which a used refresh token is dead at every provider that is known to have a grace."""


@dataclass(frozen=True)
class Grace:
    """How long a used refresh token goes on working by the documentation: some seconds, or until its successor is used.

    `known` tells whether the documentation says anything of it; where it does not, nothing is promised either way.
    """

    seconds: int = 0
    until_used: bool = False
    known: bool = True

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self.until_used or self.seconds > 0

    def __str__(self) -> str:
        return "until the new token is first used" if self.until_used else f"of {self.seconds} s"


def grace_of(profile: Profile) -> Grace:
    """The documented grace of used refresh tokens."""
    grant = profile.grants.refresh_token
    told = grant.reuse_grace.documented if grant is not None else None
    if told is None:
        return Grace(known=False)
    return Grace(until_used=True) if isinstance(told, str) else Grace(seconds=told)


def measured(
    first: TokenResponse,
    at_once: TokenResponse,
    later: TokenResponse | None,
    used: str | None,
    *,
    after_use: TokenResponse | None = None,
) -> Rotation:
    """What a refresh, the used token presented at once, and again after the grace, tell of a server.

    `after_use` is the answer to the used token once what replaced it was used, and before any time had passed.

    Raises:
        Inconclusive: the refresh was not accepted, or an attempt was neither accepted nor refused.

    """
    if not first.accepted:
        raise Inconclusive(f"the refresh was not accepted: {first}")
    for attempt in (at_once, after_use, later):
        if attempt is not None and not attempt.accepted and not attempt.refused:
            raise Inconclusive(f"neither accepted nor refused: {attempt} to {attempt.exchange}")
    if first.refresh_token is None or first.refresh_token == used:
        return Rotation.NONE
    if not at_once.accepted:
        return Rotation.AT_ONCE
    if after_use is not None and not after_use.accepted:
        return Rotation.UNTIL_USED
    return Rotation.AFTER_GRACE if later is not None and not later.accepted else Rotation.LIVES_ON


def demanded_by(profile: Profile) -> str | None:
    """Why a used refresh token must die with this provider: its documentation, or a claim; None where nothing asks for it.

    RFC 9700 §4.14.2 and OAuth 2.1 draft §4.3.1 want it of public clients alone, and not where refresh tokens are bound
    to a key; FAPI 2.0 §5.3.2.1 wants the reverse.
    """
    grant = profile.grants.refresh_token
    if grant is not None and grant.rotation.documented == "always":
        return "the profile documents rotation"
    if "fapi2" in profile.claims or not profile.user_client.public or sender_constrained(profile):
        return None
    if profile.claims & {"bcp", "oauth2.1"}:
        return "RFC 9700 invalidates a public client's refresh token that was rotated away"
    return None


def sender_constrained(profile: Profile) -> bool:
    """Whether a public client's refresh tokens are bound to a key in this run (RFC 9449 §5, RFC 8705 §4)."""
    return profile.dpop is not None or profile.binds_to_certificate


def held_to(profile: Profile, requirement: str) -> str:
    """What a used refresh token that works violates: that requirement of RFC 9700, or the documentation, where that says
    when the token dies and nothing else is claimed.
    """
    claimed = profile.claims & {"bcp", "oauth2.1"}
    return requirement if claimed or not grace_of(profile).known else "rotation-as-documented"


@dataclass(frozen=True)
class Tally:
    """How many of several requests at once were accepted, and how many different refresh tokens they handed over."""

    winners: int
    lineages: int


def tally(responses: tuple[TokenResponse, ...]) -> Tally:
    """Count the winners of a race."""
    winners = [response for response in responses if response.accepted]
    return Tally(len(winners), len({response.refresh_token for response in winners}))


TOLERANCE = timedelta(milliseconds=0.2)
"""How exactly times of exchanges are known."""


def require_race(exchanges: Iterable[Exchange]) -> None:
    """Ask whether any two requests were under way at the same time.

    Raises:
        Inconclusive: they came one after the other, so that a server which cannot tell them apart was not put to the test.

    """
    pairs = combinations(exchanges, 2)
    if not any(max(a.started, b.started) + TOLERANCE < min(a.answered, b.answered) for a, b in pairs):
        raise Inconclusive(
            "the requests left one after the other and not at once: the network, or a pause that the provider asked "
            "for, does not allow it"
        )
