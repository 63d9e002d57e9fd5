"""What a run will take, found out beforehand: its scenarios are rehearsed against the emulated server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from token_conformance.gathering import gather, number_of_rows, rows
from token_conformance.profile import Profile
from token_conformance.profile.models import Limits
from token_conformance.redaction import Redactor
from token_conformance.reference import MovableClock
from token_conformance.run import Run
from token_conformance.scenario import Scenario
from token_conformance.servers.emulated import EmulatedConnection, EmulatedServer
from token_conformance.tls_probe import Handshake, Versions
from token_conformance.verdict import Inconclusive, NotApplicable, TooLong
from token_conformance.waiting import Waits

UNLIMITED = 1_000_000
"""Logins of a rehearsal, which is to tell how many a run would need."""


class RehearsalClock(MovableClock):
    """A clock that is moved, and refuses what a real one would refuse to wait for."""

    def __init__(self, clock: MovableClock, max_wait: int) -> None:
        self._moved = clock
        self._max_wait = max_wait
        super().__init__(clock.now)

    def check(self, seconds: float) -> None:
        """Refuse a wait that is too long for a live run."""
        if seconds > self._max_wait:
            raise TooLong(f"it takes a wait of {seconds:.0f} s; limits.max_wait is {self._max_wait} s")

    async def wait(self, seconds: float) -> None:
        """Let that many seconds pass, at once."""
        self.check(seconds)
        self._moved.advance(seconds)


class RehearsalConnection(EmulatedConnection):
    """A row's own server, with a clock that keeps `max_wait`."""

    async def handshake(self, address: str, versions: Versions) -> Handshake:  # noqa: ARG002 - there is nothing to reach
        """There is no network to rehearse on."""
        raise Inconclusive("TLS is not rehearsed")


class RehearsalServer(EmulatedServer):
    """The emulated server as a live one: nobody waits longer there than the profile allows."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self._max_wait = profile.limits.max_wait

    def connect(self, scenario: str) -> EmulatedConnection:  # noqa: ARG002 - a recording distinguishes scenarios
        """A server of its own for a row of scenarios."""
        connection = RehearsalConnection(self._server())
        connection.clock = RehearsalClock(connection.clock, self._max_wait)
        return connection


@dataclass(frozen=True)
class Step:
    """What one scenario takes: requests, logins, seconds of waiting; `absent` says why it is not applicable."""

    scenario: Scenario
    requests: int
    logins: int
    waits: Waits
    absent: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a run takes, by a rehearsal; `wait` is that of the whole run, whose long waits overlap."""

    profile: str
    limits: Limits
    checks: int
    steps: tuple[Step, ...]
    requests: int
    wait: float

    @property
    def logins(self) -> int:
        """How often the run logs in."""
        return sum(step.logins for step in self.steps)

    @property
    def applicable(self) -> tuple[Step, ...]:
        """The scenarios that are performed."""
        return tuple(step for step in self.steps if step.absent is None)

    @property
    def too_long(self) -> tuple[Step, ...]:
        """The scenarios that would have to wait longer than `max_wait`."""
        return tuple(step for step in self.applicable if step.waits.lacking is not None)

    @property
    def seconds(self) -> float:
        """How long the run takes at least: its waits, and its requests at the allowed rate."""
        return self.wait + self.requests / self.limits.requests_per_second


async def rehearse(name: str, profile: Profile, scenarios: Sequence[Scenario], checks: int) -> Plan:
    """Perform the scenarios in this process, in rows as a live run has them, and count; nothing is sent anywhere."""
    unlimited = profile.model_copy(update={"limits": profile.limits.model_copy(update={"max_logins": UNLIMITED})})
    run = Run(name, unlimited, RehearsalServer(unlimited), Redactor())
    await gather(run, scenarios, lambda *_: None, rehearsal=True)
    requests = Counter(exchange.scenario for exchange in run.exchanges)
    return Plan(
        profile=name,
        limits=profile.limits,
        checks=checks,
        steps=tuple(_step(scenario, run, requests) for scenario in scenarios),
        requests=len(run.exchanges),
        wait=_wait(profile, scenarios, run),
    )


def _step(scenario: Scenario, run: Run, requests: Counter[str]) -> Step:
    outcome, name = run.outcomes[scenario.name], scenario.name
    absent = str(outcome) if isinstance(outcome, NotApplicable) else None
    return Step(scenario, requests[name], run.logins_of[name], run.waits[name], absent)


def _wait(profile: Profile, scenarios: Sequence[Scenario], run: Run) -> float:
    """The longest row's waits: the short ones add up; the long ones overlap, unless all hang on one session."""
    one_session = profile.login.seeded
    number = number_of_rows("live", profile, len(scenarios))
    return max((_row_waits(row, run, one_session=one_session) for row in rows(scenarios, number)), default=0.0)


def _row_waits(row: Sequence[Scenario], run: Run, *, one_session: bool) -> float:
    short = [run.waits[scenario.name].passed for scenario in row if one_session or not scenario.waits]
    long = [run.waits[scenario.name].passed for scenario in row if scenario.waits and not one_session]
    return sum(short) + max(long, default=0.0)
