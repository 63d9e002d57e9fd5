"""Runs the scenarios that the selected checks need, in rows that run at once, before any check judges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookiejar import CookieJar
from types import MappingProxyType
from typing import Any

from token_conformance.profile.features import require
from token_conformance.profile.models import Limits, Profile
from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage, LoginBudget
from token_conformance.provider.login.chromium import Chromium
from token_conformance.provider.login.window import Window
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.stored_session import begin, note_end, note_refusal, stored_session
from token_conformance.running.trouble import Trouble
from token_conformance.running.waiting import ScenarioClock, Waits
from token_conformance.verdict import Inconclusive, NotJudged
from token_conformance.wire.connection import Connection, ServerKind
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

Progress = Callable[[str, int, int], None]
"""Told the scenario that ended, how many have, and how many there are."""

PATIENCE = 60
"""Seconds beyond its waits, three times `max_wait` at most, and those for `requests_per_second`, after which a scenario is given up."""

MOST_REQUESTS = 60
"""Requests that a scenario makes at most, each of which may have to wait for those of all other rows."""

MOST_ROWS = 6
"""Rows of scenarios that run at once; each logs in on its own."""

BY_LOGIN = frozenset({"login", "refresh", "authorization_code"})
"""What scenarios need that want a user to be logged in."""

FRESH = timedelta(seconds=30)
"""How long a scenario may take, so that the next one can count on the tokens that it leaves."""

UNHURRIED = Limits(concurrency=16, requests_per_second=1_000_000)
"""The pace of servers in this process, which nobody has to spare."""


async def gather(run: Run, scenarios: Iterable[Scenario], progress: Progress, *, rehearsal: bool = False) -> Record:
    """Perform the scenarios; the record holds their transcripts, or the reasons why there are none, and all exchanges.

    A rehearsal deals them to rows as a live run does, and takes no time.
    """
    gathering, listed = Gathering(run, progress, rehearsal=rehearsal), list(scenarios)
    try:
        await gathering.discover()
        needed = any(BY_LOGIN & set(each.needs) for each in listed)
        with stored_session(run, gathering.trouble, needed=needed) as session:
            await gathering.perform(listed, session)
    finally:
        await gathering.discovery.close()
    return gathering.record()


def rows(scenarios: Sequence[Scenario], number: int) -> list[list[Scenario]]:
    """Deal the scenarios to rows, whose scenarios follow one another.

    Harmless ones come first, so that those behind them find a living session, then those that end theirs or ask for
    codes of their own, and those that wait come last, spread over the rows, so that their waits overlap.
    """
    ordered = sorted(scenarios, key=_place)
    return [row for row in (ordered[start::number] for start in range(number)) if row]


def _place(scenario: Scenario) -> tuple[bool, ...]:
    asks_for_codes, keeps_out = "authorization_code" in scenario.needs, "login" not in scenario.needs
    return scenario.waits, asks_for_codes, scenario.ends_session, keeps_out


def number_of_rows(kind: ServerKind, profile: Profile, scenarios: int) -> int:
    """How many rows run at once: one where there is but one login; a recording plays to each scenario by itself."""
    seeded = profile.login.seeded
    if kind == "live":
        return 1 if seeded else min(profile.limits.concurrency, MOST_ROWS)
    return scenarios if seeded or kind == "recorded" else MOST_ROWS


@dataclass(frozen=True)
class Place:
    """Where the scenarios of a row act, one at a time: its connection, its browser, and the session there is."""

    connection: Connection
    lineage: Lineage
    cookies: CookieJar = field(default_factory=CookieJar)
    acting: asyncio.Lock = field(default_factory=asyncio.Lock)


class Gathering:
    """One run's scenarios under way, and what they share."""

    def __init__(self, run: Run, progress: Progress, *, rehearsal: bool = False) -> None:
        self.run = run
        self.kind: ServerKind = "live" if rehearsal else run.server.kind
        self.really_waits = run.server.kind == "live"
        self.pace = Pace(run.profile.limits, patient=True) if self.really_waits else Pace(UNHURRIED)
        self.logins = LoginBudget(run.profile.limits.max_logins, careful=self.really_waits)
        self.discovery = Discovery(
            run.profile, Wire("discovery", run.server.connect("discovery"), run.profile.limits, self.pace)
        )
        browses = run.server.kind == "live" and run.profile.login.strategy == "browser"
        self._chromium = Chromium(run.profile) if browses else None
        self.trouble = Trouble()
        self._progress = progress
        self._outcomes: dict[str, Any] = {}
        self._waits: dict[str, Waits] = {}
        self._exchanges: list[Exchange] = []
        self._endpoints: tuple[str | None, str | None] = (None, None)

    async def discover(self) -> None:
        """Learn the token endpoint; a provider that does not tell is the run's trouble."""
        try:
            endpoint = await self.discovery.endpoint("token_endpoint")
            self._endpoints = endpoint, await self.discovery.endpoint("token_endpoint", mutual_tls=True)
        except NotJudged as problem:
            self.trouble.add(str(problem))
        self._keep(self.discovery._wire)  # noqa: SLF001 - the exchanges of discovery are evidence too

    async def perform(self, scenarios: list[Scenario], session: Lineage | None = None) -> None:
        """Perform the scenarios, row beside row; where a stored session is all that there is, it goes through one row."""
        if session is not None and session.seed is not None:
            await self._renew(session)
        number = number_of_rows(self.kind, self.run.profile, len(scenarios))
        try:
            async with asyncio.TaskGroup() as tasks:
                for row in rows(scenarios, number):
                    tasks.create_task(self._follow(row, len(scenarios), session), name=row[0].name)
        finally:
            if self._chromium is not None:
                await self._chromium.close()
        if self._exchanges and not any(exchange.answer for exchange in self._exchanges):
            self.trouble.why = self.trouble.why or f"the provider does not answer: {self._exchanges[0].failure}"
        if self.trouble.why is None and (problem := self.logins.trouble) is not None:
            note_refusal(self.run, self.trouble, problem)

    def record(self) -> Record:
        """What was gathered, which nothing changes any more."""
        endpoint, alias = self._endpoints
        return Record(
            profile=self.run.profile,
            kind=self.run.server.kind,
            outcomes=MappingProxyType(self._outcomes),
            exchanges=tuple(self._exchanges),
            token_endpoint=endpoint,
            token_endpoint_alias=alias,
            logins_of=MappingProxyType(self.logins.by_scenario),
            waits=MappingProxyType(self._waits),
            trouble=self.trouble.why,
            no_session=self.trouble.no_session,
        )

    async def _renew(self, session: Lineage) -> None:
        """Begin with the stored session, or say why it is over."""
        connection = self.run.server.connect("session")
        wire = Wire("session", connection, self.run.profile.limits, self.pace)
        await begin(self.run.name, self.trouble, Provider(self.run.profile, wire, self.discovery, session, self.logins))
        self._keep(wire)
        with suppress(Exception):
            await wire.close()

    async def _follow(self, row: list[Scenario], total: int, session: Lineage | None) -> None:
        """Perform scenarios one after another at one connection, with one browser and the session that each leaves.

        Those that wait come last, and while one waits, the next one acts, so that all their waits overlap in one; each
        of them has a session of its own.
        """
        place = Place(self.run.server.connect(row[0].name), session or Lineage(self.run.profile.login.seed))
        place.lineage.window = Window(self._chromium) if self._chromium is not None else None
        overlapping = self.really_waits and place.lineage.seed is None and session is None
        waiting = [scenario for scenario in row if scenario.waits and overlapping]
        for scenario in row:
            if scenario not in waiting:
                await self._visit(scenario, place, total)
        async with asyncio.TaskGroup() as tasks:
            for number, scenario in enumerate(waiting):
                own = replace(place, lineage=place.lineage.another() if number else place.lineage)
                tasks.create_task(self._take_turns(scenario, own, total), name=scenario.name)
        with suppress(Exception):
            await place.connection.close()
        if place.lineage.window is not None:
            await place.lineage.window.close()

    async def _take_turns(self, scenario: Scenario, place: Place, total: int) -> None:
        async with place.acting:
            await self._visit(scenario, place, total, acting=place.acting)

    async def _visit(self, scenario: Scenario, place: Place, total: int, *, acting: asyncio.Lock | None = None) -> None:
        connection, lineage = place.connection, place.lineage
        wire = Wire(scenario.name, connection, self.run.profile.limits, self.pace, cookies=place.cookies)
        clock = ScenarioClock(connection.clock, acting)
        began = connection.clock.now()
        note_end(self.trouble, lineage, scenario.name if scenario.ends_session else None)
        await self._perform(scenario, Provider(self.run.profile, wire, self.discovery, lineage, self.logins, clock))
        if wire.exchanges:
            self._leave(scenario, lineage, connection.clock.now() - began)
        else:
            note_end(self.trouble, lineage, None)
        self._keep(wire)
        self._waits[scenario.name] = clock.waits
        self._progress(scenario.name, len(self._waits), total)

    @property
    def _patience(self) -> float:
        limits = self.run.profile.limits
        return PATIENCE + 3 * limits.max_wait + MOST_REQUESTS * MOST_ROWS / limits.requests_per_second

    async def _perform(self, scenario: Scenario, provider: Provider) -> None:
        try:
            require(self.run.profile, scenario.needs)
            async with asyncio.timeout(self._patience):
                self._outcomes[scenario.name] = await scenario.perform(provider)
        except TimeoutError:
            self._outcomes[scenario.name] = Inconclusive(f"scenario {scenario.name} did not end within its time")
        except Exception as problem:
            self._outcomes[scenario.name] = problem

    def _leave(self, scenario: Scenario, lineage: Lineage, taken: timedelta) -> None:
        if scenario.ends_session:
            lineage.end()
        elif taken > FRESH or isinstance(self._outcomes[scenario.name], Exception):
            lineage.doubt()

    def _keep(self, wire: Wire) -> None:
        for exchange in wire.exchanges:
            self.run.redactor.learn_exchange(exchange)
            self._exchanges.append(exchange)
