"""Turns the outcome of a pytest test into a verdict."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from token_conformance.judging.causes import CODES
from token_conformance.judging.habit import Habit, habit_of
from token_conformance.judging.refusal import Comparison, comparing
from token_conformance.judging.repetition import Sight
from token_conformance.plugin.quiet import has_letters, tells_all
from token_conformance.plugin.repeating import Outcome, sight_of, told_as, told_of
from token_conformance.plugin.selection import (
    fact_of,
    former_ids,
    requirement_ids,
    requirements_for,
    run_for,
    scenarios_for,
)
from token_conformance.plugin.stash import RECORDS, RESULTS, RUNS
from token_conformance.plugin.topics import topic_of
from token_conformance.plugin.workers import without_profile
from token_conformance.report.terminal import LETTERS
from token_conformance.results.causes import RED
from token_conformance.results.results import CheckResult
from token_conformance.running.defect import described
from token_conformance.running.run import Run
from token_conformance.verdict import NotJudged, Verdict
from token_conformance.wire.exchange import Exchange, watching

SEEN: pytest.StashKey[Iterable[Exchange]] = pytest.StashKey()
COMPARED: pytest.StashKey[Sequence[Comparison]] = pytest.StashKey()
MOST_SHOWN = 100
"""Characters of an error code that are shown: none that is known has more than half of them."""

_LETTERS = {verdict: letter for letter, verdict in LETTERS.items()}
_OF_PYTEST = {Verdict.PASS, Verdict.FAIL, Verdict.ERROR}
"""Verdicts that pytest has words for."""

_CATEGORIES = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.ERROR: "failed"}
"""What pytest counts these as."""

_COLOURS = {
    Verdict.WARNING: {"yellow": True},
    Verdict.DEVIATION: {"cyan": True},
    Verdict.INCONCLUSIVE: {"purple": True},
}


@dataclass(frozen=True)
class Judged:
    """A check's result, and what the terminal says of it where it fails; no exchange is held any more."""

    result: CheckResult
    explanation: str = ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Note which exchanges the check reads: they are its evidence."""
    with watching() as seen, comparing() as compared:
        item.stash[SEEN], item.stash[COMPARED] = seen, compared
        return (yield)


@pytest.hookimpl(specname="pytest_runtest_makereport", tryfirst=True)
def pytest_bare_report(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
    """The report of a check before it is judged, in place of pytest's own, whose traceback nobody would see."""
    return report_of(item, call.when, call.start, call.duration) if _gives_verdict(item, call) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge: the requirement's level and the profile's deviations decide what a failed assertion means."""
    report = yield
    if not _gives_verdict(item, call):
        return report
    problem = call.excinfo.value if call.excinfo is not None else None
    stash = item.stash
    judged = judge(item, Outcome(problem, tuple(stash.get(SEEN, ())), stash.get(COMPARED, ()), call.duration))
    note(item, judged.result)
    express(report, judged)
    return report


def pytest_report_teststatus(
    report: Any, config: pytest.Config
) -> tuple[str, str, str | tuple[str, dict[str, bool]]] | None:
    """Show a verdict that pytest has no word for under its own name, and count those that nobody wants to see coming."""
    verdict = Verdict(report.verdict) if hasattr(report, "verdict") else None
    if verdict is None:
        return None
    if not tells_all(config):
        report._pdbshown = True  # noqa: SLF001 - has pytest leave its exchanges out at the end, as those that a debugger has shown
        if not has_letters(config):
            return _CATEGORIES.get(verdict, verdict.words), "", ""
    if verdict in _OF_PYTEST:
        return None
    return verdict.words, _LETTERS[verdict], (verdict.words.upper(), _COLOURS.get(verdict, {}))


def judge(item: pytest.Item, outcome: Outcome) -> Judged:
    """The result of a check that ended like this, with the last exchanges that it read where it fails.

    A defect of ours that comes up meanwhile is the verdict on this check alone.
    """
    try:
        return _judged(item, outcome)
    except Exception as problem:
        return _judged(item, Outcome(JudgingDefect(described(problem)), seconds=outcome.seconds))


class JudgingDefect(Exception):  # noqa: N818 - a defect is the word for an error of ours
    """What judging a check raised, where the check itself raised nothing of the kind."""


def _judged(item: pytest.Item, outcome: Outcome) -> Judged:
    run, record = run_for(item), item.config.stash[RECORDS][run_for(item).name]
    first = sight_of(item, record, outcome)
    result = _result(item, outcome, first)
    fails = result.verdict in {Verdict.FAIL, Verdict.ERROR}
    return Judged(result, _explanation(result, run, first.exchanges) if fails else "")


def note(item: pytest.Item, result: CheckResult) -> None:
    """Keep a result for the reports of the check's profile."""
    item.config.stash[RESULTS].setdefault(run_for(item).name, []).append(result)


def forget(item: pytest.Item) -> None:
    """Let go of the exchanges that a check has read, once its last phase is over."""
    item.stash[SEEN], item.stash[COMPARED] = (), ()


def report_of(item: pytest.Item, when: Any, start: float, seconds: float) -> pytest.TestReport:
    """A report of one phase of a check, which says nothing yet."""
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=dict.fromkeys(item.keywords, 1),
        outcome="passed",
        longrepr=None,
        when=when,
        duration=seconds,
        start=start,
        stop=start + seconds,
        user_properties=item.user_properties,
    )


def express(report: pytest.TestReport, judged: Judged) -> None:
    """Say in a report what pytest makes of a verdict."""
    result = judged.result
    report.verdict = result.verdict.value  # type: ignore[attr-defined]  # read again by pytest_report_teststatus, also across xdist
    report.sections.clear()
    match result.verdict:
        case Verdict.FAIL | Verdict.ERROR:
            report.outcome, report.longrepr = "failed", judged.explanation
        case Verdict.INCONCLUSIVE | Verdict.NOT_APPLICABLE:
            report.outcome, report.longrepr = "skipped", (result.id, 0, result.message)
        case _:
            report.outcome, report.longrepr = "passed", None


def _gives_verdict(item: pytest.Item, call: pytest.CallInfo[None]) -> bool:
    """Whether a phase of a test decides: the call, or another one that does not succeed."""
    return bool(item.config.stash[RUNS]) and (call.when == "call" or call.excinfo is not None)


def _result(item: pytest.Item, outcome: Outcome, first: Sight) -> CheckResult:
    run, ids = run_for(item), requirement_ids(item)
    stated = requirements_for(item)[ids[0]] if ids else None
    problem, told = told_as(outcome.problem), told_of(item, run, first)
    found = told.judgement
    return CheckResult(
        id=without_profile(item.nodeid, run.name),
        requirements=ids,
        level=stated.level if stated else "MUST",
        verdict=found.verdict,
        title=fact_of(item),
        message=run.redactor.text(found.message) if found.message else "",
        clause=stated.clause if stated else "",
        topic=topic_of(item),
        scenario=next((scenario.name for scenario in scenarios_for(item)), None),
        exchanges=tuple(exchange.id for exchange in told.exchanges),
        seconds=round(outcome.seconds, 4),
        violated=found.violated,
        formerly=former_ids(item),
        habit=_habit(first, run) if found.verdict in RED else None,
        stopped_by=problem.stopped_by if isinstance(problem, NotJudged) else None,
        seen=told.seen,
        unrepeated=run.redactor.text(told.unrepeated) if told.unrepeated else "",
        explained_by=found.explained_by,
    )


def _habit(first: Sight, run: Run) -> Habit | None:
    return _shown(habit_of(first.exchanges, first.compared, first.judgement.offence), run)


def _shown(habit: Habit | None, run: Run) -> Habit | None:
    """The habit with labels in the place of what may not be shown; its cause is told by its error code alone."""
    if habit is None or habit.error is None or habit.error in CODES:
        return habit
    shown = run.redactor.text(habit.error)[:MOST_SHOWN]
    return replace(habit, came=shown if habit.came == habit.error else habit.came, error=shown)


def _explanation(result: CheckResult, run: Run, seen: Sequence[Exchange]) -> str:
    evidence = [str(run.redactor.exchange(exchange)) for exchange in seen[-3:]]
    return "\n\n".join((f"{result.verdict.words.upper()}: {result.message}", *evidence))
