"""What a run leaves behind: the lines at its end, its reports, its exit status."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.evidence.clock_skew import clock_skew
from token_conformance.evidence.facts.sheet import fact_sheet
from token_conformance.plugin.stash import LEFT, RECORDS, REPETITIONS, RESULTS, RUNS
from token_conformance.report import ReportError, write_reports
from token_conformance.report.terminal import letters_line, summary_lines
from token_conformance.results.exit_status import NO_SESSION, NOTHING_JUDGED
from token_conformance.results.facts import observed_lines, shown
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import announcement, to_dos
from token_conformance.running.record import Record
from token_conformance.running.repetition import Repetition
from token_conformance.running.run import Run
from token_conformance.verdict import Verdict

FINISHED: pytest.StashKey[list[Finished]] = pytest.StashKey()


@dataclass(frozen=True)
class Finished:
    """What is left to say of a run after its reports are written; plain values, since workers send it."""

    lines: tuple[str, ...]
    judged: int
    failed: bool
    trouble: str
    no_session: bool = False


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is tested, and what answers, before anything else."""
    runs, left = config.stash[RUNS].values(), config.stash.get(LEFT, ())
    resumed = [announcement(run.name, left, run.started, run.profile.login) for run in runs if left]
    return [*(f"{run.name}: {run.server.description}" for run in runs), *resumed]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the reports of what was not judged to its end, and set the exit status."""
    config = session.config
    runs = config.stash[RUNS]
    for name in list(runs):
        report_on(name, config)
    finished = config.stash.setdefault(FINISHED, [])
    if hasattr(config, "workeroutput"):
        config.workeroutput["conformance"] = [astuple(each) for each in finished]
    elif finished:
        session.exitstatus = _status(int(session.exitstatus), finished)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ARG001 - the hook's signature
    """Take over what a worker of xdist has finished."""
    finished = [Finished(*values) for values in getattr(node, "workeroutput", {}).get("conformance", ())]
    node.config.stash.setdefault(FINISHED, []).extend(finished)


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say what was judged, what was not, and where the reports are, behind all that pytest and its plugins have to say."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    finished = config.stash.get(FINISHED, ())
    if not isinstance(terminal, TerminalReporter) or not finished:
        return
    if config.option.verbose <= 0:
        terminal.write_line(letters_line())
    for each in finished:
        terminal.write_line("")
        for line in each.lines:
            terminal.write_line(line)


def report_on(name: str, config: pytest.Config) -> None:
    """Write the reports of a profile, and let go of it; nothing is written where none of its checks was judged here."""
    run = config.stash[RUNS].pop(name)
    record, again = config.stash[RECORDS].pop(name, None), config.stash[REPETITIONS].pop(name, None)
    results = config.stash[RESULTS].pop(name, [])
    if record is not None and results:
        config.stash.setdefault(FINISHED, []).append(_finish(run, record, again, results, config))


def _finish(
    run: Run, record: Record, again: Repetition | None, results: list[CheckResult], config: pytest.Config
) -> Finished:
    exchanges = (*record.exchanges, *(again.record.exchanges if again is not None else ()))
    logins = record.logins + (again.record.logins if again is not None else 0)
    result = replace(_run_result(run, record, results), requests=len(exchanges), logins=logins)
    folder = Path(config.option.report_dir) / run.name / run.started.strftime("%Y%m%dT%H%M%S.%fZ")
    lines = summary_lines(result, again=_again(run, folder / "results.json", config))
    problem = ""
    try:
        _write_facts(run, result, config)
        lines += [f"report: {path}" for path in write_reports(folder, result, exchanges, run.redactor, config)]
    except ReportError as error:
        problem = str(error)
    trouble = "; ".join(filter(None, (run.redactor.text(record.trouble or ""), problem)))
    return Finished(
        lines=(*lines, *((f"ERROR: {trouble}",) if trouble else ())),
        judged=sum(check.verdict.judged for check in results),
        failed=config.option.warnings_fail and _has_warnings(results, result.stale_deviations),
        trouble=trouble,
        no_session=record.no_session,
    )


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


def _again(run: Run, results: Path, config: pytest.Config) -> str:
    """The command that does what the run leaves to do."""
    given = next(each for each in config.option.profile if Path(each).name.removesuffix(".toml") == run.name)
    kept = {"--session-file": config.option.session_file, "--keyring": config.option.keyring or None}
    options = [word for name, value in kept.items() if value for word in (name, *([str(value)] * (value is not True)))]
    words = ["token-conformance", "run", given, f"--{run.server.kind}", *options, "--resume", str(results)]
    return shlex.join(words)


def _run_result(run: Run, record: Record, results: list[CheckResult]) -> RunResult:
    return RunResult(
        profile=run.name,
        server=run.server.kind,
        started=run.started,
        seconds=round((datetime.now(UTC) - run.started).total_seconds(), 2),
        requests=len(record.exchanges),
        logins=record.logins,
        todo=to_dos(record, datetime.now(UTC)),
        noticed=tuple(run.redactor.text(sentence) for sentence in record.noticed),
        facts=shown(fact_sheet(run.profile, record.exchanges, live=run.server.kind == "live"), run.redactor.text),
        clock_skew=clock_skew(record.exchanges) if run.server.kind == "live" else None,
        checks=tuple(results),
        stale_deviations=stale_deviations(run, results),
        claims=tuple(sorted(run.profile.claims)),
    )


def stale_deviations(run: Run, results: Iterable[CheckResult]) -> tuple[str, ...]:
    """The documented deviations whose requirement was judged, and that explain nothing of what any check found."""
    kept: set[str] = set()
    seen: set[str] = set()
    for result in results:
        kept.update(result.requirements if result.verdict is Verdict.PASS else ())
        seen.update(result.requirements if result.verdict is Verdict.DEVIATION else (), result.explained_by)
    documented = dict.fromkeys(deviation.requirement for deviation in run.profile.deviations)
    return tuple(id_ for id_ in documented if id_ in kept - seen)


def _has_warnings(results: list[CheckResult], stale: tuple[str, ...]) -> bool:
    return bool(stale) or any(result.verdict is Verdict.WARNING for result in results)


def _status(status: int, finished: list[Finished]) -> int:
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        return status
    if any(run.trouble and not run.no_session for run in finished):
        return int(pytest.ExitCode.USAGE_ERROR)
    if any(run.no_session for run in finished):
        return NO_SESSION
    if not any(run.judged for run in finished):
        return NOTHING_JUDGED
    return int(pytest.ExitCode.TESTS_FAILED) if any(run.failed for run in finished) else status
