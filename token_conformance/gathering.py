"""Runs the scenarios that the selected checks need, all at once, before any check judges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from token_conformance.features import require
from token_conformance.profile.models import Limits
from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.seed import Seed
from token_conformance.run import Run
from token_conformance.scenario import Scenario
from token_conformance.verdict import Inconclusive, NotJudged
from token_conformance.wire import Pace, Wire

Progress = Callable[[str, int, int], None]
"""Told the scenario that ended, how many have, and how many there are."""

PATIENCE = 60
"""Seconds beyond `max_wait` after which a scenario is given up."""

UNHURRIED = Limits(concurrency=16, requests_per_second=1_000_000)
"""The pace of servers in this process, which nobody has to spare."""


async def gather(run: Run, scenarios: Iterable[Scenario], progress: Progress) -> None:
    """Perform the scenarios; `run` holds their transcripts, or the reasons why there are none, and all exchanges.

    Scenarios that end their session wait for the others where there is but one login.
    """
    gathering = Gathering(run, progress)
    try:
        await gathering.discover()
        await gathering.perform(list(scenarios))
    finally:
        await gathering.discovery.close()


class Gathering:
    """One run's scenarios under way, and what they share."""

    def __init__(self, run: Run, progress: Progress) -> None:
        self.run = run
        self.pace = Pace(run.profile.limits) if run.server.kind == "live" else Pace(UNHURRIED)
        self.seed = Seed(run.profile.login.refresh_token)
        self.discovery = Discovery(run.profile, self._wire("discovery"))
        self._progress = progress
        self._ended = 0

    async def discover(self) -> None:
        """Learn the token endpoint; a provider that does not tell is the run's trouble."""
        try:
            self.run.token_endpoint = await self.discovery.endpoint("token_endpoint")
            self.run.token_endpoint_alias = await self.discovery.endpoint("token_endpoint", mutual_tls=True)
        except NotJudged as problem:
            self.run.trouble = str(problem)
        self._keep(self.discovery._wire)  # noqa: SLF001 - the exchanges of discovery are evidence too

    async def perform(self, scenarios: list[Scenario]) -> None:
        """Perform the scenarios at once; in two waves where all share one login."""
        single_login = self.run.profile.login.strategy == "refresh_token"
        waves = (
            ([s for s in scenarios if not s.ends_session], [s for s in scenarios if s.ends_session])
            if single_login
            else (scenarios,)
        )
        for wave in waves:
            async with asyncio.TaskGroup() as tasks:
                for scenario in wave:
                    tasks.create_task(self._perform(scenario, len(scenarios)), name=scenario.name)
        if self.run.exchanges and not any(exchange.answer for exchange in self.run.exchanges):
            self.run.trouble = self.run.trouble or f"the provider does not answer: {self.run.exchanges[0].failure}"

    async def _perform(self, scenario: Scenario, total: int) -> None:
        wire = self._wire(scenario.name)
        seed = self.seed if self.run.server.kind == "live" else Seed(self.run.profile.login.refresh_token)
        provider = Provider(self.run.profile, wire, self.discovery, seed)
        try:
            require(self.run.profile, scenario.needs)
            async with asyncio.timeout(PATIENCE + self.run.profile.limits.max_wait):
                self.run.outcomes[scenario.name] = await scenario.perform(provider)
        except TimeoutError:
            self.run.outcomes[scenario.name] = Inconclusive(f"scenario {scenario.name} did not end within its time")
        except Exception as problem:
            self.run.outcomes[scenario.name] = problem
        finally:
            seed.give_back(scenario.name, wire.exchanges, ended=scenario.ends_session)
            self.run.logins += provider.logins
            self._keep(wire)
            with suppress(Exception):
                await wire.close()
            self._ended += 1
            self._progress(scenario.name, self._ended, total)

    def _keep(self, wire: Wire) -> None:
        for exchange in wire.exchanges:
            self.run.redactor.learn_exchange(exchange)
            self.run.exchanges.append(exchange)

    def _wire(self, scenario: str) -> Wire:
        return Wire(scenario, self.run.server.connect(scenario), self.run.profile.limits, self.pace)
