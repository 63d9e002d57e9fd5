"""What a run leaves behind: the lines at its end, its reports, its exit status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from token_conformance.evidence.answers import limits_the_rate
from token_conformance.plugin.again import resuming
from token_conformance.plugin.baseline import beside_its_baseline
from token_conformance.plugin.finished import FINISHED, Finished
from token_conformance.plugin.going_on import with_what_was_judged
from token_conformance.plugin.on_github import annotated, told_to_the_job
from token_conformance.plugin.on_the_way import seen_by_the_oracle, seen_in_changed_requests
from token_conformance.plugin.parking import parked_of, still_to_do
from token_conformance.plugin.quiet import has_letters, is_hushed, say_anyway, tells_all
from token_conformance.plugin.run_result import lost_result, run_result
from token_conformance.plugin.selection import selection_of
from token_conformance.plugin.stash import (
    DEFECTS,
    EXPLORED,
    EXPLORED_REQUESTS,
    INTERRUPTION,
    LEFT,
    PARKED,
    RECORDS,
    REPETITIONS,
    RESULTS,
    RUNS,
    UNPARKED,
)
from token_conformance.plugin.stored_evidence import (
    breaks_off,
    evidence_left_of,
    folder_of,
    found_enough,
    leave_recording,
    why_cut_short,
    why_interrupted,
)
from token_conformance.redaction.visible import on_one_line
from token_conformance.report import ReportError, write_reports
from token_conformance.report.room import room_for
from token_conformance.report.table import row_of, table_lines
from token_conformance.report.terminal import conclusion_line, letters_line, summary_lines
from token_conformance.results.exit_status import CONFORMS, INTERNAL_ERROR, INTERRUPTED, worst
from token_conformance.results.facts import observed_lines
from token_conformance.results.outcome import Circumstances
from token_conformance.results.results import RunResult
from token_conformance.results.todo import announcement
from token_conformance.running.defect import described
from token_conformance.running.interruption import INTERRUPTED as WAS_INTERRUPTED
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is tested, and what answers, before anything else."""
    runs, left = config.stash[RUNS].values(), config.stash.get(LEFT, ())
    resumed = [announcement(run.name, left, run.started, run.profile.login) for run in runs if left]
    return [*(f"{run.name}: {run.server.description}" for run in runs), *resumed]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the reports of what was not judged to its end, and set the exit status."""
    config, stopped = session.config, bool(session.shouldfail)
    runs = config.stash[RUNS].copy()
    for name in runs:
        report_on(name, config, left_off="failure" if stopped else "somehow")
    finished = config.stash.setdefault(FINISHED, [])
    if hasattr(config, "workeroutput"):
        config.workeroutput["conformance"] = [astuple(each) for each in finished]
        return
    interruption = config.stash[INTERRUPTION]
    interrupted = (interruption.asked and not interruption.satisfied) or (
        session.exitstatus == INTERRUPTED and not stopped
    )
    finished += _not_tested(runs, finished, config)
    if statuses := [*_of_others(session, finished), *(each.status for each in finished), *[INTERRUPTED] * interrupted]:
        session.exitstatus = worst(statuses)


def _of_others(session: pytest.Session, finished: Sequence[Finished]) -> list[int]:
    """The status of pytest, where it does not come from checks alone: they are judged with their run."""
    if not finished:
        return []
    ours = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} or session.shouldfail
    alone = session.testsfailed <= sum(each.failed for each in finished)
    return [] if ours and alone else [int(session.exitstatus)]


def report_lost(name: str | None, done: Iterable[str], worker: str, config: pytest.Config) -> None:
    """Say of the profiles of a worker that died what can be said: the one that it was testing has a report of that."""
    finished = config.stash.setdefault(FINISHED, [])
    for each in done:
        finished.append(
            Finished(each, (f"{each}: its report was written; {worker}, which did so, died later.",), INTERRUPTED, 0)
        )
    if name is not None:
        run = config.stash[RUNS].pop(name)
        finished.append(_finish(run, lost_result(run, worker, evidence_left_of(run, config)), (), config))


def _not_tested(runs: Iterable[str], finished: Sequence[Finished], config: pytest.Config) -> list[Finished]:
    """What is said of the profiles that nobody came to test, where a session did not come to its end."""
    told = {each.name for each in finished}
    if config.stash[INTERRUPTION].satisfied:
        why = f"not tested: {config.stash[INTERRUPTION].by} had stopped the session before."
        return [Finished(name, (f"{name}: {why}",), CONFORMS, 0) for name in runs if name not in told]
    broken_off = config.stash[INTERRUPTION].asked or any(each.status == INTERRUPTED for each in finished)
    sentence = "not tested: the run was interrupted before."
    return [
        Finished(name, (f"{name}: {sentence}",), INTERRUPTED, 0) for name in runs if broken_off and name not in told
    ]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ARG001 - the hook's signature
    """Take over what a worker of xdist has finished."""
    finished = [Finished(*values) for values in getattr(node, "workeroutput", {}).get("conformance", ())]
    node.config.stash.setdefault(FINISHED, []).extend(finished)


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say what was judged, what was not, and where the reports are, behind all that pytest and its plugins have to say."""
    finished, hushed = config.stash.get(FINISHED, ()), is_hushed(config)
    if not finished:
        return
    if (problem := _list_runs(config)) is not None and not hushed:
        say_anyway(config, f"NOTICED  {on_one_line(problem)}")
    if not hushed and has_letters(config):
        say_anyway(config, letters_line())
    for each in finished:
        say_anyway(config, *(each.of_most_weight if hushed else ("", *each.lines)))
    rows = [each.row for each in finished if each.row]
    if len(rows) > 1 and not hushed:
        say_anyway(config, "", *table_lines(rows))
    say_anyway(config, *told_to_the_job(finished, config))


def _list_runs(config: pytest.Config) -> str | None:
    """Have the report folder list its runs, once none of this session is to come; gives what kept it from it."""
    if hasattr(config, "workerinput") or config.option.from_evidence:
        return None
    from token_conformance.report.runs import write_runs  # nobody needs it before the end

    reports = Path(config.option.report_dir)
    return write_runs(reports) if reports.is_dir() else None


LeftOff = Literal["failure", "somehow"]
"""Why not all checks of a profile were judged: pytest was to stop at a failure, or anything else."""


def report_on(name: str, config: pytest.Config, *, left_off: LeftOff | None = None) -> None:
    """Write the reports of a profile, and let go of it; nothing is written where nobody came to gather it here."""
    run = config.stash[RUNS].pop(name)
    record, again = config.stash[RECORDS].pop(name, None), config.stash[REPETITIONS].pop(name, None)
    parked = config.stash[PARKED].pop(name, None)
    results = config.stash[RESULTS].pop(name, [])
    if record is None or (left_off == "failure" and not results):
        return
    finished = config.stash.setdefault(FINISHED, [])
    try:
        searched, explored = config.stash[EXPLORED].pop(name, (None, None))
        tried, requests = config.stash[EXPLORED_REQUESTS].pop(name, (None, None))
        watched = (again.record if again else None, parked, searched)
        later = (*watched, tried)
        result = run_result(run, record, later, results)
        on_the_way, blind = seen_by_the_oracle(run, (record, *watched), results, explored)
        in_requests = seen_in_changed_requests(run, results, requests, on_the_way)
        told = (explored.told if explored else None, requests.told_beside(len(in_requests)) if requests else None)
        said = tuple(run.redactor.text(each) for each in told if each is not None)
        result = replace(result, on_the_way=(*on_the_way, *in_requests), noticed=(*result.noticed, *said))
        waiting = parked_of(run, parked)
        result = replace(result, todo=still_to_do(result.todo, waiting), parked=waiting)
        how = _circumstances(run, record, result, config, left_off=left_off)
        for problem in filter(None, (run.noting.problem, blind)):
            how = how.with_trouble(problem)
        if again is not None and again.record.stopped is not None:
            how = how.with_trouble("the provider stopped answering before all reds were repeated")
        if (unparked := config.stash[UNPARKED].pop(name, None)) is not None:
            how = how.with_trouble(unparked)
        exchanges = (*record.exchanges, *(one for each in later if each is not None for one in each.exchanges))
        known = replace(result, circumstances=how)
        whole = with_what_was_judged(run, known, again.record if again is not None else None, config)
        finished.append(_finish(run, beside_its_baseline(run, whole, config), exchanges, config))
    except Exception as problem:
        sentence = run.redactor.text(f"{name}: there is no report, for {described(problem)}.")
        finished.append(Finished(name, (sentence,), INTERNAL_ERROR, 0))


def _interrupted(run: Run, record: Record, config: pytest.Config, left_off: LeftOff | None) -> str | None:
    """How far a run came that did not come to its end, and why; None where it did, or had found enough."""
    if found_enough(run) is not None:
        return None
    if (why := why_cut_short(run)) is not None:
        return f"the evidence ends {record.how_far}, since it could not be written any further: {why}"
    why = why_interrupted(run, record, config.stash[DEFECTS].get(run.name))
    if why is None and left_off == "somehow":
        why = "before all checks were judged"
    if why is None and not breaks_off(run):
        return None
    return ", ".join(filter(None, (f"{WAS_INTERRUPTED} {record.how_far}", why)))


def _finish(run: Run, result: RunResult, exchanges: Sequence[Exchange], config: pytest.Config) -> Finished:
    """Write what there is to write, and say the rest: what could not be written is trouble, too."""
    folder = folder_of(run, config)
    hurried = _is_hurried(run, config)
    shown = _of_findings(result, exchanges) if hurried else exchanges
    result, reports = _write(run, result, folder, shown, config)
    recording, why_not = leave_recording(run, folder, config) if not hurried else (None, None)
    if why_not is not None:
        result, reports = _write(run, result.with_trouble(why_not), folder, shown, config)
    again = resuming(run, folder / "results.json", config) if result.todo else ""
    has_page = any(path.name == TOLD[0] for path in reports)
    room = room_for(len(config.option.profile)) if has_page and not tells_all(config) else None
    lines = summary_lines(result, again=again, room=room)
    lines += (
        [f"runs: {Path(config.option.report_dir) / TOLD[0]}"] if has_page and not config.option.from_evidence else []
    )
    lines += [f"report: {path}" for path in reports if path.name in TOLD]
    lines += [f"recording: {recording}"] if recording is not None else []
    lines += [IN_HASTE] if hurried else []
    trouble = result.circumstances.trouble
    return Finished(
        name=run.name,
        lines=(*lines, *([f"ERROR: {on_one_line(trouble)}"] if trouble else []), conclusion_line(result)),
        status=result.outcome.exit_status,
        failed=result.summary[Verdict.FAIL] + result.summary[Verdict.ERROR],
        summary=next((str(path) for path in reports if path.name == "summary.md"), ""),
        annotations=annotated(run, result),
        row=row_of(result),
    )


TOLD = ("index.html", "report.html", "results.json", "junit.xml")
"""The reports whose paths are told; the others are for machines that know where to look."""


IN_HASTE = (
    "the pages show the exchanges of findings alone, and there is no recording: several profiles were interrupted, and all "
    "want a report; `token-conformance report` makes them whole"
)


def _is_hurried(run: Run, config: pytest.Config) -> bool:
    """Whether other profiles that were interrupted may wait for their reports in this process."""
    alone = not config.stash[RUNS] and not config.stash.get(FINISHED, [])
    return run.interruption.asked and not alone and not hasattr(config, "workeroutput")


def _of_findings(result: RunResult, exchanges: Iterable[Exchange]) -> list[Exchange]:
    """The exchanges for which a check is not green, of those that were judged: most of the time of a report is theirs."""
    read = {id_ for check in result.of(Verdict.FAIL, Verdict.WARNING, Verdict.ERROR) for id_ in check.exchanges}
    read |= {id_ for seen in result.on_the_way for id_ in seen.exchanges}
    return [exchange for exchange in exchanges if exchange.id in read]


def _write(
    run: Run, result: RunResult, folder: Path, exchanges: Sequence[Exchange], config: pytest.Config
) -> tuple[RunResult, Sequence[Path]]:
    """Write facts and reports; gives the paths of the reports, and the result with what could not be written."""
    try:
        _write_facts(run, result, config)
    except ReportError as error:
        result = result.with_trouble(str(error))
    try:
        return result, write_reports(folder, result, exchanges, run.redactor, config)
    except ReportError as error:
        return result.with_trouble(str(error)), error.written


def _circumstances(
    run: Run, record: Record, result: RunResult, config: pytest.Config, *, left_off: LeftOff | None
) -> Circumstances:
    return Circumstances(
        trouble=run.redactor.text(record.trouble) if record.trouble else None,
        no_session=record.no_session,
        interrupted=_interrupted(run, record, config, left_off),
        selection=selection_of(
            config,
            run,
            stopped=left_off == "failure",
            enough=found_enough(run) if record.broken_off else None,
            how_far=record.how_far,
        ),
        strict=config.option.warnings_fail,
        complete=config.option.complete,
        of_token_endpoint=_of_token_endpoint(record, result),
        of_anything_else=record.kind == "recorded" and not record.evidence.token_responses,
    )


def _of_token_endpoint(record: Record, result: RunResult) -> bool:
    """Whether any verdict rests on an answer of the token endpoint; that of a rate limit before it is none."""
    answered = {answer.exchange.id for answer in record.evidence.token_responses if not limits_the_rate(answer)}
    return any(check.verdict.judged and not answered.isdisjoint(check.exchanges) for check in result.checks)


def _write_facts(run: Run, result: RunResult, config: pytest.Config) -> None:
    """Write the measured facts as lines for the profile, where `--write-facts` names a file."""
    given = config.option.write_facts
    if given is None:
        return
    lines = observed_lines(result.facts, run.name, run.started.date())
    if run.redactor.leaks(lines):
        raise ReportError(f"{given} was not written, since it would show a secret")
    try:
        Path(given).write_text(lines, "utf-8")
    except OSError as error:
        raise ReportError(f"the facts cannot be written to {given}: {error.strerror}; choose another file") from None
