"""The lines with which a run ends."""

from __future__ import annotations

from token_conformance.evidence.clock_skew import skew_sentence
from token_conformance.redaction.visible import visible
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import duration
from token_conformance.verdict import Verdict


def summary_lines(run: RunResult, *, again: str = "") -> list[str]:
    """What was not judged, what was found, and how much it took; one line a finding.

    `again` is the command that does what is left to do.
    """
    return [
        coverage_line(run),
        *(_finding(check) for check in run.of(Verdict.FAIL, Verdict.ERROR, Verdict.WARNING)),
        *(_stale(requirement) for requirement in run.stale_deviations),
        *([_left(run, again)] if run.todo else []),
        *(f"NOTICED  {visible(sentence)}" for sentence in run.noticed),
        *([f"CLOCK SKEW {skew}"] if (skew := skew_sentence(run.clock_skew)) else []),
        f"{run.profile}: {counted(run) or 'no checks'}; {run.requests} requests and {run.logins} logins in {run.seconds:.1f} s",
    ]


def coverage_line(run: RunResult) -> str:
    """How much of the catalogue was not judged: it comes before any verdict."""
    coverage = run.coverage
    requirements = coverage.judged + coverage.not_judged + coverage.not_testable
    return (
        f"{run.profile} ({run.server}): {coverage.not_judged} of {requirements} requirements not judged, "
        f"{coverage.not_testable} not testable from outside, {coverage.judged} judged"
    )


def counted(run: RunResult) -> str:
    """The verdicts that were given, each with its number: `12 pass, 1 fail`."""
    return ", ".join(f"{count} {verdict.words}" for verdict, count in run.summary.items() if count)


def _finding(check: CheckResult) -> str:
    message = " ".join(visible(check.message or check.title).split())
    clause = f" ({check.clause})" if check.clause and check.clause not in message else ""
    return f"{check.verdict.words.upper():8} {message}{clause}"


def _left(run: RunResult, again: str) -> str:
    scenarios = ", ".join(f"{left.scenario} ({duration(left.wait)})" for left in run.todo)
    return f"TO DO    {scenarios}: `{again}` waits so long"


def _stale(requirement: str) -> str:
    return f"STALE DEVIATION {requirement}: documented in the profile, and not seen any more"
