"""What trying changed requests has found: for each requirement the smallest change that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from token_conformance.wire.exchange import Exchange


class Kind(StrEnum):
    """What is wrong with the answer to a changed request."""

    SERVED = "a token came"
    REFUSED = "it is refused"
    FAILED = "the server fails"
    MISFORMED = "the refusal has a wrong form"
    REFLECTED = "a page repeats markup"


@dataclass(frozen=True)
class Disagreement:
    """A requirement that an answer violates, and how; the message holds nothing that a server said but status and code."""

    kind: Kind
    requirement: str
    message: str


@dataclass(frozen=True)
class FoundRequest:
    """A disagreement with its exchange, and the good request that was accepted beside it.

    `good` names that request, `changes` what was changed in it. `repeats` tells whether it was so again, by itself; None
    where there was no room left to try. `times` counts the different requests that showed it.
    """

    disagreement: Disagreement
    good: str
    changes: tuple[str, ...]
    exchange: Exchange
    control: Exchange | None
    repeats: bool | None
    times: int = 1

    @property
    def told(self) -> str:
        """How far it can be relied on, in words."""
        if self.repeats is None:
            return "found by exploring requests; there was no room left to repeat it"
        if self.repeats:
            return "found by exploring requests, and repeated by itself"
        return "found by exploring requests; it comes and goes: the same request did not show it again"


@dataclass(frozen=True)
class ExploredRequests:
    """What came of it: what was found, how many changed requests were tried, and what they took.

    `slowest` are the seconds of the slowest answer to one, and what was changed in it: a fact, and no finding.
    """

    found: tuple[FoundRequest, ...]
    tried: int
    requests: int
    logins: int
    seed: int
    slowest: tuple[float, str] | None = None
    cut_short: str | None = None

    @property
    def told(self) -> str:
        """What was done, in a sentence."""
        findings = f"{len(self.found)} {'finding' if len(self.found) == 1 else 'findings'}"
        slow = f"; the slowest answer took {self.slowest[0]:.1f} s, to {self.slowest[1]}" if self.slowest else ""
        how = f", and ended early: {self.cut_short}" if self.cut_short else ""
        took = f"by {self.requests} requests and {self.logins} logins (--explore-seed {self.seed})"
        return f"explored {self.tried} changed token requests {took}: {findings}{slow}{how}"

    def told_beside(self, shown: int) -> str:
        """The sentence in a report that shows so many of the findings: checks, and the profile, tell others already."""
        others = len(self.found) - shown
        return self.told + (f"; {others} of them told by checks or the profile, or beyond its claims" if others else "")
