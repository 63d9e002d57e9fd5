"""What a run will take, found out beforehand: its scenarios are rehearsed against the emulated server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from token_conformance.profile.models import Limits, Profile
from token_conformance.redaction import Redactor
from token_conformance.running.economy import Fitting, thrifty_pace, token_requests, what_fits
from token_conformance.running.gathering import gather
from token_conformance.running.parking import why_not_parked
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.side_by_side import SIDE_BY_SIDE, untouched_session
from token_conformance.running.stages import stages
from token_conformance.running.waiting import Waits
from token_conformance.servers.rehearsed import RehearsalServer
from token_conformance.verdict import NotApplicable
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.presence import stopped_after

UNLIMITED = 1_000_000
"""Logins of a rehearsal, which is to tell how many a run would need."""


@dataclass(frozen=True)
class Step:
    """What one scenario takes: requests, logins, seconds of waiting; `absent` says why it is not applicable.

    `parkable` tells whether it can be stopped at a wait that is too long, and go on later; `token_requests` counts those
    of its requests that go to the token endpoint.
    """

    scenario: Scenario
    requests: int
    logins: int
    waits: Waits
    absent: str | None = None
    parkable: bool = False
    token_requests: int = 0


@dataclass(frozen=True)
class Plan:
    """What a run takes, by a rehearsal; `wait` is that of the whole run, whose long waits overlap.

    `authorizations` is how often it logs in where the provider keeps no login session; `passwords` tells how often a
    user's password is presented, and `wrong_passwords` how often another one in its place. `fitting` tells what is
    performed at first, where the provider is known to limit token requests.
    """

    profile: str
    limits: Limits
    checks: int
    steps: tuple[Step, ...]
    requests: int
    wait: float
    authorizations: int = 0
    passwords: int = 0
    wrong_passwords: int = 0
    token_requests: int = 0
    fitting: Fitting | None = None

    @property
    def logins(self) -> int:
        """How often the run logs in."""
        return sum(step.logins for step in self.steps)

    @property
    def asks_more_often(self) -> bool:
        """Whether a provider that keeps no login session would be logged in to more often."""
        return self.authorizations > self.logins

    @property
    def applicable(self) -> tuple[Step, ...]:
        """The scenarios that are performed."""
        return tuple(step for step in self.steps if step.absent is None)

    @property
    def too_long(self) -> tuple[Step, ...]:
        """The scenarios that would have to wait longer than `max_wait`."""
        return tuple(step for step in self.applicable if step.waits.lacking is not None)

    @property
    def parkable(self) -> tuple[Step, ...]:
        """Those of them that `--park` would stop at their waits."""
        return tuple(step for step in self.too_long if step.parkable)

    @property
    def seconds(self) -> float:
        """How long the run takes at least: its waits, and its requests at the allowed rate."""
        return self.wait + self.requests / self.limits.requests_per_second


async def rehearse(run: Run, scenarios: Sequence[Scenario], checks: int) -> Plan:
    """Perform the scenarios in this process, in rows as a live run has them, and count; nothing is sent anywhere."""
    profile, pace = run.profile, thrifty_pace(run)
    record = await rehearsed(run.name, profile, scenarios)
    requests, of_tokens = Counter(exchange.scenario for exchange in record.exchanges), token_requests(record)
    return Plan(
        profile=run.name,
        limits=profile.limits,
        checks=checks,
        steps=tuple(
            _step(scenario, record, requests, of_tokens)
            for scenario in (SIDE_BY_SIDE, *scenarios, untouched_session(None))
            if scenario.name in record.outcomes
        ),
        requests=len(record.exchanges),
        wait=_wait(profile, scenarios, record),
        authorizations=record.authorizations,
        passwords=sum(presented(exchange, profile) == "right" for exchange in record.exchanges),
        wrong_passwords=sum(presented(exchange, profile) == "wrong" for exchange in record.exchanges),
        token_requests=of_tokens.total(),
        fitting=await what_fits(run, pace, scenarios),
    )


async def rehearsed(name: str, profile: Profile, scenarios: Sequence[Scenario], *, in_turn: bool = False) -> Record:
    """What a run gathers in this process, with as many logins as it takes; `in_turn` one scenario after the other."""
    unlimited = profile.model_copy(update={"limits": profile.limits.model_copy(update={"max_logins": UNLIMITED})})
    run = Run(name, unlimited, RehearsalServer(unlimited), Redactor())
    return await gather(run, scenarios, lambda *_: None, rehearsal=True, in_turn=in_turn)


async def told_how_far(run: Run, record: Record, scenarios: Sequence[Scenario]) -> Record:
    """The record of a run, whose trouble says about how many requests it would have made, where the provider stopped."""
    if record.stopped is None or record.trouble is None:
        return record
    rehearsal = await rehearsed(run.name, run.profile, scenarios)
    about = max(len(rehearsal.exchanges), len(record.exchanges))
    told = record.trouble.replace(stopped_after(record.stopped), stopped_after(record.stopped, of=about))
    return replace(record, trouble=told)


def presented(exchange: Exchange, profile: Profile) -> Literal["right", "wrong"] | None:
    """Whether a login form, or a token request of RFC 6749 §4.3, holds a user's password, or another one in its place."""
    known, form = {each.username: each.password for each in profile.login.of_each_user}, dict(exchange.request.form)
    if form.get("grant_type", "password") != "password":
        return None
    if not set(form.values()).isdisjoint(filter(None, known.values())):
        return "right"
    return "wrong" if form.get("username") in known and form.get("password") else None


def _step(scenario: Scenario, record: Record, requests: Counter[str], of_tokens: Counter[str]) -> Step:
    outcome, name = record.outcomes[scenario.name], scenario.name
    absent = str(outcome) if isinstance(outcome, NotApplicable) else None
    parks = why_not_parked(scenario, record.profile) is None
    logins, waits = record.logins_of.get(name, 0), record.waits[name]
    return Step(scenario, requests[name], logins, waits, absent, parks, of_tokens[name])


def _wait(profile: Profile, scenarios: Sequence[Scenario], record: Record) -> float:
    """The waits of the stages, one after the other: in each, those of a row add up, and those of different rows overlap."""
    return sum(
        max(sum(record.waits[scenario.name].passed for scenario in row.scenarios) for row in stage)
        for stage in stages(scenarios, "live", profile)
    )
