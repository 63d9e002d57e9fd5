"""What a run found, finding by finding, as the files for CI tell it: MUSTs first, and by the cause behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from token_conformance.results.causes import RED
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict


@dataclass(frozen=True)
class Finding:
    """A habit of the server that violates something: a cause with its checks, or what was seen on the way.

    `id` is that of the cause, or of the requirement that was violated on the way; `message` is what the decisive check
    says, and may hold words of the server, redacted. `checks` are the red checks, and `steps` what led to it.
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

    @property
    def cited(self) -> str:
        """The message, with the clause behind it where it does not name that itself."""
        return f"{self.message} ({self.clause})" if self.clause and self.clause not in self.message else self.message


def findings_of(run: RunResult) -> tuple[Finding, ...]:
    """All findings of a run, failures before warnings, and else the worst first."""
    found = (*_of_causes(run), *_on_the_way(run))
    return tuple(sorted(found, key=lambda each: RED.index(each.verdict)))


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
        )


def defects_of(run: RunResult) -> tuple[CheckResult, ...]:
    """The checks that met a defect of the suite."""
    return run.of(Verdict.ERROR)
