"""The lines with which a run ends."""

from __future__ import annotations

from token_conformance.report.printable import printable
from token_conformance.results import CheckResult, RunResult
from token_conformance.verdict import Verdict


def summary_lines(run: RunResult) -> list[str]:
    """What was not judged, what was found, and how much it took; one line a finding."""
    coverage = run.coverage
    requirements = coverage.judged + coverage.not_judged + coverage.not_testable
    counted = ", ".join(f"{count} {verdict.words}" for verdict, count in run.summary.items() if count)
    return [
        f"{run.profile} ({run.server}): {coverage.judged} of {requirements} requirements judged, "
        f"{coverage.not_judged} not judged, {coverage.not_testable} not testable from outside",
        *(_finding(check) for check in run.of(Verdict.FAIL, Verdict.ERROR, Verdict.WARNING)),
        *(
            f"STALE DEVIATION {requirement}: documented in the profile, and not seen any more"
            for requirement in run.stale_deviations
        ),
        f"{run.profile}: {counted}; {run.requests} requests in {run.seconds:.1f} s",
    ]


def _finding(check: CheckResult) -> str:
    return f"{check.verdict.words.upper():8} {printable(check.message)}"
