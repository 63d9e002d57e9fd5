"""Whether the provider still answers: where it has stopped, a run asks for a while, and then stops too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange, Request

MOST_IN_A_ROW = 5
"""Requests without an answer after which the provider is asked whether it is there."""

INTERVALS = (1, 2, 4, 8, 14)
"""Seconds between the times that it is asked."""

LONGEST = 30
"""Seconds that all of this takes at most."""

LONGEST_FORM = 20_000
"""Bytes of a form that no server has a reason to hang up on."""

Probe = Callable[[], Awaitable[bool]]
"""Asks the provider for something harmless, and tells whether any answer came."""

Result = TypeVar("Result")


def stopped_after(answered: int, of: int | None = None) -> str:
    """What is said of a provider that stopped answering after so many requests, of about so many that a run takes."""
    return f"the provider stopped answering after {answered}{f' of about {of}' if of else ''} requests"


class Presence:
    """What the requests of a run tell of whether the provider is there; all of its wires share it.

    Well-formed requests that get no answer, one after the other, at endpoints that have answered before, make it
    doubtful. Then no request leaves until the provider has answered a probe, or is gone. Of one that has never answered
    it is enough that a single probe gets no answer either.

    Args:
        probe: asks the provider.
        sleep: lets seconds pass.
        now: the time that passes meanwhile, in seconds.

    """

    def __init__(
        self,
        probe: Probe,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.answered = 0
        self.noticed: tuple[str, ...] = ()
        self._probe, self._sleep, self._now = probe, sleep, now
        self._endpoints: set[str] = set()
        self._in_a_row = 0
        self._doubting = asyncio.Lock()
        self._gone = asyncio.Event()

    @property
    def stopped(self) -> int | None:
        """After how many answered requests the provider stopped answering; None where it did not, or never answered."""
        return self.answered if self._gone.is_set() and self.answered else None

    async def admit(self) -> float:
        """Wait while the presence of the provider is in doubt; gives the seconds that it took.

        Raises:
            Inconclusive: the provider is gone.

        """
        waited = 0.0
        if self._doubting.locked():
            began = self._now()
            async with self._doubting:
                waited = self._now() - began
        if self._gone.is_set():
            raise self._absence()
        return waited

    async def note(self, exchange: Exchange) -> None:
        """Learn from an exchange, and find out whether the provider is there where too many in a row had no answer."""
        endpoint = exchange.request.url.partition("?")[0]
        if exchange.answer is not None:
            self._endpoints.add(endpoint)
            self.answered += 1
            self._in_a_row = 0
        elif well_formed(exchange.request) and (endpoint in self._endpoints or not self.answered):
            self._in_a_row += 1
            await self._doubt()

    def heard(self) -> None:
        """Learn that an answer came which was refused: too large, or in an encoding that nobody asked for."""
        self._in_a_row = 0

    async def unless_gone(self, doing: Awaitable[Result]) -> Result:
        """What something comes to, which is given up as soon as the provider is gone.

        Raises:
            Inconclusive: it is.

        """
        task, gone = asyncio.ensure_future(doing), asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise self._absence()
            return task.result()
        finally:
            task.cancel()
            gone.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)

    def _absence(self) -> Inconclusive:
        return Inconclusive(stopped_after(self.answered) if self.answered else "the provider does not answer")

    async def _doubt(self) -> None:
        async with self._doubting:
            if self._in_a_row < MOST_IN_A_ROW or self._gone.is_set():
                return
            began = self._now()
            if await self._is_there():
                self._in_a_row = 0
                self.noticed += (f"the provider did not answer for {self._now() - began:.0f} s, and then did again",)
            else:
                self._gone.set()

    async def _is_there(self) -> bool:
        until = self._now() + LONGEST
        for interval in (0, *(INTERVALS if self.answered else ())):
            if (left := until - self._now() - interval) <= 0:
                return False
            await self._sleep(interval)
            if await self._answers(left):
                return True
        return False

    async def _answers(self, within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                return await self._probe()
        except TimeoutError:
            return False


def well_formed(request: Request) -> bool:
    """Whether a server has no reason to hang up on a request: a GET, or a form of usual size whose parameters stand once."""
    if request.method == "GET":
        return not request.body
    names = [name for name, _ in request.form]
    return request.method == "POST" and 0 < len(names) == len(set(names)) and len(request.body) <= LONGEST_FORM
