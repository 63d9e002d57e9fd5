"""Writes the reports of a run: whole or not at all, and never with a secret in them."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from token_conformance.exchange import Exchange
from token_conformance.redaction import RedactedExchange, Redactor
from token_conformance.report.html import write_html
from token_conformance.report.junit import write_junit
from token_conformance.results import CheckResult, RunResult

Write = Callable[[Path], None]


class ReportError(Exception):
    """A report was not written; the message says in one sentence why."""


def write_reports(
    folder: Path, run: RunResult, exchanges: Sequence[Exchange], redactor: Redactor, config: pytest.Config
) -> list[Path]:
    """Write report.html, results.json and junit.xml, each whole or not at all; give their paths.

    Raises:
        ReportError: a file cannot be written, or would hold a secret.

    """
    for exchange in exchanges:
        redactor.learn_exchange(exchange)
    evidence = {exchange.id: redactor.exchange(exchange) for exchange in exchanges}
    writers = _writers(redacted(run, redactor), evidence, config)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_whole(folder / name, write, redactor) for name, write in writers.items()]
    except OSError as problem:
        raise ReportError(f"the reports cannot be written to {folder}: {problem.strerror or problem}") from None


def redacted(run: RunResult, redactor: Redactor) -> RunResult:
    """The run with labels in the place of secrets, wherever a server or a failed check may have put one."""
    return replace(
        run,
        checks=tuple(_redacted_check(check, redactor) for check in run.checks),
        stale_deviations=tuple(redactor.text(deviation) for deviation in run.stale_deviations),
    )


def _redacted_check(check: CheckResult, redactor: Redactor) -> CheckResult:
    return replace(
        check,
        id=redactor.text(check.id),
        title=redactor.text(check.title),
        message=" ".join(redactor.text(check.message).split()),
    )


def _writers(run: RunResult, evidence: Mapping[str, RedactedExchange], config: pytest.Config) -> dict[str, Write]:
    return {
        "report.html": lambda path: write_html(path, run, evidence, config),
        "results.json": lambda path: write_json(path, run),
        "junit.xml": lambda path: write_junit(path, run),
    }


def write_json(path: Path, run: RunResult) -> None:
    """Write results.json; `results.schema.json` describes it."""
    path.write_text(json.dumps(run.to_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _whole(path: Path, write: Write, redactor: Redactor) -> Path:
    """Write beside the path, look for secrets, and move into place: what is there is whole and clean."""
    beside = path.with_name(f".{path.name}.unfinished")
    try:
        write(beside)
        _refuse_secrets(beside, path.name, redactor)
        return beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _refuse_secrets(written: Path, name: str, redactor: Redactor) -> None:
    """The last line of defence: what redaction before it has missed does not stay on the disk.

    Evidence in the HTML report is escaped up to twice, once as HTML and once as an attribute.
    """
    text = written.read_text("utf-8")
    once = html.unescape(text)
    found = {label for written_as in {text, once, html.unescape(once)} for label in redactor.leaks(written_as)}
    if found:
        kinds = ", ".join(sorted({label.strip("<>").rpartition(" ")[0] for label in found}))
        raise ReportError(f"{name} was not written, since it would show a secret of the kind: {kinds}")
