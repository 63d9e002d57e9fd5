"""Which exchanges came before which: those that overlap may have reached the server in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from token_conformance.oracle.events import Event
from token_conformance.oracle.tokens import TOLERANCE

MOST = 64
"""Exchanges beside one that are looked at; more than so many requests at once are no race, but a load."""


def beside(events: Sequence[Event]) -> Mapping[Event, tuple[Event, ...]]:
    """For each event those that overlap it in time, at most 64, given that they are in the order of their beginnings."""
    found: dict[Event, list[Event]] = {}
    under_way: list[Event] = []
    for event in events:
        under_way = [other for other in under_way if other.end > event.begin + TOLERANCE]
        for other in under_way[-MOST:]:
            found.setdefault(event, []).append(other)
            found.setdefault(other, []).append(event)
        under_way.append(event)
    return {event: tuple(others[:MOST]) for event, others in found.items()}


def won_too(event: Event, others: Sequence[Event]) -> Event | None:
    """An earlier one of the exchanges beside it in which the same code or token was accepted.

    Of two that were accepted one came second, in whichever order they reached the server: where a second use is
    forbidden, no order allows both.
    """
    return next(
        (
            other
            for other in others
            if other.begin <= event.begin and other.granted is not None and other.credential == event.credential
        ),
        None,
    )
