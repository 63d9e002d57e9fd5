"""How one scenario comes to its end, or why it does not."""

from __future__ import annotations

import asyncio
from typing import Any

from token_conformance.profile.features import require
from token_conformance.provider import Provider
from token_conformance.running.economy import OWN_LOGIN
from token_conformance.running.interruption import InterruptedRunError
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.waiting import patience
from token_conformance.verdict import Inconclusive, Limited, NotJudged
from token_conformance.wire.pace import Pace
from token_conformance.wire.presence import Presence


class Performing:
    """Performs scenarios one by one, and keeps what each comes to: its transcript, or the exception that says why none.

    It keeps as well at whose server each was, by the name that its exchanges have.
    """

    run: Run
    pace: Pace
    presence: Presence | None

    def __init__(self) -> None:
        self._outcomes: dict[str, Any] = {}
        self._servers: dict[str, int | str] = {}

    async def _perform(self, scenario: Scenario, provider: Provider) -> None:
        """Perform a scenario; one to which the provider refused requests for their number alone has not come to its end."""
        try:
            require(self.run.profile, scenario.needs)
            await self._reach(scenario)
            async with asyncio.timeout(patience(self.run.profile.limits)):
                self._outcomes[scenario.name] = await self._to_its_end(scenario, provider)
        except TimeoutError:
            self._outcomes[scenario.name] = Inconclusive(f"scenario {scenario.name} did not end within its time")
        except InterruptedRunError as problem:
            self._outcomes[scenario.name] = InterruptedRunError(f"{problem} before scenario {scenario.name} had ended")
        except Exception as problem:  # a traceback would keep the pages and answers that led to it
            self._outcomes[scenario.name] = problem.with_traceback(None) if isinstance(problem, NotJudged) else problem
        if provider.wire.limited and self.pace.allowance is not None:
            self._outcomes[scenario.name] = Limited(self.pace.allowance.reason)

    async def _reach(self, scenario: Scenario) -> None:
        """Wait until the provider allows as many token requests as a scenario makes, as far as that is known."""
        allowance = self.pace.allowance
        if allowance is not None and scenario.name in allowance.costs:
            await allowance.reach(allowance.costs[scenario.name] + OWN_LOGIN)

    async def _to_its_end(self, scenario: Scenario, provider: Provider) -> Any:
        """The transcript of a scenario, unless the run is told to stop before, or the provider is gone."""
        interruption, lineage = self.run.interruption, provider.lineage

        async def unless_told() -> Any:
            return await interruption.unless_asked(scenario.perform(provider), renewing=lambda: lineage.renewing)

        return await (self.presence.unless_gone(unless_told()) if self.presence is not None else unless_told())
