"""What a results.json tells, of whatever version of the suite: as much as it takes to hold runs against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from token_conformance.results.outcome import Outcome
from token_conformance.verdict import Verdict

RED = frozenset({Verdict.FAIL, Verdict.WARNING})


class ToldCheck(BaseModel):
    """A verdict on a check."""

    id: str
    verdict: Verdict
    requirements: tuple[str, ...] = ()
    level: str = ""
    title: str = ""
    clause: str = ""
    message: str = ""
    violated: str | None = None
    formerly: tuple[str, ...] = ()

    @property
    def violates(self) -> tuple[str, ...]:
        """What a red check is about: the requirement that it names, or as older suites have it all that it is tied to."""
        return (self.violated,) if self.violated is not None else self.requirements


class ToldFact(BaseModel):
    """A fact that was measured, or `unknown`."""

    id: str
    group: str = ""
    name: str = ""
    measured: str = "unknown"
    kind: str = Field(default="unknown", alias="class")
    value: Any = None

    @property
    def known(self) -> bool:
        """Whether it was measured."""
        return self.measured != "unknown"


class ToldOnTheWay(BaseModel):
    """What no check told."""

    requirement: str
    verdict: Verdict
    clause: str = ""
    message: str = ""


class ToldCause(BaseModel):
    """A habit of the server, and what it does to people."""

    id: str
    title: str = ""
    harm: str = ""


class ToldRun(BaseModel):
    """What a run found; what older suites did not write is empty."""

    schema_: Literal[1] = Field(alias="schema")
    suite_version: str = ""
    profile: str
    provider: str = ""
    address: str = ""
    server: str = ""
    started: AwareDatetime | None = None
    seconds: float = 0
    requests: int = 0
    outcome: str = ""
    trouble: str | None = None
    selection: str | None = None
    claims: tuple[str, ...] = ()
    checks: tuple[ToldCheck, ...]
    facts: tuple[ToldFact, ...] = ()
    causes: tuple[ToldCause, ...] = ()
    seen_on_the_way: tuple[ToldOnTheWay, ...] = ()
    baseline: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """The name of the provider, or else of its profile."""
        return self.provider or self.profile

    @property
    def began(self) -> str:
        """When it was tested."""
        return f"{self.started:%Y-%m-%d %H:%M}" if isinstance(self.started, datetime) else "at an unknown time"

    @property
    def summary(self) -> dict[Verdict, int]:
        """How often each verdict was given."""
        return {verdict: sum(check.verdict is verdict for check in self.checks) for verdict in Verdict}

    @property
    def verdicts(self) -> frozenset[Verdict]:
        """The verdicts that were given, on checks and on the way."""
        return frozenset([check.verdict for check in self.checks] + [seen.verdict for seen in self.seen_on_the_way])

    @property
    def failed(self) -> bool:
        """Whether anything was violated that must hold."""
        return Verdict.FAIL in self.verdicts

    @property
    def exit_status(self) -> int:
        """The exit status of the run alone; where a suite of another day has said no word that is known, by its verdicts."""
        try:
            return Outcome(self.outcome).exit_status
        except ValueError:
            failed = self.failed or Verdict.ERROR in self.verdicts
            return (Outcome.DOES_NOT_CONFORM if failed else Outcome.CONFORMS).exit_status


def present_ids(runs: Iterable[ToldRun]) -> Mapping[str, str]:
    """The newest ids of checks by their former ones, as far as any of the runs knows them."""
    return {former: check.id for run in runs for check in run.checks for former in check.formerly}
