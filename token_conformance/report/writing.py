"""Writes the reports of a run: each whole or not at all, as many as fit, and without a secret."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json

from token_conformance.redaction import Redactor
from token_conformance.report.badge import badge_of
from token_conformance.report.ctrf import ctrf_of
from token_conformance.report.html import html_of
from token_conformance.report.index import index_of, read_by, scenarios_of
from token_conformance.report.junit import junit_of
from token_conformance.report.last_look import Contents, Evidence, Reports, looked_through
from token_conformance.report.sarif import sarif_of
from token_conformance.report.summary import summary_of
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.running.defect import described
from token_conformance.wire.exchange import Exchange


class ReportError(Exception):
    """A report could not be written; the message says which and why, `written` which others are on disk."""

    def __init__(self, message: str, written: Sequence[Path] = ()) -> None:
        super().__init__(message)
        self.written = tuple(written)


def write_reports(
    folder: Path, run: RunResult, exchanges: Sequence[Exchange], redactor: Redactor, config: pytest.Config
) -> list[Path]:
    """Write index.html, report.html, results.json, junit.xml and what else CI reads into a folder, which is made; give their paths.

    What fits is kept: a program needs results.json most, and report.html is the largest.

    Raises:
        ReportError: the folder cannot be written, or not all that belongs there, or a report could not be made free of
            secrets.

    """
    in_time = sorted(exchanges, key=lambda exchange: exchange.started)
    for exchange in in_time:
        redactor.learn_exchange(exchange)  # in the order of time, which is that of the placeholders' numbers
    read, steps = read_by(run), scenarios_of(run)
    shown_ones = (each for each in exchanges if each.id in read or each.scenario in steps)
    evidence = {exchange.id: redactor.exchange(exchange) for exchange in shown_ones}
    shown, contents = redacted(run, redactor), _reports(_styles(config))
    try:
        reports = looked_through(contents, shown, evidence, redactor)
    except Exception:
        reports = _without_the_broken(contents, shown, evidence, redactor)
    written: list[Path] = []
    for name in filter(reports.texts.__contains__, SMALLEST_FIRST):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written.append(_write(folder / name, reports.texts[name]))
        except OSError as error:
            problem = _not_written(folder, written, error)
            _add_trouble(written, shown.with_trouble(problem), contents, redactor)
            raise ReportError(problem, written) from None
    if reports.left_out:
        raise ReportError("; ".join(reports.left_out), written)
    return [folder / name for name in contents]


def _without_the_broken(
    contents: Mapping[str, Contents], run: RunResult, evidence: Evidence, redactor: Redactor
) -> Reports:
    """The reports without those over which a defect of ours comes up, and a sentence on each of these."""
    sound, broken = {}, []
    for name, make in contents.items():
        try:
            looked_through({name: make}, run, evidence, redactor)
            sound[name] = make
        except Exception as problem:
            broken.append(f"{name} was not written, for {redactor.text(described(problem))}")
    told = run.with_trouble("; ".join(broken))
    reports = looked_through(sound, told, evidence, redactor)
    return replace(reports, left_out=(*broken, *reports.left_out))


SMALLEST_FIRST = (
    *("results.json", "junit.xml", "badge.json", "summary.md", "results.sarif", "ctrf.json"),
    *("index.html", "report.html"),
)


def _not_written(folder: Path, written: Sequence[Path], error: OSError) -> str:
    reason = error.strerror or str(error)
    if not written:
        return f"the reports cannot be written to {folder}: {reason}; choose another --report-dir"
    kept = listed([path.name for path in written])
    return f"of the reports only {kept} could be written to {folder}: {reason}; choose another --report-dir"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _add_trouble(written: Iterable[Path], run: RunResult, contents: Mapping[str, Contents], redactor: Redactor) -> None:
    """Have what is on disk say that it is not all, if there is room for that."""
    kept = {path.name: path for path in written}
    again = looked_through({name: contents[name] for name in kept}, run, {}, redactor)
    for name, text in again.texts.items():
        with suppress(OSError):
            _write(kept[name], text)


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
        "index.html": index_of,
        "report.html": lambda run, evidence: html_of(run, _read_of(run, evidence), styles),
        "results.json": lambda run, _: _json(run.to_json()),
        "junit.xml": lambda run, _: junit_of(run),
        "summary.md": lambda run, _: summary_of(run),
        "results.sarif": lambda run, _: _json(sarif_of(run)),
        "ctrf.json": lambda run, _: _json(ctrf_of(run)),
        "badge.json": lambda run, _: _json(badge_of(run)),
    }


def _json(contents: Any) -> str:
    return to_json(contents, indent=2).decode() + "\n"


def _read_of(run: RunResult, evidence: Evidence) -> Evidence:
    """The exchanges that a verdict rests on; index.html shows further steps of the scenarios of findings."""
    read = read_by(run)
    return {id_: exchange for id_, exchange in evidence.items() if id_ in read}


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
