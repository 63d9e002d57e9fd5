"""index.html of many runs: what each comes to, the worst first, and the way to its report."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import token_conformance
from token_conformance.archive.merging import Merged, Part
from token_conformance.layout import REPORT_ASSETS
from token_conformance.report.page import render
from token_conformance.results.exit_status import WORST_FIRST
from token_conformance.results.side_by_side import verdict_in_words
from token_conformance.verdict import Verdict


def merged_html(found: Merged, *, now: datetime | None = None) -> str:
    """The runs as one HTML page without scripts."""
    return render(
        "merged.html",
        rows=[_row(part) for part in sorted(found.parts, key=_weight)],
        verdicts=list(Verdict),
        missing=found.missing,
        made=now if now is not None else datetime.now(UTC),
        version=token_conformance.__version__,
        style=(REPORT_ASSETS / "compare.css").read_text("utf-8"),
    )


def _row(part: Part) -> dict[str, object]:
    page = next((name for name in ("index.html", "report.html") if (part.folder / name).is_file()), None)
    link = quote((part.place / page).as_posix()) if page is not None else None
    return {"run": part.run, "words": verdict_in_words(part.run), "link": link}


def _weight(part: Part) -> tuple[int, int, str]:
    status = part.run.exit_status
    place = WORST_FIRST.index(status) if status in WORST_FIRST else -1
    return place, -part.run.summary[Verdict.FAIL], part.run.profile
