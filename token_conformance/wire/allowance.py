"""How many token requests the provider allows in which time, and how many the run has sent of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from token_conformance.verdict import Limited
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.rate_limit import RateLimit, announced

MARGIN = 1.0
"""Seconds beyond a window: a request may take longer to arrive than the one before it did."""


MOST_LIMITS = 8
"""Limits that headers may tell of: a server that tells of another one in each answer has none."""


@dataclass(frozen=True)
class Spent:
    """A limit, how many of its requests are spent, and when all of them are there again (UTC)."""

    limit: RateLimit
    used: int
    until: datetime


class Allowance:
    """The limits that the token endpoint keeps, as the profile, the server's headers or a refusal tell, and what is spent.

    All parts of a run share it: repetitions count as everything else does. `costs` tells of scenarios about how many
    token requests they make, and `longest` how many seconds the run waits at a time.

    Args:
        sleep: lets seconds pass.
        now: the present, in seconds since 1970.

    """

    def __init__(
        self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, now: Callable[[], float] | None = None
    ) -> None:
        self.limits: tuple[RateLimit, ...] = ()
        self.longest: float = 0
        self.costs: Mapping[str, int] = {}
        self._sleep, self._now = sleep, now or time.time
        self._sent: list[float] = []
        self._shut_until = 0.0

    def keep_to(self, limits: Iterable[RateLimit], longest: float) -> None:
        """Keep to what the profile tells, or else to what is known by now, and wait no longer than that at a time."""
        self.limits, self.longest = tuple(limits) or self.limits, longest

    def go_on(self, spent: Iterable[Spent]) -> None:
        """Go on where an earlier run has left it."""
        for each in spent:
            self.limits = (*(known for known in self.limits if known != each.limit), each.limit)
            last = each.until.timestamp() - each.limit.seconds - MARGIN
            self._sent += [last] * max(0, each.used - len(self._within(each.limit)))

    @property
    def long(self) -> tuple[RateLimit, ...]:
        """The limits whose windows are longer than the run waits: what they do not allow is for another run."""
        return tuple(limit for limit in self.limits if limit.seconds > self.longest)

    @property
    def room(self) -> int | None:
        """The token requests that may be sent by all long limits; None where there is none."""
        return min((limit.count - len(self._within(limit)) for limit in self.long), default=None)

    @property
    def spent(self) -> tuple[Spent, ...]:
        """What another run has to know."""
        return tuple(
            Spent(limit, len(self._within(limit)), datetime.fromtimestamp(self._free_from(limit), UTC))
            for limit in self.limits
        )

    @property
    def again_from(self) -> datetime:
        """When it makes sense to go on (UTC): no long limit holds requests back any more."""
        free = (self._free_from(limit) for limit in self.long)
        return datetime.fromtimestamp(max((self._now(), self._shut_until, *free)), UTC)

    def wait_for(self, requests: int) -> float:
        """The seconds until so many token requests fit, as far as a limit allows them at once."""
        waits = (self._wait(limit, min(requests, limit.count)) for limit in self.limits)
        return max((0.0, self._shut_until - self._now(), *waits))

    async def reach(self, requests: int) -> float:
        """Wait until so many token requests fit; gives the seconds that it took.

        Raises:
            Limited: it takes longer than the run waits.

        """
        waited = 0.0
        while (left := self.wait_for(requests)) > 0:
            if left > self.longest:
                raise Limited(self.reason)
            await self._sleep(left)
            waited += left
        return waited

    async def take(self) -> float:
        """Wait until one more token request may leave, and count it; gives the seconds that it took.

        Raises:
            Limited: it takes longer than the run waits.

        """
        waited = await self.reach(1)
        self._sent.append(self._now())
        return waited

    def heed(self, exchange: Exchange) -> None:
        """Learn from headers of an answer which limits there are, and of requests that somebody else has sent."""
        told = announced(exchange.answer, exchange.answered)
        for limit in told.limits if all(known.known_by != "profile" for known in self.limits) else ():
            self._learn(limit)
        if told.remaining is not None and len(self.limits) == 1:
            (limit,) = self.limits
            elsewhere = limit.count - told.remaining - len(self._within(limit))
            self._sent += [self._now()] * elsewhere

    def refused(self, seconds: float) -> None:
        """Learn from a 429 that no more requests are allowed for so many seconds."""
        self._shut_until = max(self._shut_until, self._now() + seconds)
        if not self.limits and len(self._sent) > 1:
            window = ceil(self._now() - self._sent[0] + seconds)
            self.limits = (RateLimit(len(self._sent) - 1, window, "met"),)

    @property
    def reason(self) -> str:
        """Why no more is sent, a sentence."""
        told = {"profile": "by the profile", "announced": "as its headers tell", "met": "as it seems"}
        known = (f"{limit}, {told[limit.known_by]}" for limit in self.long)
        allowed = f"the provider allows {' and '.join(known)}: " if self.long else ""
        return f"{allowed}what is left can be judged from {self.again_from:%Y-%m-%d %H:%M:%S} UTC on"

    def _learn(self, limit: RateLimit) -> None:
        """Know a limit by its count; a window that is told by its rest alone is as long as the longest rest."""
        known = next((each for each in self.limits if each.count == limit.count), None)
        if known is None and len(self.limits) < MOST_LIMITS:
            self.limits = (*(each for each in self.limits if each.known_by != "met"), limit)
        elif known is not None and known.seconds < limit.seconds:
            self.limits = tuple(limit if each == known else each for each in self.limits)

    def _within(self, limit: RateLimit) -> list[float]:
        since = self._now() - limit.seconds - MARGIN
        return sorted(at for at in self._sent if at > since)

    def _wait(self, limit: RateLimit, requests: int) -> float:
        within = self._within(limit)
        beyond = len(within) + requests - limit.count
        return within[beyond - 1] + limit.seconds + MARGIN - self._now() if beyond > 0 else 0.0

    def _free_from(self, limit: RateLimit) -> float:
        within = self._within(limit)
        return within[-1] + limit.seconds + MARGIN if within else self._now()
