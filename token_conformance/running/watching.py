"""Has the oracle look at all exchanges of a run: server by server, where each row had one for itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from token_conformance.oracle.endpoints import addresses
from token_conformance.oracle.oracle import Watched, watch
from token_conformance.oracle.recognition import events
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange

ONE = ""
"""The server of a live run."""


def watched(records: Sequence[Record]) -> tuple[Watched, ...]:
    """What the oracle says of a run, and of what was gathered after it, history by history."""
    first, profile = records[0], records[0].profile
    exchanges = [exchange for record in records for exchange in record.exchanges]
    known = addresses(profile, exchanges, first.token_endpoint, first.token_endpoint_alias)
    whole = not first.from_elsewhere
    closed = whole and not profile.login.seeded
    return tuple(
        watch(events(each, profile, known), profile, closed=closed, whole=whole) for each in _histories(records)
    )


def _histories(records: Iterable[Record]) -> Iterable[list[Exchange]]:
    found: dict[tuple[int, int | str], list[Exchange]] = {}
    for number, record in enumerate(records):
        for exchange in record.exchanges:
            server = record.servers.get(exchange.scenario, exchange.scenario)
            place = (0, ONE) if record.kind == "live" else (number, server)
            found.setdefault(place, []).append(exchange)
    return found.values()
