"""Several runs side by side, requirement by requirement, the differences first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from token_conformance.judging.requirement import Requirement, catalogue, renamed
from token_conformance.results.difference import same_fact
from token_conformance.results.outcome import Outcome
from token_conformance.results.told import RED, ToldCheck, ToldFact, ToldRun
from token_conformance.verdict import Verdict

WORST_FIRST = (
    Verdict.FAIL,
    Verdict.WARNING,
    Verdict.DEVIATION,
    Verdict.PASS,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_APPLICABLE,
)
"""Which of several verdicts is the one on a requirement."""

SPEAKS_OF = {"emulated": "its profile", "recorded": "its recording"}
"""What a run speaks of that did not talk to the provider."""


@dataclass(frozen=True)
class Cell:
    """What one run says of a requirement; None where it says nothing at all."""

    verdict: Verdict | None = None
    message: str = ""


@dataclass(frozen=True)
class Row:
    """A requirement, with what each run says of it."""

    id: str
    title: str
    clause: str
    level: str
    cells: tuple[Cell, ...]

    @property
    def judged(self) -> frozenset[Verdict]:
        """The judgements that were given."""
        return frozenset(cell.verdict for cell in self.cells if cell.verdict is not None and cell.verdict.judged)

    @property
    def everywhere(self) -> bool:
        """Whether each run has judged it."""
        return all(cell.verdict is not None and cell.verdict.judged for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """The row for programs."""
        verdicts = [cell.verdict.value if cell.verdict is not None else None for cell in self.cells]
        return {
            "requirement": self.id,
            "title": self.title,
            "clause": self.clause,
            "level": self.level,
            "verdicts": verdicts,
        }


@dataclass(frozen=True)
class FactRow:
    """A fact, with what each run measured; None where it does not know it."""

    id: str
    name: str
    measured: tuple[str | None, ...]

    def to_json(self) -> dict[str, Any]:
        """The row for programs."""
        return {"fact": self.id, "name": self.name, "measured": list(self.measured)}


@dataclass(frozen=True)
class Column:
    """A run by its letter, with the number of requirements of each verdict."""

    letter: str
    run: ToldRun
    counts: Mapping[Verdict, int]

    @property
    def judged(self) -> int:
        """How many requirements were judged."""
        return sum(count for verdict, count in self.counts.items() if verdict.judged)

    @property
    def words(self) -> str:
        """What the run comes to, of that of which it speaks."""
        return verdict_in_words(self.run)

    def to_json(self) -> dict[str, Any]:
        """The run for programs."""
        run, counts = self.run, {verdict.value: count for verdict, count in self.counts.items()}
        told = {"profile": run.profile, "provider": run.provider, "server": run.server, "started": run.began}
        return {"letter": self.letter, **told, "suite_version": run.suite_version, "outcome": run.outcome, **counts}


@dataclass(frozen=True)
class SideBySide:
    """Several runs: what they differ in, what none of them holds, what all hold that judged it, what none judged."""

    columns: tuple[Column, ...]
    differing: tuple[Row, ...]
    held_by_none: tuple[Row, ...]
    held: tuple[Row, ...]
    unjudged: tuple[Row, ...]
    differing_facts: tuple[FactRow, ...]
    other_facts: tuple[FactRow, ...]

    @property
    def requirements(self) -> int:
        """How many requirements any of the runs knows."""
        return sum(map(len, (self.differing, self.held_by_none, self.held, self.unjudged)))

    def to_json(self) -> dict[str, Any]:
        """All of it for programs."""
        rows = {"differing": self.differing, "held_by_none": self.held_by_none, "held": self.held}
        rows |= {"unjudged": self.unjudged}
        return {
            "runs": [column.to_json() for column in self.columns],
            **{name: [row.to_json() for row in found] for name, found in rows.items()},
            "facts": [fact.to_json() for fact in (*self.differing_facts, *self.other_facts)],
        }


def side_by_side(runs: Sequence[ToldRun]) -> SideBySide:
    """Runs held against each other, what differs by its weight."""
    known, present = catalogue(), renamed(catalogue())
    tables = [_verdicts(run, present) for run in runs]
    rows = sorted((_row(id_, tables, runs, known) for id_ in _ids(tables, known)), key=_weight)
    facts = list(_facts(runs))
    return SideBySide(
        columns=tuple(Column(letter(place), run, _counts(rows, place)) for place, run in enumerate(runs)),
        differing=tuple(row for row in rows if len(row.judged) > 1),
        held_by_none=tuple(row for row in rows if len(row.judged) == 1 and Verdict.PASS not in row.judged),
        held=tuple(row for row in rows if row.judged == {Verdict.PASS}),
        unjudged=tuple(row for row in rows if not row.judged),
        differing_facts=tuple(row for row, differs in facts if differs),
        other_facts=tuple(row for row, differs in facts if not differs),
    )


def letter(place: int) -> str:
    """The name of a column: A, B and so on, AA behind Z."""
    above, rest = divmod(place, 26)
    return (letter(above - 1) if above else "") + chr(ord("A") + rest)


def verdict_in_words(run: ToldRun) -> str:
    """What a run comes to: `conforms` is said of none but a provider that was asked."""
    return told_in_words(run.server, run.outcome, run.selection, failed=run.failed)


def told_in_words(server: str, outcome: str, selection: str | None, *, failed: bool) -> str:
    """The same of a run of which no more is known than this."""
    subject = SPEAKS_OF.get(server)
    if outcome in _OF_THE_PROVIDER:
        if failed or outcome in {Outcome.DOES_NOT_CONFORM, Outcome.NOTHING_NEW}:
            return f"{subject} does not hold" if subject else "does not conform"
        if selection is None:
            return f"{subject} holds" if subject else "conforms as far as it was judged"
    return f"no verdict: {outcome.replace('_', ' ')}"


_OF_THE_PROVIDER = {
    "",
    Outcome.CONFORMS,
    Outcome.DOES_NOT_CONFORM,
    Outcome.NOTHING_NEW,
    Outcome.NEW_WARNINGS,
    Outcome.BASELINE_STALE,
}
"""What a run comes to that says something of the provider; the oldest suites did not say it."""


def _verdicts(run: ToldRun, present: Mapping[str, str]) -> dict[str, Cell]:
    """What a run says of each requirement: the worst that any check of it does, and what was seen on the way."""
    found: dict[str, list[Cell]] = {}
    for check in run.checks:
        for id_ in _told_of(check):
            found.setdefault(present.get(id_, id_), []).append(Cell(check.verdict, check.message))
    for seen in run.seen_on_the_way:
        cell = Cell(seen.verdict, seen.message)
        found.setdefault(present.get(seen.requirement, seen.requirement), []).append(cell)
    return {id_: min(cells, key=_place) for id_, cells in found.items()}


def _told_of(check: ToldCheck) -> tuple[str, ...]:
    """The requirements of which a check says something: a red one, or a deviation, of the one that is violated alone."""
    return check.violates if check.verdict in RED | {Verdict.DEVIATION} else check.requirements


def _place(cell: Cell) -> int:
    return WORST_FIRST.index(cell.verdict) if cell.verdict is not None else len(WORST_FIRST)


def _ids(tables: Iterable[Mapping[str, Cell]], known: Mapping[str, Requirement]) -> list[str]:
    """All requirements of which any run says something, in the order of the catalogue."""
    told = {id_ for table in tables for id_ in table}
    return [*(id_ for id_ in known if id_ in told), *sorted(told - known.keys())]


def _row(
    id_: str, tables: Sequence[Mapping[str, Cell]], runs: Iterable[ToldRun], known: Mapping[str, Requirement]
) -> Row:
    cells = tuple(table.get(id_, Cell()) for table in tables)
    stated = known.get(id_)
    if stated is not None:
        return Row(id_, stated.title, stated.clause, stated.level, cells)
    tied = next((check for run in runs for check in run.checks if id_ in check.requirements), None)
    return Row(id_, tied.title, tied.clause, tied.level, cells) if tied is not None else Row(id_, id_, "", "", cells)


def _weight(row: Row) -> tuple[int, bool]:
    """The worst verdict first, and of one verdict the MUSTs."""
    return min(map(_place, row.cells)), not row.level.startswith("MUST")


def _counts(rows: Iterable[Row], place: int) -> dict[Verdict, int]:
    given = [row.cells[place].verdict for row in rows]
    return {verdict: given.count(verdict) for verdict in Verdict}


def _facts(runs: Sequence[ToldRun]) -> Iterator[tuple[FactRow, bool]]:
    """Each fact that any run has measured, and whether two have measured it otherwise."""
    tables = [{fact.id: fact for fact in run.facts} for run in runs]
    for id_ in dict.fromkeys(id_ for table in tables for id_ in table):
        facts = [table.get(id_) for table in tables]
        known = [fact for fact in facts if fact is not None and fact.known]
        if known:
            name = f"{known[0].group}: {known[0].name}".strip(": ")
            row = FactRow(id_, name, tuple(fact.measured if fact is not None else None for fact in facts))
            yield row, _differ(known)


def _differ(facts: Sequence[ToldFact]) -> bool:
    return any(not same_fact(facts[0], fact) for fact in facts[1:])
