"""What a run found, finding by finding, as the files for CI tell it: MUSTs first, and by the cause behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from token_conformance.results.causes import RED
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

Standing = Literal["new", "newer", "known"]
"""How a finding stands beside a baseline: new, of a check that the baseline could not know, or known."""

STANDINGS: tuple[Standing | None, ...] = ("new", None, "newer", "known")
"""The standings, what has to be looked at first."""


@dataclass(frozen=True)
class Finding:
    """A habit of the server that violates something: a cause with its checks, or what was seen on the way.

    `id` is that of the cause, or of the requirement that was violated on the way; `message` is what the decisive check
    says, and may hold words of the server, redacted. `checks` are the red checks, and `steps` what led to it; `standing` is
    how it stands beside a baseline, if there is one.
    """

    id: str
    verdict: Verdict
    title: str
    message: str
    requirement: str
    clause: str
    mend: str = ""
    checks: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    standing: Standing | None = None

    @property
    def cited(self) -> str:
        """The message, with the clause behind it where it does not name that itself."""
        return f"{self.message} ({self.clause})" if self.clause and self.clause not in self.message else self.message


def findings_of(run: RunResult) -> tuple[Finding, ...]:
    """All findings of a run: beside a baseline the new ones first, then failures before warnings, and the worst first."""
    found = (*_of_causes(run), *_on_the_way(run))
    return tuple(sorted(found, key=lambda each: (STANDINGS.index(each.standing), RED.index(each.verdict))))


def standing_of(run: RunResult, ids: Iterable[str]) -> Standing | None:
    """How findings stand beside the baseline of a run, together: news is what counts."""
    found = {run.baseline.standing_of(each) for each in ids} if run.baseline is not None else set()
    return next((each for each in STANDINGS if each in found), None)


def _of_causes(run: RunResult) -> Iterator[Finding]:
    checks = {check.id: check for check in run.checks}
    for cause in run.causes:
        first = checks[cause.checks[0]]
        yield Finding(
            id=cause.id,
            verdict=cause.verdict,
            title=cause.title,
            message=first.message or first.title,
            requirement=first.violated or next(iter(first.requirements), ""),
            clause=first.clause,
            mend=cause.mend,
            checks=cause.checks,
            standing=standing_of(run, cause.checks),
        )


def _on_the_way(run: RunResult) -> Iterator[Finding]:
    for seen in run.on_the_way:
        yield Finding(
            id=seen.requirement,
            verdict=seen.verdict,
            title="Seen on the way",
            message=seen.message,
            requirement=seen.requirement,
            clause=seen.clause,
            steps=tuple(f"+{step.seconds:g} s, {step.told} ({step.exchange})" for step in seen.story),
            standing=standing_of(run, [seen.requirement]),
        )


def defects_of(run: RunResult) -> tuple[CheckResult, ...]:
    """The checks that met a defect of the suite."""
    return run.of(Verdict.ERROR)
