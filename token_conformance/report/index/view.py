"""What index.html shows, as data: frozen, without any markup; the templates in `reports/` render it."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.evidence.facts.expiries import Expiry
from token_conformance.evidence.facts.sheet import SheetFact
from token_conformance.judging.requirement import Requirement
from token_conformance.report.family import Picture
from token_conformance.report.index.marked import Side
from token_conformance.report.index.steps import Step
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.standing import Standings
from token_conformance.results.unjudged import Reason, Unjudged
from token_conformance.results.verdict_in_words import Said
from token_conformance.verdict import Verdict


@dataclass(frozen=True)
class Reference:
    """Exchanges that a check has read, and where they stand in the page; None where it does not show them."""

    words: str
    anchor: str | None


@dataclass(frozen=True)
class Row:
    """A check in a table."""

    check: CheckResult
    read: tuple[Reference, ...]
    more: int


@dataclass(frozen=True)
class Stanza:
    """What a finding says of one requirement that it violates."""

    requirement: Requirement
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A cause, or what was seen on the way, with all that shows it.

    `story` are the sentences of what the oracle saw, and `kin` the picture of its tokens, as SVG; `differs` names the one difference from the control.
    """

    number: int
    anchor: str
    id: str
    verdict: Verdict
    title: str
    consequence: str
    mend: str
    counted: str
    levels: str
    endpoints: tuple[str, ...]
    stanzas: tuple[Stanza, ...]
    differs: str
    sides: tuple[Side, ...]
    seen: str
    steps: tuple[Step, ...]
    open_steps: bool
    pictures: tuple[Picture, ...]
    curl: str
    expected: str
    rows: tuple[Row, ...]
    blocked: tuple[CheckResult, ...]
    story: tuple[tuple[str, Reference], ...] = ()
    kin: str = ""


@dataclass(frozen=True)
class Topic:
    """A topic: how many checks of it have each verdict, and its squares as paths, the most serious first."""

    name: str
    counts: tuple[tuple[Verdict, int], ...]
    squares: tuple[tuple[Verdict, str], ...]
    width: int
    height: int


@dataclass(frozen=True)
class Ground:
    """A reason for which requirements were not judged, and these, each with what its checks said."""

    reason: Reason
    causes: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]


@dataclass(frozen=True)
class Segment:
    """A part of the bar of requirements, in percent of its width."""

    standing: str
    count: int
    words: str
    mark: str
    begin: float
    width: float


@dataclass(frozen=True)
class FactRow:
    """A fact of the sheet, and where it was seen."""

    fact: SheetFact
    seen: tuple[Reference, ...]


@dataclass(frozen=True)
class ExpiryRow:
    """What expires, and where it was seen."""

    expiry: Expiry
    seen: tuple[Reference, ...]


@dataclass(frozen=True)
class ToldExchange:
    """An exchange of the list, in the order of time."""

    id: str
    at: str
    text: str


@dataclass(frozen=True)
class IndexView:
    """All that the page says."""

    run: RunResult
    version: str
    said: Said
    tone: str
    held_to: tuple[str, ...]
    answered: str
    counted: str
    standings: Standings
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    defects: tuple[Row, ...]
    deviations: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]
    topics: tuple[Topic, ...]
    grounds: tuple[Ground, ...]
    facts: tuple[tuple[str, tuple[FactRow, ...]], ...]
    expiries: tuple[ExpiryRow, ...]
    passes: tuple[tuple[str, tuple[Row, ...]], ...]
    notes: tuple[str, ...]
    said_once: tuple[str, ...]
    exchanges: tuple[ToldExchange, ...]
    again: str
