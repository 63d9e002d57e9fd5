"""report.html: each profile of a session has a report of its own.

Every check has a row, and every exchange stands once, below: a row names what its check has read, and leads there.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import token_conformance
from token_conformance.evidence.clock_skew import skew_sentence
from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.redaction import RedactedExchange
from token_conformance.report.exchanges import shown
from token_conformance.report.page import Page, render
from token_conformance.report.pictures import picture
from token_conformance.report.spans import spans
from token_conformance.results.facts import differing
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

MENDED = {Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION}
"""Verdicts on a server that could do better: the report says how."""

MOST_LINKS = 12
"""How often a row leads to what its check has read, the last of it; results.json names everything."""


MOST_OF_EXCHANGES = 2_500_000
"""Characters of all exchanges together in the page."""

_BROKEN_REFERENCE = re.compile(r"&[a-z]*$")


def html_of(run: RunResult, evidence: Mapping[str, RedactedExchange], styles: Sequence[Path] = ()) -> str:
    """The run as one HTML page, with the exchanges by their ids; `styles` are CSS files that follow ours."""
    page = Page(
        title=f"Token conformance of {run.profile}",
        environment=_environment(run),
        outcomes={outcome: (verdict.words, run.summary[verdict]) for verdict, outcome in OUTCOMES.items()},
        header_html=HEADER,
        summary_html=_summary(run, evidence),
        rows_html=_rows(run, evidence),
        below_html=_exchanges(run, evidence),
    )
    return page.html(styles)


def _summary(run: RunResult, evidence: Mapping[str, RedactedExchange]) -> str:
    topics = run.by_topic().items()
    quiet = [(topic, checks) for topic, checks in topics if {check.verdict for check in checks} <= QUIET]
    return render(
        "summary.html",
        run=run,
        version=token_conformance.__version__,
        verdicts=list(OUTCOMES),
        topics=[topic for topic in topics if topic not in quiet],
        quiet_topics=quiet,
        skew=skew_sentence(run.clock_skew),
        duration=duration,
        picture=picture,
        evidence=evidence,
        differing=list(differing(run.facts)),
        unjudged=_unjudged(run),
    )


def _unjudged(run: RunResult) -> list[tuple[str, list[Requirement]]]:
    """The requirements that were not judged, by the reason."""
    found: dict[str, list[Requirement]] = {}
    for requirement in run.not_judged:
        reason = "; ".join(dict.fromkeys(run.reasons(requirement))) or "no check of it ran"
        found.setdefault(reason, []).append(requirement)
    return list(found.items())


def _rows(run: RunResult, evidence: Mapping[str, RedactedExchange]) -> str:
    order = list(OUTCOMES)
    checks = sorted(run.checks, key=lambda check: order.index(check.verdict))
    return render("checks.html", rows=[_row(check, evidence) for check in checks])


def _row(check: CheckResult, evidence: Mapping[str, RedactedExchange]) -> dict[str, object]:
    """What a row shows: of what nobody needs to look at, no more than where to find more."""
    quiet = check.verdict in QUIET
    read = spans(check.exchanges) if quiet else [span for id_ in check.exchanges for span in spans([id_])]
    return {
        "check": check,
        "outcome": OUTCOMES[check.verdict],
        "judged": check.verdict is not Verdict.NOT_APPLICABLE,
        "quiet": quiet,
        "requirements": [catalogue()[id_] for id_ in check.requirements if id_ in catalogue()],
        "mend": check.verdict in MENDED,
        "beginning": f"{len(check.exchanges)} exchanges, the last of them " if len(read) > MOST_LINKS else "",
        "read": [(span, span.id in evidence) for span in read[-MOST_LINKS:]],
    }


def _exchanges(run: RunResult, evidence: Mapping[str, RedactedExchange]) -> str:
    """The exchanges, each by its id; where a server says so much that nobody could open the page, each is cut alike."""
    exchanges = shown(evidence, _of_findings(run))
    texts = {id_: _escaped(text) for id_, text in exchanges.texts.items()}
    if sum(map(len, texts.values())) > MOST_OF_EXCHANGES:
        share = MOST_OF_EXCHANGES // len(texts)
        texts = {id_: _cut(text, share) for id_, text in texts.items()}
    said = (f"<p>{escape(sentence)}" for sentence in exchanges.said_once)
    each = (f'<pre id="{escape(id_)}">{text}</pre>' for id_, text in texts.items())
    return "\n".join(['<section id="exchanges">', "<h2>Exchanges</h2>", *said, *each, "</section>"])


def _of_findings(run: RunResult) -> set[str]:
    """The exchanges to which the rows lead of what the server could do better."""
    mended = (check for check in run.checks if check.verdict in MENDED)
    return {id_ for check in mended for id_ in check.exchanges[-MOST_LINKS:]}


def _cut(text: str, share: int) -> str:
    """The beginning of what is HTML already, no reference of which is broken in two."""
    if len(text) <= share:
        return text
    whole = _BROKEN_REFERENCE.sub("", text[:share])
    return f"{whole}… (cut: {len(text)} characters in all, of more than the page has room for)"


def _escaped(text: str) -> str:
    """The text of an exchange; `>` and quotes, of which it is full, are no markup there."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _environment(run: RunResult) -> dict[str, str]:
    return {
        "Suite": f"token-conformance {token_conformance.__version__}",
        "Python": platform.python_version(),
        "Started": run.started.isoformat(timespec="seconds"),
    }
