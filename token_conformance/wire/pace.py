"""How fast and how much at once requests leave, and the pauses that a server asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

from aiolimiter import AsyncLimiter

from token_conformance.profile.models import Limits
from token_conformance.verdict import Inconclusive, Limited
from token_conformance.wire.allowance import Allowance
from token_conformance.wire.exchange import Exchange, Request
from token_conformance.wire.retry_after import TOO_MANY

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
        allowance: how many token requests the server allows; without it nobody counts them.

    """

    def __init__(
        self,
        limits: Limits,
        *,
        patient: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = monotonic,
        allowance: Allowance | None = None,
    ) -> None:
        self.patient = patient
        self.allowance = allowance
        self.token_endpoints: frozenset[str] = frozenset()
        self._longest = limits.max_wait
        self._sleep, self._now = sleep, now
        self._paused_until = now()
        self._closed: dict[str, tuple[float, Inconclusive]] = {}
        self._concurrency = limits.concurrency
        self._race = asyncio.Lock()
        self._racing, self._race_of = asyncio.Semaphore(limits.race), limits.race
        self._burst = limits.race / limits.requests_per_second
        self._recovered = 0
        self._in_flight = asyncio.Semaphore(limits.concurrency)
        self._rate = AsyncLimiter(max(1.0, limits.requests_per_second), max(1.0, 1 / limits.requests_per_second))

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold back every request but those of a race: a busy server, or a busy client, would take them one by one.

        A race leaves at once, whatever the rate: the time that its requests would take passes before.
        """
        if self.allowance is not None:
            await self.allowance.reach(self._race_of)
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

    async def allow(self, request: Request) -> float:
        """Wait until the server allows a request, where it is one for tokens; gives the seconds that it took.

        Raises:
            Limited: it takes longer than the run waits.

        """
        return await self.allowance.take() if self.allowance is not None and self._counts(request) else 0.0

    def heed(self, exchange: Exchange) -> None:
        """Learn from an answer what the server allows."""
        if self.allowance is not None and self._counts(exchange.request):
            self.allowance.heed(exchange)

    def _counts(self, request: Request) -> bool:
        """Whether the token endpoint counts a request; it hardly does so with the question whether a page may ask."""
        return request.method != "OPTIONS" and _address(request.url) in self.token_endpoints

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
        left_alone = tuple(str(reason) for _, reason in self._closed.values())
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
        status = exchange.answer.status if exchange.answer is not None else 0
        told = f"{status} to {exchange} asks to come again after {seconds:.0f} s; limits.max_wait is {self._longest} s"
        kind = Limited if status == TOO_MANY else Inconclusive
        self._closed[_address(exchange.request.url)] = until, kind(f"{LIMITED}: {told}")
        if self.allowance is not None and status == TOO_MANY:
            self.allowance.refused(seconds)

    def admit(self, request: Request) -> None:
        """Ask whether a request may be sent at all.

        Raises:
            Inconclusive: the server has asked to leave its address alone for longer than `max_wait`.

        """
        until, reason = self._closed.get(_address(request.url), (0.0, None))
        if reason is not None and self._now() < until:
            raise reason.anew()


def _address(url: str) -> str:
    """What a rate limit is remembered for: an endpoint, whatever is asked of it."""
    try:
        return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
    except ValueError:
        return url
