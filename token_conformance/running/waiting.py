"""What a scenario waits for, and what it could not wait for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from token_conformance.profile.models import Limits
from token_conformance.running.stages import MOST_ROWS
from token_conformance.verdict import TooLong
from token_conformance.wire.connection import Clock

UNHURRIED = Limits(concurrency=16, race=16, requests_per_second=1_000_000)
"""The pace of servers in this process, which nobody has to spare."""

FRESH = timedelta(seconds=30)
"""How long a scenario may take, so that the next one can count on the tokens that it leaves."""

PATIENCE = 60
"""Seconds beyond its waits, three times `max_wait` at most, and those for `requests_per_second`, after which a scenario is given up."""

MOST_REQUESTS = 60
"""Requests that a scenario makes at most, each of which may have to wait for those of all other rows."""


def patience(limits: Limits) -> float:
    """The seconds after which a scenario is given up."""
    return PATIENCE + 3 * limits.max_wait + MOST_REQUESTS * MOST_ROWS / limits.requests_per_second


@dataclass(frozen=True)
class Waits:
    """The seconds that a scenario let pass, and the longest wait that `max_wait` did not allow it, if any.

    `alone` tells that nobody else who acts for the same user waits meanwhile.
    """

    passed: float = 0.0
    lacking: float | None = None
    alone: bool = False


class ScenarioClock:
    """The server's time as one scenario lives in it, which notes its waits (`waits`)."""

    def __init__(self, clock: Clock, *, alone: bool = False) -> None:
        self.waits = Waits(alone=alone)
        self._clock = clock

    def now(self) -> datetime:
        """The present (UTC)."""
        return self._clock.now()

    def check(self, seconds: float) -> None:
        """Ask whether a wait is possible, and note the one that is not."""
        try:
            self._clock.check(seconds)
        except TooLong:
            self.waits = replace(self.waits, lacking=max(seconds, self.waits.lacking or 0))
            raise

    async def wait(self, seconds: float) -> None:
        """Let that many seconds pass, while scenarios of other rows act."""
        self.check(seconds)
        await self._clock.wait(seconds)
        self.waits = replace(self.waits, passed=self.waits.passed + seconds)
