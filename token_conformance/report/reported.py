"""What a run found, finding by finding, as the files for CI tell it: MUSTs first, and by the cause behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from token_conformance.results.baseline import Novelty
from token_conformance.results.causes import RED
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

NOVELTIES: tuple[Novelty | None, ...] = ("new", None, "newer", "known")
"""How findings stand beside a baseline, those first that have to be looked at first."""


@dataclass(frozen=True)
class Reported:
    """A habit of the server that violates something: a cause with its checks, or what was seen on the way.

    `id` is that of the cause, or of the requirement that was violated on the way; `message` is what the decisive check
    says, and may hold words of the server, redacted. `checks` are the red checks, and `steps` what led to it; `novelty` is
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
    novelty: Novelty | None = None

    @property
    def cited(self) -> str:
        """The message, with the clause behind it where it does not name that itself."""
        return f"{self.message} ({self.clause})" if self.clause and self.clause not in self.message else self.message


def reported(run: RunResult) -> tuple[Reported, ...]:
    """All findings of a run: beside a baseline the new ones first, then failures before warnings, and the worst first."""
    found = (*_of_causes(run), *_on_the_way(run))
    return tuple(sorted(found, key=lambda each: (NOVELTIES.index(each.novelty), RED.index(each.verdict))))


def novelty_of(run: RunResult, ids: Iterable[str]) -> Novelty | None:
    """How findings stand beside the baseline of a run, together: news is what counts."""
    found = {run.baseline.novelty_of(each) for each in ids} if run.baseline is not None else set()
    return next((each for each in NOVELTIES if each in found), None)


def _of_causes(run: RunResult) -> Iterator[Reported]:
    checks = {check.id: check for check in run.checks}
    for cause in run.causes:
        first = checks[cause.checks[0]]
        yield Reported(
            id=cause.id,
            verdict=cause.verdict,
            title=cause.title,
            message=first.message or first.title,
            requirement=first.violated or next(iter(first.requirements), ""),
            clause=first.clause,
            mend=cause.mend,
            checks=cause.checks,
            novelty=novelty_of(run, cause.checks),
        )


def _on_the_way(run: RunResult) -> Iterator[Reported]:
    for seen in run.on_the_way:
        yield Reported(
            id=seen.requirement,
            verdict=seen.verdict,
            title="Seen on the way",
            message=seen.message,
            requirement=seen.requirement,
            clause=seen.clause,
            steps=tuple(f"+{step.seconds:g} s, {step.told} ({step.exchange})" for step in seen.story),
            novelty=novelty_of(run, [seen.requirement]),
        )


def defects_of(run: RunResult) -> tuple[CheckResult, ...]:
    """The checks that met a defect of the suite."""
    return run.of(Verdict.ERROR)
