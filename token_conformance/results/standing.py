"""How the requirements of the catalogue stand after a run: each is in one state, and all states add up to the catalogue."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from token_conformance.judging.requirement import catalogue
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.results import RunResult


class Standing(StrEnum):
    """The state of a requirement, the worst first."""

    VIOLATED = "violated"
    WARNED = "warned"
    DEVIATION = "deviation"
    HOLDS = "holds"
    NOT_JUDGED = "not_judged"
    NOT_TESTABLE = "not_testable"


OF_VERDICTS = {
    Verdict.FAIL: Standing.VIOLATED,
    Verdict.WARNING: Standing.WARNED,
    Verdict.DEVIATION: Standing.DEVIATION,
    Verdict.PASS: Standing.HOLDS,
}
"""What a verdict makes of the requirements that it settles, the worst first: one that is violated once does not hold."""


@dataclass(frozen=True)
class Standings:
    """How many requirements are in each state."""

    violated: int
    warned: int
    deviation: int
    holds: int
    not_judged: int
    not_testable: int

    @property
    def total(self) -> int:
        """The number of the catalogue's requirements."""
        return sum(asdict(self).values())


def standings(run: RunResult) -> Standings:
    """The number of requirements in each state."""
    counted = Counter(standing_of(run).values())
    return Standings(**{standing.value: counted[standing] for standing in Standing})


def standing_of(run: RunResult) -> dict[str, Standing]:
    """The state of each requirement of the catalogue, by its id."""
    found = {id_: Standing.NOT_TESTABLE if each.untested else Standing.NOT_JUDGED for id_, each in catalogue().items()}
    for verdict, standing in reversed(OF_VERDICTS.items()):
        settled = (id_ for check in run.of(verdict) for id_ in check.settled)
        met = (seen.requirement for seen in run.on_the_way if seen.verdict is verdict)
        found |= dict.fromkeys(filter(found.__contains__, (*settled, *met)), standing)
    return found
