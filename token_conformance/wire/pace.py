"""How fast and how much at once requests leave, and the pauses that a server asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

from aiolimiter import AsyncLimiter

from token_conformance.profile.models import Limits
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange, Request

RESPITE = 1.0
"""Seconds after which a token request is sent again that the server failed at: some make one token a second."""

LIMITED = "the provider limits the rate of requests"


class Pace:
    """What the profile allows at once and in a second, and the pauses that the server asks for, shared by all scenarios
    of a run.

    Args:
        limits: those of the profile.
        patient: whether to come again when the server asks for it by 429 or 503 with Retry-After.
        sleep: lets seconds pass.
        now: the time that passes meanwhile, in seconds.

    """

    def __init__(
        self,
        limits: Limits,
        *,
        patient: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.patient = patient
        self._longest = limits.max_wait
        self._sleep, self._now = sleep, now
        self._paused_until = now()
        self._closed: dict[str, tuple[float, str]] = {}
        self._concurrency = limits.concurrency
        self._race = asyncio.Lock()
        self._racing = asyncio.Semaphore(limits.race)
        self._burst = limits.race / limits.requests_per_second
        self._recovered = 0
        self._in_flight = asyncio.Semaphore(limits.concurrency)
        self._rate = AsyncLimiter(max(1.0, limits.requests_per_second), max(1.0, 1 / limits.requests_per_second))

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold back every request but those of a race: a busy server, or a busy client, would take them one by one.

        A race leaves at once, whatever the rate: the time that its requests would take passes before.
        """
        async with self._race, AsyncExitStack() as held:
            for _ in range(self._concurrency):
                await held.enter_async_context(self._in_flight)
            await self._sleep(self._burst)
            yield

    @asynccontextmanager
    async def turn(self, *, racing: bool = False) -> AsyncIterator[float]:
        """Wait until one more request may leave; gives the seconds by which a pause held it back."""
        async with self._racing if racing else self._in_flight, nullcontext() if racing else self._rate:
            held_back = 0.0
            while (left := self._paused_until - self._now()) > 0:
                await self._sleep(left)
                held_back += left
            yield held_back

    async def rest(self) -> None:
        """Let the time pass after which a request that the server failed at is sent again; one in this process needs none."""
        if self.patient:
            await self._sleep(RESPITE)

    def recovered(self) -> None:
        """Remember that a request which the server failed at was answered a little later."""
        self._recovered += 1

    @property
    def noticed(self) -> tuple[str, ...]:
        """What was seen of the pace that the server bears, in sentences."""
        left_alone = tuple(f"{LIMITED}: {reason}" for _, reason in self._closed.values())
        if not self._recovered:
            return left_alone
        often = f"{self._recovered} token requests at which the server failed were answered {RESPITE:g} s later"
        return (f"{often}: lower limits.requests_per_second or limits.concurrency", *left_alone)

    def put_off(self, exchange: Exchange, seconds: float) -> None:
        """Have the run pause as an answer asks, or leave the address alone where `max_wait` does not allow the pause."""
        until = self._now() + seconds
        if seconds <= self._longest:
            self._paused_until = max(self._paused_until, until)
            return
        status = exchange.answer.status if exchange.answer is not None else "the answer"
        reason = (
            f"{status} to {exchange} asks to come again after {seconds:.0f} s; limits.max_wait is {self._longest} s"
        )
        self._closed[_address(exchange.request.url)] = until, reason

    def admit(self, request: Request) -> None:
        """Ask whether a request may be sent at all.

        Raises:
            Inconclusive: the server has asked to leave its address alone for longer than `max_wait`.

        """
        until, reason = self._closed.get(_address(request.url), (0.0, ""))
        if reason and self._now() < until:
            raise Inconclusive(f"{LIMITED}: {reason}")


def _address(url: str) -> str:
    """What a rate limit is remembered for: an endpoint, whatever is asked of it."""
    try:
        return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
    except ValueError:
        return url
