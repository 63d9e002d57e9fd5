"""How far the server's clock is from ours, by the Date headers of its answers (RFC 9110 §6.6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from token_conformance.wire.exchange import Exchange, header

NOTEWORTHY = 5
"""Seconds of skew from which on a report speaks of it: tokens seem to be issued in the future, or to expire early."""

TRUNCATED = timedelta(seconds=0.5)
"""What a Date lacks on average, since it tells whole seconds."""


def clock_skew(exchanges: Iterable[Exchange]) -> float | None:
    """The median of the seconds by which the server's clock is ahead of ours, negative where it is behind.

    None where no answer tells. An answer from a cache, which says so by Age (RFC 9111 §5.1), has the Date of another time.
    """
    skews = [skew for exchange in exchanges if (skew := _skew(exchange)) is not None]
    return round(median(skews), 1) if skews else None


def skew_sentence(skew: float | None) -> str:
    """What a report says of a skew that is worth it; empty for any other."""
    if skew is None or abs(skew) <= NOTEWORTHY:
        return ""
    return f"the server's clock is {abs(skew):g} s {'ahead of' if skew > 0 else 'behind'} ours"


def _skew(exchange: Exchange) -> float | None:
    stated = exchange.stated_date
    if stated is None or exchange.answer is None or header(exchange.answer.headers, "age") is not None:
        return None
    written = exchange.started + timedelta(seconds=exchange.seconds / 2)
    return (stated + TRUNCATED - written).total_seconds()
