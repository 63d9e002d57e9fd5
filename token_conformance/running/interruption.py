"""A run that is told to stop asks for nothing more, and keeps what it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic
from typing import Any, TypeVar

from token_conformance.verdict import Inconclusive

INTERRUPTED = "the run was interrupted"

PATIENCE = 5.0
"""Seconds that an answer is waited for which may hold the next refresh token of a stored session."""

GIVING_UP = 0.5
"""Seconds that what is given up may take to end."""

IN_HASTE = 1.0
"""Seconds that connections and browsers have to close after an interruption."""

_GLANCE = 0.02
"""Seconds between two looks at whether an answer has come."""

Result = TypeVar("Result")


class InterruptedRunError(Inconclusive):
    """The run was told to stop before this came to its end."""


class Interruption:
    """Whether the runs of a session were told to stop, by what (`by`), and whether that is since they found enough."""

    def __init__(self) -> None:
        self.by: str | None = None
        self.satisfied = False
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @property
    def asked(self) -> bool:
        """Whether they were."""
        return self.by is not None

    def ask(self, by: str) -> None:
        """Tell them; a handler of signals may do so at any moment."""
        self.by = self.by or by
        for event, loop in list(self._waiting.items()):
            with suppress(RuntimeError):  # a loop that has ended meanwhile
                loop.call_soon_threadsafe(event.set)

    def satisfy(self, by: str) -> None:
        """Tell them that enough was found: they stop as ever, and nobody has interrupted them."""
        self.satisfied = self.satisfied or self.by is None
        self.ask(by)

    def halt(self) -> None:
        """Let nothing more be sent once they were told to stop.

        Raises:
            InterruptedRunError: they were.

        """
        if self.asked:
            raise InterruptedRunError(INTERRUPTED)

    async def unless_asked(self, doing: Awaitable[Result], *, renewing: Callable[[], bool] = bool) -> Result:
        """What something comes to, which is given up as soon as the run is told to stop.

        Args:
            doing: to be done.
            renewing: whether an answer is under way without which a stored session would be lost: it is waited for.

        Raises:
            InterruptedRunError: it was given up.

        """
        task = asyncio.ensure_future(doing)
        with self._told() as told:
            stopping = asyncio.ensure_future(told.wait())
            try:
                await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
                await _unless_renewed(task, renewing)
                if task.done():
                    return task.result()
                raise InterruptedRunError(INTERRUPTED)
            finally:
                await _give_up(task, stopping)

    @asynccontextmanager
    async def hurrying(self) -> AsyncIterator[None]:
        """What is closed within: after an interruption in haste, whatever becomes of it."""
        with suppress(*([Exception] if self.asked else [])):
            async with asyncio.timeout(IN_HASTE if self.asked else None):
                yield

    @contextmanager
    def _told(self) -> Iterator[asyncio.Event]:
        """An event that is set when the run is told to stop, or has been."""
        event = asyncio.Event()
        self._waiting[event] = asyncio.get_running_loop()
        if self.asked:
            event.set()
        try:
            yield event
        finally:
            del self._waiting[event]


async def _unless_renewed(task: asyncio.Future[Any], renewing: Callable[[], bool]) -> None:
    """Wait for the answer that is under way to a task, as long as our patience goes."""
    end = monotonic() + PATIENCE
    while renewing() and not task.done() and monotonic() < end:
        await asyncio.wait({task}, timeout=_GLANCE)


async def _give_up(*tasks: asyncio.Future[Any]) -> None:
    """Cancel what is not done; what does not heed that is left alone."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=GIVING_UP)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # which marks it as seen
