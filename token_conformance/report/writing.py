"""Writes the reports of a run: each whole or not at all, and without a secret."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_core import to_json

from token_conformance.redaction import Redactor
from token_conformance.report.html import html_of
from token_conformance.report.junit import junit_of
from token_conformance.report.last_look import Contents, looked_through
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.wire.exchange import Exchange


class ReportError(Exception):
    """A report could not be written; the message says which and why, `written` which ones were all the same."""

    def __init__(self, message: str, written: Sequence[Path] = ()) -> None:
        super().__init__(message)
        self.written = tuple(written)


def write_reports(
    folder: Path, run: RunResult, exchanges: Sequence[Exchange], redactor: Redactor, config: pytest.Config
) -> list[Path]:
    """Write report.html, results.json and junit.xml into a folder, which is made; give their paths.

    Raises:
        ReportError: the folder cannot be written, or a report could not be made free of secrets; the others are written.

    """
    for exchange in exchanges:
        redactor.learn_exchange(exchange)
    read = {id_ for check in run.checks for id_ in check.exchanges}
    evidence = {exchange.id: redactor.exchange(exchange) for exchange in exchanges if exchange.id in read}
    reports = looked_through(_reports(_styles(config)), redacted(run, redactor), evidence, redactor)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [_write(folder / name, text) for name, text in reports.texts.items()]
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError(f"the reports cannot be written to {folder}: {reason}; choose another --report-dir") from None
    if reports.left_out:
        raise ReportError("; ".join(reports.left_out), written)
    return written


def redacted(run: RunResult, redactor: Redactor) -> RunResult:
    """The run with each message on one line, and labels in the place of secrets, in the paths of causes too."""
    return replace(run, checks=tuple(_redacted(check, redactor) for check in run.checks))


def _redacted(check: CheckResult, redactor: Redactor) -> CheckResult:
    habit, message = check.habit, " ".join(redactor.text(check.message).split())
    if habit is not None:
        came = redactor.text(habit.came) if isinstance(habit.came, str) else habit.came
        habit = replace(habit, endpoint=redactor.text(habit.endpoint), came=came)
    return replace(check, message=message, habit=habit)


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


def _write(path: Path, text: str) -> Path:
    """Write beside the path and move into place, so that a reader never meets half a report."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
