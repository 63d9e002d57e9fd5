"""What a scenario waits for, and what it could not wait for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from token_conformance.verdict import TooLong
from token_conformance.wire.connection import Clock


@dataclass(frozen=True)
class Waits:
    """The seconds that a scenario let pass, and the longest wait that `max_wait` did not allow it, if any."""

    passed: float = 0.0
    lacking: float | None = None


class ScenarioClock:
    """The server's time as one scenario lives in it, which notes its waits (`waits`).

    `acting` is the lock that a scenario of a row holds while it sends requests: while it waits, another one may.
    """

    def __init__(self, clock: Clock, acting: asyncio.Lock | None = None) -> None:
        self.waits = Waits()
        self._clock = clock
        self._acting = acting

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
        """Let that many seconds pass, while other scenarios of the row act."""
        self.check(seconds)
        if self._acting is None:
            await self._clock.wait(seconds)
        else:
            self._acting.release()
            try:
                await self._clock.wait(seconds)
            finally:
                await self._acting.acquire()
        self.waits = replace(self.waits, passed=self.waits.passed + seconds)
