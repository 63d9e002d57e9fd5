"""An exploration of requests: what was kept first, then each change by itself, then several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from hypothesis import strategies as st

from token_conformance.exploring.requests.drawing import one_at_a_time, several
from token_conformance.exploring.requests.found import ExploredRequests, FoundRequest, Kind
from token_conformance.exploring.requests.hunting import Hunt
from token_conformance.exploring.requests.mutation import Grant, Mutation, One, ways
from token_conformance.exploring.requests.table import rows
from token_conformance.exploring.requests.trying import SpentError, Trial, Trying
from token_conformance.provider import Provider

SLOW = 1.0
"""Seconds of an answer that are worth a word."""

FROM_SMALL_TO_LARGE = {"long-value": (2, 1, 0, 3)}
"""Ways of a row that differ in size alone."""

Heed = Callable[[int, int, int], None]
"""Told the requests that were sent, how many there may be, and how many findings there are."""


@dataclass
class RequestExploration:
    """Explores the token requests of one provider within a number of requests, by a seed."""

    provider: Provider
    requests: int
    seed: int
    heed: Heed
    kept: tuple[Mutation, ...] = ()
    shown: list[tuple[Trial, FoundRequest]] = field(default_factory=list)
    cut_short: str | None = None

    def __post_init__(self) -> None:
        self.trying = Trying(self.provider, self.requests)
        self.trying.heed = lambda sent: self.heed(sent, self.requests, len(self.shown))
        self._random = Random(self.seed)  # noqa: S311 - nothing secret is drawn

    @property
    def explored(self) -> ExploredRequests:
        """What came of it so far."""
        trials = self.trying.tried.values()
        slowest = max(trials, key=lambda each: each.exchange.seconds, default=None)
        slow = slowest if slowest is not None and slowest.exchange.seconds > SLOW else None
        return ExploredRequests(
            found=tuple(self.trying.counted(found) for _, found in self.shown),
            tried=len(trials),
            requests=self.trying.sent,
            logins=self.provider.logins.by_scenario[self.provider.wire.scenario],
            seed=self.seed,
            slowest=(slow.exchange.seconds, slow.what) if slow is not None else None,
            cut_short=self.cut_short,
        )

    @property
    def mutations(self) -> tuple[Mutation, ...]:
        """The mutations that showed what was found."""
        return tuple(dict.fromkeys(trial.mutation for trial, _ in self.shown))

    async def run(self) -> ExploredRequests:
        """Explore until the requests are spent, or nothing is left that could be tried."""
        try:
            for mutation in self.kept:
                await self._look(await self.trying.attempt(mutation))
            changes = await self._changes()
            for each in _spaces(changes):
                await self._exhaust(one_at_a_time(each), len(each), fewer=False)
            await self._combine(changes)
        except SpentError as problem:
            self.cut_short = str(problem) or None
        return self.explored

    async def _changes(self) -> Mapping[Grant, tuple[One, ...]]:
        """What can be changed in a good request of each grant."""
        found = {}
        for grant in self.trying.goods.grants:
            draft = await self.trying.draft(grant)
            if draft is not None:
                found[grant] = tuple(one for row in rows().values() for one in ways(draft, row))
        return found

    async def _combine(self, changes: Mapping[Grant, Sequence[One]]) -> None:
        """Try several changes at once, as long as anything new comes of it."""
        tried = -1
        while changes and len(self.trying.tried) > tried:
            tried = len(self.trying.tried)
            await self._exhaust(several(changes), self.requests, fewer=True)

    async def _exhaust(self, strategy: st.SearchStrategy[Mutation], most: int, *, fewer: bool) -> None:
        """Draw until nothing new is shown.

        Raises:
            SpentError: there is no room for another request.

        """
        while True:
            hunt = Hunt(self.trying)
            await hunt.run(strategy, most, self._random.randrange(2**32), fewer=fewer)
            await self._look(hunt.smallest)
            if hunt.spent is not None:
                raise hunt.spent
            if hunt.smallest is None:
                return

    async def _look(self, trial: Trial | None) -> None:
        """Have a trial that shows something repeated, and keep what is new in it."""
        if trial is None or not self.trying.news(trial):
            return
        trial = await self._smaller(trial)
        repeats = await self.trying.again(trial)
        new = self.trying.news(trial)
        if repeats is False and all(each.kind is not Kind.SERVED for each in new):
            self.trying.forget(trial)
            return
        for each in new:
            found = FoundRequest(each, trial.mutation.grant.told, trial.changes, trial.exchange, trial.control, repeats)
            self.shown.append((trial, found))
            self.trying.known.add(each.requirement)

    async def _smaller(self, trial: Trial) -> Trial:
        """The trial, or one of the same with a value of less size that shows the same."""
        (row, *others), grant = trial.mutated.rows, trial.mutation.grant
        if others or len(trial.mutation.ones) > 1:
            return trial
        ways = FROM_SMALL_TO_LARGE.get(row.name, ())
        here = trial.mutation.ones[0].way
        for way in ways[: ways.index(here)] if here in ways else ():
            try:
                less = await self.trying.attempt(Mutation(grant, (One(row.number, way),)))
            except SpentError:
                break
            if less is not None and trial.repeats(less):
                return less
        return trial


def _spaces(changes: Mapping[Grant, Sequence[One]]) -> Iterator[list[Mutation]]:
    """Single changes: of each row the first one, then all in the requests of one grant after the other."""
    every = [Mutation(grant, (one,)) for grant, ones in changes.items() for one in ones]
    first = {each.ones[0].row: each for each in reversed(every)}
    yield from filter(
        None, ([*first.values()], *([each for each in every if each.grant is grant] for grant in changes))
    )
