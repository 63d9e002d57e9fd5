"""A fact as it was measured, and how often a thing was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from token_conformance.wire.exchange import Exchange

LATENESS = 20
"""Seconds that a plan adds to a lifetime before it takes a token for dead."""

TICK = 2
"""Seconds by which a lifetime may seem to differ from one answer to the next."""

MOST_EXCHANGES = 6
"""Exchanges that are named as the evidence of a fact."""


@dataclass(frozen=True)
class Measured:
    """What the exchanges say of one fact.

    `kind` is its class in a word for programs, `value` what a profile may hold of it, None where that cannot be written.
    `between` are the bounds of a number that was seen to lie between them.
    """

    words: str
    kind: str
    exchanges: tuple[str, ...]
    value: Any = None
    between: tuple[float, float] | None = None


def measured(words: str, kind: str, seen: Iterable[Exchange], value: Any = None) -> Measured:
    """A measurement with the first exchanges that show it, each named once."""
    ids = dict.fromkeys(exchange.id for exchange in seen)
    return Measured(words, kind, tuple(ids)[:MOST_EXCHANGES], value)


def commonest(values: Iterable[Any]) -> tuple[Any, bool] | None:
    """The value that was seen most often, and whether there was no other; None where there was none at all."""
    counted = Counter(values)
    if not counted:
        return None
    ((value, _),) = counted.most_common(1)
    return value, len(counted) == 1


def commonest_seconds(told: Sequence[tuple[int, Exchange]]) -> Measured | None:
    """The seconds that were told most often; a difference that the clock's next tick explains is none."""
    common = commonest(seconds for seconds, _ in told)
    if common is None:
        return None
    seconds, _ = common
    steady = max(each for each, _ in told) - min(each for each, _ in told) <= TICK
    words, seen = f"{seconds} s" if steady else f"mostly {seconds} s", [exchange for _, exchange in told]
    return measured(words, "told" if steady else "varies", seen, seconds if steady and seconds > 0 else None)


def as_seconds(seconds: float) -> str:
    """Seconds in words: `0.2 s`, `61 s`."""
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def moment_of(seconds: object) -> datetime | None:
    """A time in seconds since 1970; None where it is none of this epoch."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
