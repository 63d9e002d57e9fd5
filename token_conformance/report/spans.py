"""Exchanges as a report names them: those that follow one another in a scenario are one span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Span:
    """Exchanges of a scenario, from a number to a number, both included: `rotation/2–5`."""

    scenario: str
    first: int
    last: int

    @property
    def id(self) -> str:
        """The exchange that it begins with."""
        return f"{self.scenario}/{self.first}"

    def __str__(self) -> str:
        return self.id if self.first == self.last else f"{self.id}–{self.last}"


def spans(exchanges: Iterable[str]) -> list[Span]:
    """The spans of exchanges, which are given by id, in the same order: the decisive exchange stays the last one."""
    found: list[Span] = []
    for exchange in exchanges:
        scenario, _, number = exchange.rpartition("/")
        if found and (scenario, int(number)) == (found[-1].scenario, found[-1].last + 1):
            found[-1] = replace(found[-1], last=int(number))
        else:
            found.append(Span(scenario, int(number), int(number)))
    return found
