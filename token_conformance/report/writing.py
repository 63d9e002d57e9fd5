"""Writes the reports of a run: each whole or not at all, as many as fit, and none that would hold a secret."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_core import to_json

from token_conformance.redaction import RedactedExchange, Redactor
from token_conformance.report.html import html_of
from token_conformance.report.junit import junit_of
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.wire.exchange import Exchange

Evidence = Mapping[str, RedactedExchange]
Contents = Callable[[RunResult, Evidence], str]


class ReportError(Exception):
    """A report could not be written; the message says which and why, `written` which others are on disk."""

    def __init__(self, message: str, written: Sequence[Path] = ()) -> None:
        super().__init__(message)
        self.written = tuple(written)


def write_reports(
    folder: Path, run: RunResult, exchanges: Sequence[Exchange], redactor: Redactor, config: pytest.Config
) -> list[Path]:
    """Write report.html, results.json and junit.xml into a folder, which is made; give their paths.

    What fits is kept: a program needs results.json most, and report.html is the largest.

    Raises:
        ReportError: the folder cannot be written, or not all that belongs there, or a report held a secret after
            redaction.

    """
    for exchange in exchanges:
        redactor.learn_exchange(exchange)
    read = {id_ for check in run.checks for id_ in check.exchanges}
    evidence = {exchange.id: redactor.exchange(exchange) for exchange in exchanges if exchange.id in read}
    shown, contents = redacted(run, redactor), _reports(_styles(config))
    texts = {name: _clean(name, make, shown, evidence, redactor) for name, make in contents.items()}
    written: list[Path] = []
    for name in SMALLEST_FIRST:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written.append(_write(folder / name, texts[name]))
        except OSError as error:
            problem = _not_written(folder, written, error)
            _add_trouble(written, shown.with_trouble(problem), contents)
            raise ReportError(problem, written) from None
    return [folder / name for name in contents]


SMALLEST_FIRST = ("results.json", "junit.xml", "report.html")


def _not_written(folder: Path, written: Sequence[Path], error: OSError) -> str:
    reason = error.strerror or str(error)
    if not written:
        return f"the reports cannot be written to {folder}: {reason}; choose another --report-dir"
    kept = " and ".join(path.name for path in written)
    return f"of the reports only {kept} could be written to {folder}: {reason}; choose another --report-dir"


def _add_trouble(written: Iterable[Path], run: RunResult, contents: Mapping[str, Contents]) -> None:
    """Have what is on disk say that it is not all, if there is room for that."""
    for path in written:
        with suppress(OSError):
            _write(path, contents[path.name](run, {}))


def redacted(run: RunResult, redactor: Redactor) -> RunResult:
    """The run with each message on one line, and labels in the place of secrets, in the paths of causes too."""
    return replace(run, checks=tuple(_redacted(check, redactor) for check in run.checks))


def _redacted(check: CheckResult, redactor: Redactor) -> CheckResult:
    habit, message = check.habit, _cut(" ".join(redactor.text(check.message).split()))
    if habit is not None:
        came = redactor.text(habit.came) if isinstance(habit.came, str) else habit.came
        habit = replace(habit, endpoint=redactor.text(habit.endpoint), came=came)
    return replace(check, message=message, habit=habit)


LONGEST_MESSAGE = 2000
"""Characters of a message; a server's own words, which it may repeat, can be of any length."""


def _cut(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}… ({len(message)} characters)"


def _reports(styles: Sequence[Path]) -> dict[str, Contents]:
    return {
        "report.html": lambda run, evidence: html_of(run, evidence, styles),
        "results.json": lambda run, _: to_json(run.to_json(), indent=2).decode() + "\n",
        "junit.xml": lambda run, _: junit_of(run),
    }


def _styles(config: pytest.Config) -> list[Path]:
    """The CSS files that pytest-html's own option `--css` adds to its reports; they are added to ours."""
    styles = [Path(os.path.expandvars(style)).expanduser() for style in config.getoption("css", []) or []]
    missing = [str(style) for style in styles if not style.is_file()]
    if missing:
        raise ReportError(f"the reports were not written: --css names what is no file: {', '.join(missing)}")
    return styles


def _clean(name: str, contents: Contents, run: RunResult, evidence: Evidence, redactor: Redactor) -> str:
    """The report, looked through once more for secrets: the last line of defence, should redaction have missed one.

    A secret such as `example` may be a word of the report itself: what a report without messages and exchanges says
    as well, no server has brought in.
    """
    text = contents(run, evidence)
    leaks = _leaks(text, redactor)
    if leaks:
        leaks -= _leaks(contents(_silent(run), {}), redactor)
    if leaks:
        kinds = ", ".join(sorted({label.strip("<>").rpartition(" ")[0] for label in leaks}))
        raise ReportError(f"{name} was not written, since it would show a secret of the kind: {kinds}")
    return text


def _silent(run: RunResult) -> RunResult:
    """The run without anything that a server said."""
    return replace(
        run,
        checks=tuple(replace(check, message="", habit=None) for check in run.checks),
        facts=tuple(replace(fact, measured=None) for fact in run.facts),
    )


def _leaks(text: str, redactor: Redactor) -> set[str]:
    """The secrets in a report; what was escaped as HTML, and again as an attribute or as XML, is looked into."""
    leaks = set(redactor.leaks(text))
    for _ in range(2):
        escaped, text = text, html.unescape(text)
        if text == escaped:
            break
        leaks.update(redactor.leaks(text))
    return leaks


def _write(path: Path, text: str) -> Path:
    """Write beside the path and move into place, so that a reader never meets half a report."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
