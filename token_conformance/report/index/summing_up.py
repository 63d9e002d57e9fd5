"""What the page says beside its findings: the bar of requirements, topics, reasons, facts, what holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from token_conformance.evidence.clock_skew import skew_sentence
from token_conformance.evidence.facts.sheet import SheetFact
from token_conformance.report.index.references import references, row
from token_conformance.report.index.view import ExpiryRow, FactRow, Finding, Ground, Row, Segment, Topic
from token_conformance.results.facts import fact_groups
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.standing import Standings
from token_conformance.results.todo import duration
from token_conformance.results.unjudged import Reason, Unjudged, unjudged
from token_conformance.verdict import Verdict

SERIOUSNESS = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.WARNING,
    Verdict.DEVIATION,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_APPLICABLE,
    Verdict.PASS,
)

PARTS = (
    ("violated", "violated", "✕"),
    ("warned", "warned of", "!"),
    ("deviation", "deviate as documented", "≈"),
    ("holds", "hold", "✓"),
    ("not_judged", "not judged", "▨"),
    ("not_testable", "not testable from outside", "▢"),
)
"""The parts of the bar: their fields in `Standings`, their words and their marks."""

SQUARE, IN_A_LINE = 11, 40
"""Pixels from a square to the next one, and squares of a line."""

MOST_SEEN = 3
"""References of a fact."""


def segments(count: Standings) -> Iterator[Segment]:
    """The parts of the bar, one after the other; what is none of is no part."""
    begin = 0.0
    for name, words, mark in PARTS:
        number = getattr(count, name)
        width = 100 * number / count.total if count.total else 0.0
        yield Segment(name, number, words, mark, round(begin, 3), round(width, 3))
        begin += width


def topics(run: RunResult) -> tuple[Topic, ...]:
    """The topics, those with the most serious checks first."""
    found = [_topic(name, checks) for name, checks in run.by_topic().items()]
    return tuple(sorted(found, key=_weight))


def _weight(topic: Topic) -> tuple[int, ...]:
    return (*(-count for verdict, count in topic.counts if verdict not in {Verdict.NOT_APPLICABLE, Verdict.PASS}), 0)


def _topic(name: str, checks: Collection[CheckResult]) -> Topic:
    counts = tuple((verdict, sum(check.verdict is verdict for check in checks)) for verdict in SERIOUSNESS)
    lines = -(-len(checks) // IN_A_LINE)
    width = SQUARE * min(len(checks), IN_A_LINE)
    return Topic(name.replace("_", " "), counts, tuple(_squares(counts)), width, lines * SQUARE)


def _squares(counts: Iterable[tuple[Verdict, int]]) -> Iterator[tuple[Verdict, str]]:
    place = 0
    for verdict, count in counts:
        spots = (divmod(each, IN_A_LINE) for each in range(place, place + count))
        path = "".join(f"M{column * SQUARE}.5 {line * SQUARE}.5h8v8h-8z" for line, column in spots)
        place += count
        if count:
            yield verdict, path


def grounds(run: RunResult, found: Collection[Finding]) -> tuple[Ground, ...]:
    """The requirements that were not judged, by the reason."""
    causes = {finding.id: finding for finding in found}
    groups: dict[Reason, list[Unjudged]] = {}
    for each in unjudged(run):
        groups.setdefault(each.reason, []).append(each)
    return tuple(_ground(reason, groups[reason], causes) for reason in Reason if reason in groups)


def _ground(reason: Reason, of_it: Collection[Unjudged], causes: Mapping[str, Finding]) -> Ground:
    named = dict.fromkeys(each.cause for each in of_it if each.cause in causes)
    return Ground(reason, tuple(causes[id_] for id_ in named if id_ is not None), tuple(of_it))


def facts(run: RunResult, shown: Collection[str]) -> tuple[tuple[str, tuple[FactRow, ...]], ...]:
    """The fact sheet by its groups."""
    groups = fact_groups(run.facts).items()
    return tuple((group, tuple(_fact(each, shown) for each in rows)) for group, rows in groups)


def _fact(fact: SheetFact, shown: Collection[str]) -> FactRow:
    return FactRow(fact, references(fact.measured.exchanges[:MOST_SEEN] if fact.measured else (), shown))


def expiries(run: RunResult, shown: Collection[str]) -> tuple[ExpiryRow, ...]:
    """The table of what expires."""
    return tuple(ExpiryRow(each, references([each.exchange] if each.exchange else (), shown)) for each in run.expiries)


def passes(run: RunResult, shown: Collection[str]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """The checks that pass, by their topics."""
    found = (
        (topic.replace("_", " "), [each for each in checks if each.verdict is Verdict.PASS])
        for topic, checks in run.by_topic().items()
    )
    return tuple((topic, tuple(row(each, shown) for each in checks)) for topic, checks in found if checks)


def notes(run: RunResult) -> Iterator[str]:
    """What else a reader has to know of the run: sentences."""
    yield from run.withheld
    if run.circumstances.told_trouble:
        yield run.circumstances.told_trouble
    if left := run.cut_short:
        names = ", ".join(each.scenario for each in left)
        yield f"To do by --resume results.json, from {left[0].earliest:%Y-%m-%d %H:%M:%S} UTC on, since the provider limits requests: {names}."
    for each in run.waiting:
        yield f"To do by --resume results.json, since it takes a wait of {duration(each.wait)}: {each.scenario}, done at {each.earliest:%Y-%m-%d %H:%M} UTC at the earliest."
    for parked in run.parked:
        yield f"Parked, to go on by --due at {parked.due:%Y-%m-%d %H:%M} UTC: {parked.scenario}."
    if run.runs > 1:
        yield f"These are the results of {run.runs} runs; exchanges such as login@1/3 are those of the first, in its own report."
    if run.unrepeated:
        yield f"{run.unrepeated}."
    if skew := skew_sentence(run.clock_skew):
        yield f"By its Date headers, {skew}: times in tokens are judged by its clock."
    if run.stale_deviations:
        yield f"The profile is out of date: documented deviations that were not seen any more are {', '.join(run.stale_deviations)}."
    yield from run.noticed
