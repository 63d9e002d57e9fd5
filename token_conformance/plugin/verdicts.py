"""Turns the outcome of a pytest test into a verdict."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from token_conformance.judging.causes import CODES
from token_conformance.judging.habit import Habit, habit_of
from token_conformance.judging.judgement import judgement_of
from token_conformance.judging.refusal import Comparison, comparing
from token_conformance.judging.repetition import Sight
from token_conformance.plugin.repeating import told_of
from token_conformance.plugin.selection import (
    fact_of,
    former_ids,
    requirement_ids,
    requirements_for,
    run_for,
    scenarios_for,
)
from token_conformance.plugin.stash import RUNS
from token_conformance.plugin.workers import without_profile
from token_conformance.report.terminal import LETTERS
from token_conformance.results.causes import RED
from token_conformance.results.results import CheckResult
from token_conformance.running.run import Run
from token_conformance.verdict import NotApplicable, NotJudged, Verdict
from token_conformance.wire.exchange import Exchange, watching

SEEN: pytest.StashKey[list[Exchange]] = pytest.StashKey()
COMPARED: pytest.StashKey[Sequence[Comparison]] = pytest.StashKey()
RESULTS: pytest.StashKey[dict[str, list[CheckResult]]] = pytest.StashKey()
"""The results of this process by the name of their run."""

STALE: pytest.StashKey[dict[str, set[str]]] = pytest.StashKey()

MOST_SHOWN = 100
"""Characters of an error code that are shown: none that is known has more than half of them."""

_LETTERS = {verdict: letter for letter, verdict in LETTERS.items()}
_OF_PYTEST = {Verdict.PASS, Verdict.FAIL, Verdict.ERROR}
"""Verdicts that pytest has words for."""

_COLOURS = {
    Verdict.WARNING: {"yellow": True},
    Verdict.DEVIATION: {"cyan": True},
    Verdict.INCONCLUSIVE: {"purple": True},
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Note which exchanges the check reads: they are its evidence."""
    with watching() as seen, comparing() as compared:
        item.stash[SEEN], item.stash[COMPARED] = seen, compared
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge: the requirement's level and the profile's deviations decide what a failed assertion means."""
    report = yield
    if not item.config.stash[RUNS] or (call.when != "call" and call.excinfo is None):
        return report
    seen = _decisive_last(item.stash.get(SEEN, []), call)
    result = _result(item, call, seen)
    item.config.stash.setdefault(RESULTS, {}).setdefault(run_for(item).name, []).append(result)
    _express(report, result, _explanation(result, run_for(item), seen))
    return report


def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Show a verdict that pytest has no word for under its own name."""
    verdict = Verdict(report.verdict) if hasattr(report, "verdict") else None
    if verdict is None or verdict in _OF_PYTEST:
        return None
    return verdict.words, _LETTERS[verdict], (verdict.words.upper(), _COLOURS.get(verdict, {}))


def _decisive_last(seen: list[Exchange], call: pytest.CallInfo[None]) -> list[Exchange]:
    """The exchanges that a check looked at; one that the failed assertion names is what it failed for, and comes last."""
    message = str(call.excinfo.value) if call.excinfo is not None else ""
    return sorted(seen, key=lambda exchange: f"{exchange}" in message)


def _result(item: pytest.Item, call: pytest.CallInfo[None], seen: list[Exchange]) -> CheckResult:
    run, ids = run_for(item), requirement_ids(item)
    catalogue = requirements_for(item)
    judged = tuple(catalogue[id_] for id_ in ids)
    stated = judged[0] if judged else None
    problem, compared = _problem(call), item.stash.get(COMPARED, ())
    first = Sight(judgement_of(problem, judged, run.profile, seen, fact=fact_of(item)), tuple(seen), compared)
    told = told_of(item, run, first)
    found = told.judgement
    return CheckResult(
        id=without_profile(item.nodeid, run.name),
        requirements=ids,
        level=stated.level if stated else "MUST",
        verdict=found.verdict,
        title=fact_of(item),
        message=run.redactor.text(found.message),
        clause=stated.clause if stated else "",
        topic=item.path.stem.removeprefix("test_"),
        scenario=next((scenario.name for scenario in scenarios_for(item)), None),
        exchanges=tuple(exchange.id for exchange in told.exchanges),
        seconds=round(call.duration, 4),
        violated=found.violated,
        formerly=former_ids(item),
        habit=_shown(habit_of(seen, compared), run) if found.verdict in RED else None,
        stopped_by=problem.stopped_by if isinstance(problem, NotJudged) else None,
        seen=told.seen,
    )


def _shown(habit: Habit | None, run: Run) -> Habit | None:
    """The habit with labels in the place of what may not be shown; its cause is told by its error code alone."""
    if habit is None or not isinstance(habit.came, str) or habit.came in CODES:
        return habit
    return replace(habit, came=run.redactor.text(habit.came)[:MOST_SHOWN])


def _problem(call: pytest.CallInfo[None]) -> BaseException | None:
    problem = call.excinfo.value if call.excinfo is not None else None
    return NotApplicable(str(problem)) if isinstance(problem, pytest.skip.Exception) else problem


def _express(report: pytest.TestReport, result: CheckResult, explanation: str) -> None:
    report.verdict = result.verdict.value  # type: ignore[attr-defined]  # read again by pytest_report_teststatus, also across xdist
    report.sections.clear()
    match result.verdict:
        case Verdict.FAIL | Verdict.ERROR:
            report.outcome, report.longrepr = "failed", explanation
        case Verdict.INCONCLUSIVE | Verdict.NOT_APPLICABLE:
            report.outcome, report.longrepr = "skipped", (result.id, 0, result.message)
        case _:
            report.outcome, report.longrepr = "passed", None


def _explanation(result: CheckResult, run: Run, seen: list[Exchange]) -> str:
    evidence = [str(run.redactor.exchange(exchange)) for exchange in seen[-3:]]
    return "\n\n".join((f"{result.verdict.words.upper()}: {result.message}", *evidence))
