"""What the terminal says at the end of a run."""

from __future__ import annotations

from token_conformance.results import CheckResult, RunResult
from token_conformance.verdict import Verdict


def summary_lines(run: RunResult) -> list[str]:
    """What was not judged, the verdicts by number, what needs somebody's attention, and deviations that are none."""
    return [
        coverage_line(run),
        f"{run.profile} ({run.server}): {counts(run) or 'no checks'}; {run.requests} requests in {run.seconds:.1f} s",
        *(_finding(check) for check in run.of(Verdict.ERROR, Verdict.FAIL, Verdict.WARNING)),
        *(f"  STALE DEVIATION: the provider now conforms to {deviation}" for deviation in run.stale_deviations),
    ]


def coverage_line(run: RunResult) -> str:
    """How much of the catalogue was not judged; this comes before any verdict."""
    coverage = run.coverage
    total = coverage.judged + coverage.not_judged + coverage.not_testable
    untestable = f", {coverage.not_testable} cannot be from outside" if coverage.not_testable else ""
    return f"not judged: {coverage.not_judged} of {total} requirements{untestable}; judged: {coverage.judged}"


def counts(run: RunResult) -> str:
    """The verdicts that were given, each with its number: `12 pass, 1 fail`."""
    return ", ".join(f"{count} {verdict.words}" for verdict, count in run.summary.items() if count)


def _finding(check: CheckResult) -> str:
    clause = f" ({check.clause})" if check.clause and check.clause not in check.message else ""
    return f"  {check.verdict.words.upper()}: {check.message or check.title}{clause}"
