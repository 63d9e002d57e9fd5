"""One drawing: hypothesis draws in a thread of its own, and waits there for the answers that the run's loop gets."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

from hypothesis import strategies as st

from token_conformance.exploring.requests.drawing import draw
from token_conformance.exploring.requests.found import Disagreement, Kind
from token_conformance.exploring.requests.mutation import Mutation
from token_conformance.exploring.requests.trying import SpentError, Trial, Trying

SHARE = 0.2
"""The part of all requests that may go into making one mutation smaller."""

FEWEST = 20
"""And at least so many."""


class Over(BaseException):
    """Nothing more is to be tried: it ends hypothesis, which takes any Exception for what it looks for."""


@dataclass
class Hunt:
    """Looks for the smallest trial that shows something new.

    `spent` tells that there was no room for another request.
    """

    trying: Trying
    smallest: Trial | None = None
    spent: SpentError | None = None
    _kind: Kind | None = None
    _until: int = 0
    _ended: bool = False
    _under_way: Future[Trial | None] | None = field(default=None, repr=False)

    async def run(self, strategy: st.SearchStrategy[Mutation], most: int, seed: int, *, fewer: bool) -> None:
        """Draw so many times at most, by a seed; with `fewer`, go on with less of what showed something."""
        loop = asyncio.get_running_loop()

        def drawing() -> None:
            try:
                draw(strategy, most, seed, lambda mutation: self._shows(loop, mutation), fewer=fewer)
            except Over:
                return

        try:
            await asyncio.to_thread(drawing)
        finally:
            self._end()

    def _end(self) -> None:
        """Have the thread come to its end, where the run is told to stop."""
        self._ended = True
        if self._under_way is not None:
            self._under_way.cancel()

    def _shows(self, loop: asyncio.AbstractEventLoop, mutation: Mutation) -> bool:
        """Whether a mutation shows something; asked by the thread."""
        if self._ended or (self.smallest is not None and self.trying.sent > self._until):
            raise Over
        self._under_way = asyncio.run_coroutine_threadsafe(self.trying.attempt(mutation), loop)
        try:
            trial = self._under_way.result()
        except SpentError as problem:
            self.spent = problem
            raise Over from None
        except CancelledError:
            raise Over from None
        return trial is not None and self._heed(trial)

    def _heed(self, trial: Trial) -> bool:
        """Whether a trial shows something of the kind that was shown first; the smallest one is remembered."""
        new = [each for each in self.trying.news(trial) if self._kind in {None, each.kind}]
        if not new:
            return False
        if self.smallest is None:
            self._aim_at(new[0])
        if self.smallest is None or len(trial.changes) <= len(self.smallest.changes):
            self.smallest = trial
        return True

    def _aim_at(self, disagreement: Disagreement) -> None:
        self._kind = disagreement.kind
        self._until = self.trying.sent + max(int(self.trying.requests * SHARE), FEWEST)
