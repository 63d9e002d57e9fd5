"""Writes the reports of a run, and none that would hold a secret."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from token_conformance.exchange import Exchange
from token_conformance.redaction import Redactor
from token_conformance.report.html import html_of
from token_conformance.report.junit import junit_of
from token_conformance.results import RunResult

Contents = Callable[[], str]


class ReportError(Exception):
    """A report could not be written; the message says which and why."""


def write_reports(
    folder: Path, run: RunResult, exchanges: Sequence[Exchange], redactor: Redactor, config: pytest.Config
) -> list[Path]:
    """Write report.html, results.json and junit.xml into a folder, which is made; give their paths.

    Raises:
        ReportError: the folder cannot be written, or a report held a secret after redaction.

    """
    evidence = {exchange.id: redactor.exchange(exchange) for exchange in exchanges}
    reports: dict[str, Contents] = {
        "report.html": lambda: html_of(run, evidence, config),
        "results.json": lambda: json.dumps(run.to_json(), indent=2, ensure_ascii=False) + "\n",
        "junit.xml": lambda: junit_of(run),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / name, contents(), redactor) for name, contents in reports.items()]
    except OSError as error:
        raise ReportError(
            f"the reports cannot be written to {folder}: {error.strerror or error}; choose another --report-dir"
        ) from None


def _write(path: Path, text: str, redactor: Redactor) -> Path:
    leaks = redactor.leaks(text)
    if leaks:
        raise ReportError(f"{path.name} is not written: it would show {', '.join(leaks)}")
    draft = path.with_suffix(f"{path.suffix}.draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 - atomic, so that a reader never meets half a report
    return path
