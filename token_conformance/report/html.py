"""report.html, made by pytest-html from finished verdicts: each profile of a session has a report of its own."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
import pytest_html
from jinja2 import Environment, FileSystemLoader, Template
from pytest_html.report_data import ReportData
from pytest_html.selfcontained_report import SelfContainedReport
from pytest_html.util import _process_css, _read_template

import token_conformance
from token_conformance.layout import REPORT_ASSETS
from token_conformance.redaction import RedactedExchange
from token_conformance.requirement import catalogue
from token_conformance.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

OUTCOMES = {
    Verdict.FAIL: "failed",
    Verdict.ERROR: "error",
    Verdict.WARNING: "xpassed",
    Verdict.DEVIATION: "xfailed",
    Verdict.INCONCLUSIVE: "rerun",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.PASS: "passed",
}
"""pytest-html filters by seven outcomes that it knows; each stands for a verdict here, most serious first."""

HEADER = [
    '<th class="sortable" data-column-type="result">Verdict</th>',
    '<th class="sortable" data-column-type="topic">Topic</th>',
    '<th class="sortable" data-column-type="fact">What must hold, and what was seen</th>',
    '<th class="sortable" data-column-type="clause">Clause</th>',
]

MOST_EXCHANGES = 12
"""Exchanges that are shown of a check, the last ones; the others are named."""


def html_of(run: RunResult, evidence: Mapping[str, RedactedExchange], config: pytest.Config) -> str:
    """The report of a run, with its redacted exchanges."""
    data = _report_data(run, evidence, config)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        report = SelfContainedReport(str(path), config, data, _template(), _style())
        data.title = f"Token conformance of {run.profile}"
        report._generate_report()  # noqa: SLF001 - pytest-html has one session and one report, a session of ours may have several
        return path.read_text("utf-8")


def _report_data(run: RunResult, evidence: Mapping[str, RedactedExchange], config: pytest.Config) -> ReportData:
    data = ReportData(config)
    data.running_state = "finished"
    data.total_duration = run.seconds
    data.table_header = HEADER
    data.set_data("environment", _environment(run))
    data.set_data("initialSort", "original")
    data.set_data("renderCollapsed", list(OUTCOMES.values()))
    data.additional_summary["prefix"].append(_render("summary.html", run=run, verdicts=list(OUTCOMES)))
    data.outcomes.clear()
    for verdict, outcome in OUTCOMES.items():
        data.outcomes[outcome] = {"label": verdict.words, "value": run.summary[verdict]}
    for check in sorted(run.checks, key=lambda check: list(OUTCOMES).index(check.verdict)):
        data.data["tests"][check.id].append(_row(check, evidence))
    return data


def _row(check: CheckResult, evidence: Mapping[str, RedactedExchange]) -> dict[str, object]:
    cells = _render("row.html", check=check).split("<!-- cell -->")
    shown = [evidence[id_] for id_ in check.exchanges[-MOST_EXCHANGES:] if id_ in evidence]
    requirements = [catalogue()[id_] for id_ in check.requirements if id_ in catalogue()]
    details = _render(
        "details.html", check=check, requirements=requirements, shown=shown, left_out=check.exchanges[:-MOST_EXCHANGES]
    )
    return {
        "extras": [],
        "result": OUTCOMES[check.verdict],
        "testId": check.id,
        "topic": check.topic,
        "fact": check.title,
        "clause": check.clause,
        "resultsTableRow": [cell.strip() for cell in cells],
        "tableHtml": [details],
        "log": "",
    }


def _environment(run: RunResult) -> dict[str, str]:
    return {
        "Suite": f"token-conformance {token_conformance.__version__}",
        "Python": platform.python_version(),
        "Started": run.started.isoformat(timespec="seconds"),
    }


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(REPORT_ASSETS), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _render(name: str, **values: object) -> str:
    return _templates().get_template(name).render(**values)


@cache
def _template() -> Template:
    template: Template = _read_template([_pytest_html_resources()])
    return template


@cache
def _style() -> str:
    style: str = _process_css(_pytest_html_resources() / "style.css", [REPORT_ASSETS / "style.css"])
    return style


def _pytest_html_resources() -> Path:
    return Path(pytest_html.__file__).parent / "resources"
