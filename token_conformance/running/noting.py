"""Who is told of how a run goes, beside its exchanges: what scenarios set out and end, and what the run came upon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from token_conformance.judging.refusal import Comparison
from token_conformance.running.waiting import Waits
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.noting import Deaf, Noting

if TYPE_CHECKING:
    from token_conformance.running.record import Record


class RunNoting(Noting, Protocol):
    """Notes how a run goes, as it goes; it never fails: `problem` says why not all is noted, where it is not."""

    @property
    def problem(self) -> str | None:
        """Why not all is noted, a sentence."""
        ...

    def begin(self, scenarios: Iterable[str]) -> None:
        """The run is about to perform these scenarios."""
        ...

    def began(self, scenario: str, at: datetime, seat: int | str, user: int, *, afresh: bool) -> None:
        """A scenario sets out at a seat, as one of the users; `afresh` without a session that another one left."""
        ...

    def ended(self, scenario: str, at: datetime, outcome: Any, waits: Waits, logins: int) -> None:
        """A scenario has ended, with a transcript or with the exception that says why there is none."""
        ...

    def parked(self, scenario: str, since: datetime, due: datetime) -> None:
        """A scenario waits for a later run: since when, and until when."""
        ...

    def gathered(self, record: Record, refused: Mapping[str, str] | None = None) -> None:
        """All scenarios are over; of those that were to be repeated, `refused` says why others were not."""
        ...

    def compared(self, comparisons: Sequence[Comparison]) -> None:
        """These exchanges were held against these controls."""
        ...

    def break_off(self, why: str, noticed: Sequence[str] = ()) -> None:
        """The run does not come to its end, and why (`by SIGTERM`); all that was noticed of the provider by then."""
        ...

    def end(self, noticed: Sequence[str] = (), trouble: str | None = None) -> None:
        """Nothing more is asked of the provider; all that was noticed of it, and the trouble behind the last scenario."""
        ...


class Inattentive(Deaf):
    """Notes nothing."""

    problem: str | None = None

    def begin(self, scenarios: Iterable[str]) -> None:
        """Let it begin."""

    def began(self, scenario: str, at: datetime, seat: int | str, user: int, *, afresh: bool) -> None:
        """Let it begin."""

    def ended(self, scenario: str, at: datetime, outcome: Any, waits: Waits, logins: int) -> None:
        """Let it end."""

    def parked(self, scenario: str, since: datetime, due: datetime) -> None:
        """Let it be parked."""

    def gathered(self, record: Record, refused: Mapping[str, str] | None = None) -> None:
        """Let the record go."""

    def compared(self, comparisons: Sequence[Comparison]) -> None:
        """Let the comparisons go."""

    def break_off(self, why: str, noticed: Sequence[str] = ()) -> None:
        """Let it break off."""

    def end(self, noticed: Sequence[str] = (), trouble: str | None = None) -> None:
        """Let it end."""


class OfExchanges(Inattentive):
    """Notes the exchanges of one name, with what was drawn for them: what is no scenario is not performed anew from evidence."""

    def __init__(self, name: str, noting: Noting) -> None:
        self._name, self._noting = name, noting

    def drew(self, scenario: str, kind: str, value: str) -> None:
        """Note the value, by which others are known that are made of it."""
        if scenario == self._name:
            self._noting.drew(scenario, kind, value)

    def exchanged(self, exchange: Exchange) -> None:
        """Note it, if it is one of that name."""
        if exchange.scenario == self._name:
            self._noting.exchanged(exchange)
