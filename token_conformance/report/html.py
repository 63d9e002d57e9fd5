"""report.html, made by pytest-html from finished verdicts: each profile of a session has a report of its own."""

from __future__ import annotations

import platform
import tempfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest_html  # type: ignore[import-untyped]  # pytest-html ships no types
from jinja2 import Environment, FileSystemLoader, Template
from pytest_html.report_data import ReportData  # type: ignore[import-untyped]  # likewise
from pytest_html.selfcontained_report import SelfContainedReport  # type: ignore[import-untyped]  # likewise
from pytest_html.util import _process_css, _read_template  # type: ignore[import-untyped]  # likewise

import token_conformance
from token_conformance.evidence.clock_skew import skew_sentence
from token_conformance.judging.requirement import catalogue
from token_conformance.layout import REPORT_ASSETS
from token_conformance.redaction import RedactedExchange
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import duration
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

QUIET = {Verdict.PASS, Verdict.NOT_APPLICABLE}
"""Verdicts that nobody needs to look at."""

HEADER = [
    '<th class="sortable" data-column-type="seriousness">Verdict</th>',
    '<th class="sortable" data-column-type="topic">Topic</th>',
    '<th class="sortable" data-column-type="fact">What must hold, and what was seen</th>',
    '<th class="sortable" data-column-type="clause">Clause</th>',
]

MOST_EXCHANGES = 12
"""Exchanges that are shown of a check, the last ones; the others are named."""


class Settings:
    """What pytest-html asks of a session's settings, with answers of our own: no option of the session, and nothing of
    its environment, changes what a report shows.
    """

    def getini(self, name: str) -> str:
        """The setting of that name."""
        return {"render_collapsed": ",".join(OUTCOMES.values()), "max_asset_filename_length": "255"}.get(name, "")


def html_of(run: RunResult, evidence: Mapping[str, RedactedExchange], styles: Sequence[Path] = ()) -> str:
    """The report of a run, with its redacted exchanges; `styles` are CSS files that follow ours."""
    data = _report_data(run, evidence)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        report = SelfContainedReport(str(path), Settings(), data, _template(), _style(tuple(styles)))
        data.title = f"Token conformance of {run.profile}"
        report._generate_report()  # noqa: SLF001 - pytest-html writes one report a session, a session of ours several
        return _fortified(path.read_text("utf-8"))


def _fortified(page: str) -> str:
    """The page under a policy by which a browser runs pytest-html's script alone.

    What a server sent is escaped; should any of it slip through, it is shown and not run. A finished report needs no
    button that loads it again, and that one's handler would be stopped as well.
    """
    page = page.replace(' onclick="location.reload()"', "")
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return page.replace("<head>", f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{policy}"/>', 1)


def _report_data(run: RunResult, evidence: Mapping[str, RedactedExchange]) -> ReportData:
    data = ReportData(Settings())
    data.running_state = "finished"
    data.total_duration = run.seconds
    data.table_header = HEADER
    data.set_data("environment", _environment(run))
    data.set_data("initialSort", "seriousness")
    data.additional_summary["prefix"].append(_summary(run, evidence))
    data.outcomes.clear()
    for verdict, outcome in OUTCOMES.items():
        data.outcomes[outcome] = {"label": verdict.words, "value": run.summary[verdict]}
    for check in run.checks:
        data.data["tests"][check.id].append(_row(check, evidence))
    return data


def _summary(run: RunResult, evidence: Mapping[str, RedactedExchange]) -> str:
    topics = run.by_topic().items()
    quiet = [(topic, checks) for topic, checks in topics if {check.verdict for check in checks} <= QUIET]
    return _render(
        "summary.html",
        run=run,
        verdicts=list(OUTCOMES),
        topics=[topic for topic in topics if topic not in quiet],
        quiet_topics=quiet,
        skew=skew_sentence(run.clock_skew),
        duration=duration,
        evidence=evidence,
    )


def _row(check: CheckResult, evidence: Mapping[str, RedactedExchange]) -> dict[str, object]:
    return {
        "extras": [],
        "result": OUTCOMES[check.verdict],
        "seriousness": list(OUTCOMES).index(check.verdict),
        "testId": check.id,
        "topic": check.topic,
        "fact": check.title,
        "clause": check.clause,
        "resultsTableRow": [cell.strip() for cell in _render("row.html", check=check).split("<!-- cell -->")],
        "tableHtml": [_details(check, evidence)],
        "log": "",
    }


def _details(check: CheckResult, evidence: Mapping[str, RedactedExchange]) -> str:
    requirements = [catalogue()[id_] for id_ in check.requirements if id_ in catalogue()]
    shown = [evidence[id_] for id_ in check.exchanges[-MOST_EXCHANGES:] if id_ in evidence]
    left_out = check.exchanges[:-MOST_EXCHANGES]
    return _render("details.html", check=check, requirements=requirements, shown=shown, left_out=left_out)


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
def _style(more: tuple[Path, ...]) -> str:
    style: str = _process_css(_pytest_html_resources() / "style.css", [REPORT_ASSETS / "style.css", *more])
    return style


def _pytest_html_resources() -> Path:
    return Path(pytest_html.__file__).parent / "resources"
