"""compare.html: several runs side by side, in one page without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import token_conformance
from token_conformance.layout import REPORT_ASSETS
from token_conformance.report.page import render
from token_conformance.results.side_by_side import SideBySide
from token_conformance.verdict import Verdict

MARKS = {
    Verdict.FAIL: "✕",
    Verdict.WARNING: "!",
    Verdict.DEVIATION: "≈",
    Verdict.PASS: "✓",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "–",
    Verdict.ERROR: "‡",
}
"""What stands for a verdict in a table; its word is there for who cannot see it."""

COUNTED = (Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION, Verdict.PASS)
"""The verdicts of which a table of runs has a column; all else was not judged."""


@dataclass(frozen=True)
class Links:
    """Where the reports of the runs are, as seen from the page; None where there is none to be found from there."""

    reports: Sequence[str | None]


def compare_html(found: SideBySide, links: Links, *, title: str, now: datetime | None = None) -> str:
    """The runs as one HTML page."""
    made = now if now is not None else datetime.now(UTC)
    return render(
        "compare.html",
        found=found,
        title=title,
        links=links.reports,
        marks=MARKS,
        counted=COUNTED,
        made=made,
        version=token_conformance.__version__,
        style=(REPORT_ASSETS / "compare.css").read_text("utf-8"),
    )
