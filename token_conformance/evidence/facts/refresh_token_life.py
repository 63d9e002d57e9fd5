"""How long refresh tokens live, and from when that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from token_conformance.evidence.facts.measured import (
    LATENESS,
    Measured,
    as_seconds,
    commonest,
    commonest_seconds,
    measured,
    moment_of,
)
from token_conformance.evidence.facts.observed import Attempt, Observed
from token_conformance.evidence.jwt_reading import read
from token_conformance.wire.exchange import Exchange

LONG_ENOUGH = 3
"""Seconds between login and refresh by which an expiry that moved can be told from one that did not."""

OLD = 60
"""Seconds from which on a refused refresh token that nobody had used may have been too old."""

A_CENTURY = 100 * 366 * 86_400


def refresh_token_lifetime(observed: Observed) -> Measured | None:
    """The seconds that a refresh token lives: as answers, tokens or introspection tell, or else as it was seen to end."""
    told = commonest_seconds(list(_told(observed)))
    return told if told is not None else _seen(observed)


def _told(observed: Observed) -> Iterator[tuple[int, Exchange]]:
    """The lives of refresh tokens that came of logins, rounded as far as answers take time."""
    for family in observed.families:
        expiry = expiry_of(family.login, observed)
        seconds = (expiry - family.login.exchange.date).total_seconds() if expiry is not None else 0
        if seconds > 0:
            yield round(seconds / 5) * 5, family.login.exchange


@dataclass(frozen=True)
class Use:
    """The first use of a refresh token: how old it was, and how long ago its session's login was, in seconds."""

    age: float
    session: float
    attempt: Attempt


@dataclass(frozen=True)
class Bounds:
    """The oldest use that was accepted and the youngest that was refused, which is older."""

    accepted: Use | None
    refused: Use
    seconds: float


def _seen(observed: Observed) -> Measured | None:
    """By age, or else, where renewals do not make a session longer, by the time since the login."""
    uses = list(uses_of(observed))
    bounds = _bounds(uses, lambda use: use.age) or _bounds(uses, lambda use: use.session)
    if bounds is None:
        return None
    seen = [use.attempt.exchange for use in (bounds.refused, bounds.accepted) if use is not None]
    worked = f"accepted after {as_seconds(bounds.accepted.age)}, " if bounds.accepted is not None else ""
    words = f"{worked}refused after {as_seconds(bounds.seconds)}"
    found = measured(words, "expires", seen, max(int(bounds.seconds) - LATENESS, 1))
    return replace(found, between=(bounds.accepted.age if bounds.accepted is not None else 0, bounds.seconds))


def _bounds(uses: Sequence[Use], by: Callable[[Use], float]) -> Bounds | None:
    """What separates accepted from refused uses, where that measure does."""
    refused = [use for use in uses if use.attempt.response.error == "invalid_grant" and use.age > OLD]
    accepted = [use for use in uses if use.attempt.response.accepted]
    if not refused:
        return None
    youngest, oldest = min(refused, key=by), max(accepted, key=by, default=None)
    if oldest is not None and by(oldest) >= by(youngest):
        return None
    return Bounds(oldest, youngest, by(youngest))


def uses_of(observed: Observed) -> Iterator[Use]:
    """The first uses of refresh tokens, and all uses of those that are kept, up to the first refusal of each family."""
    for family in observed.families:
        births = {family.login.response.refresh_token: family.login.exchange.answered}
        for attempt in family.attempts:
            born = births.pop(attempt.presented, None)
            if born is not None:
                session = (attempt.at - family.login.exchange.answered).total_seconds()
                yield Use((attempt.at - born).total_seconds(), session, attempt)
            if not attempt.response.accepted:
                break
            if born is not None and attempt.response.refresh_token in {None, attempt.presented}:
                births[attempt.presented] = born
            births.setdefault(attempt.response.refresh_token, attempt.exchange.answered)


def lifetime_from(observed: Observed) -> Measured | None:
    """Whether the life of a refresh token counts from the login or from each rotation.

    Told expiries show it, or a session that was renewed and tried again when the life of its first token was over.
    """
    moved = [*_told_moves(observed), *_seen_moves(observed)]
    told = commonest(kind for kind, _ in moved)
    if told is None or not told[1]:
        return None
    kind = told[0]
    words = {"rotation": "it counts anew from each rotation", "login": "it counts from the login"}[kind]
    return measured(words, f"from-{kind}", [each.exchange for _, each in moved], kind)


def _told_moves(observed: Observed) -> Iterator[tuple[str, Attempt]]:
    for family in observed.families:
        first, start = expiry_of(family.login, observed), family.login.exchange.date
        for attempt in family.attempts:
            expiry = expiry_of(attempt, observed) if attempt.response.accepted else None
            passed = (attempt.exchange.date - start).total_seconds()
            if first is not None and expiry is not None and passed >= LONG_ENOUGH:
                yield "rotation" if (expiry - first).total_seconds() > passed / 2 else "login", attempt


def _seen_moves(observed: Observed) -> Iterator[tuple[str, Attempt]]:
    """Uses that one of the two explains alone: by its age the token should live, by that of its session it should not."""
    uses = list(uses_of(observed))
    by_age, by_session = _bounds(uses, lambda use: use.age), _bounds(uses, lambda use: use.session)
    if by_age is None and by_session is not None:
        yield "login", by_session.refused.attempt
    if by_age is not None:
        over = by_age.seconds - LATENESS / 2
        yield from (
            ("rotation", use.attempt) for use in uses if use.attempt.response.accepted and use.session >= over > use.age
        )


ALIKE = 5.0
"""Seconds by which two expiries may differ that are one: a second of rounding, and what passes before the answer."""


def expiry_of(attempt: Attempt, observed: Observed) -> datetime | None:
    """When the refresh token of an answer expires, where the answer, the token, or introspection tells."""
    token, members = attempt.response.refresh_token, attempt.response.members
    if token is None:
        return None
    for name in ("refresh_expires_in", "refresh_token_expires_in"):
        seconds = members.get(name)
        if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < A_CENTURY:
            return attempt.exchange.answered + timedelta(seconds=seconds)
    decoded = read(token)
    expiry = decoded.time("exp") if decoded is not None else None
    if expiry is not None:
        return expiry
    told = (each.members.get("exp") for value, each in observed.introspected if value == token)
    moments = (moment_of(number) for number in told)
    return next((moment for moment in moments if moment is not None and _is_its_own(moment, attempt)), None)


def _is_its_own(expiry: datetime, attempt: Attempt) -> bool:
    """Whether what introspection tells of a refresh token is not the expiry of the access token beside it.

    Some servers tell that of every token of a session. Where nobody knows it, the two cannot be told apart.
    """
    lifetime = attempt.response.expires_in
    if lifetime is None:
        return False
    return abs((expiry - attempt.exchange.answered).total_seconds() - lifetime) > ALIKE
