"""An exploration: stories that were kept are tried first, then what was least seen; what disagrees is made short."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from token_conformance.exploring.acts import BEGINNINGS, Act, Story
from token_conformance.exploring.choosing import Chooser
from token_conformance.exploring.found import Explored, Found
from token_conformance.exploring.judging import Judge
from token_conformance.exploring.performing import Stage
from token_conformance.exploring.shrinking import concerning, renumbered, shortest
from token_conformance.exploring.varying import varied
from token_conformance.oracle.endpoints import addresses
from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Watched
from token_conformance.oracle.stories import story as story_of
from token_conformance.provider import Provider
from token_conformance.verdict import NotJudged

MADE_UP = "token-conformance-made-up"
"""What no server has handed over as an access token."""

LOOK_EVERY = 20
"""Requests after which the oracle looks at what came of them."""

MOST_SESSIONS = 12
"""Sessions of a stretch, after which another one begins with new logins."""

GOING_ON = BEGINNINGS | {Act.EXCHANGE, Act.REFRESH}
"""How sessions begin, and get deep."""

SHARE = 0.2
"""The part of all requests that one story may take to be made short, and at least that many."""

FEWEST = 50

VARIED = 0.1
"""The part of all requests that hypothesis may take at a time to vary stories, and at least as many."""

Heed = Callable[[int, int, int], None]
"""Told the requests that were sent, how many there may be, and how many stories were found."""


def _unheeded(sent: int, most: int, found: int) -> None:
    """Tell nobody."""


@dataclass
class Exploration:
    """Explores one provider with so many requests, shrinking among them, by a seed.

    Up to `varied_from` requests all is enumerated; after that hypothesis varies what was done between two stretches.
    """

    provider: Provider
    requests: int
    seed: int
    heed: Heed = _unheeded
    kept: tuple[Story, ...] = ()
    until_found: bool = False
    varied_from: int = 400
    found: dict[str, Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        profile, endpoint = self.provider.profile, self.provider.discovery
        known = [endpoint.exchange] if endpoint.exchange is not None else []
        token_endpoint = endpoint.metadata.get("token_endpoint")
        self._judge = Judge(
            profile, addresses(profile, known, token_endpoint if isinstance(token_endpoint, str) else None)
        )
        self.chooser = Chooser(Random(self.seed))  # noqa: S311 - nothing secret is drawn
        self._impossible: dict[Act, str] = {}
        self._stages: list[Stage] = []
        self._looked = 0

    @property
    def sent(self) -> int:
        """The requests that were sent so far."""
        return len(self.provider.wire.exchanges)

    @property
    def is_over(self) -> bool:
        """Whether its requests are spent."""
        return self.sent >= self.requests or (self.until_found and bool(self.found))

    @property
    def explored(self) -> Explored:
        """What came of it so far."""
        logins = self.provider.logins.by_scenario[self.provider.wire.scenario]
        return Explored(tuple(self.found.values()), self.sent, logins, self.seed)

    async def run(self) -> Explored:
        """Explore until the requests are spent, or nothing is left that could be done."""
        await self._look_around()
        for story in self.kept:
            if not self.is_over:
                await self._stage(self.requests).play(story)
                await self._look()
        while not self.is_over and await self._stretch():
            if self.sent >= self.varied_from and not self.is_over:
                await self._vary()
        return self.explored

    async def violated_by(self, story: Story) -> frozenset[str]:
        """The requirements that are violated when a story is played."""
        await self._stage(self.requests).play(story)
        history = self._judge.history(self.provider.wire.exchanges)
        return frozenset(each.requirement for each in self._judge.disagreements(history) if each.requirement)

    async def _look_around(self) -> None:
        """See whether resources refuse what is no access token: then it tells something that they take one."""
        for look in (self.provider.resource, self.provider.userinfo):
            with suppress(NotJudged):
                await look(MADE_UP)

    async def _vary(self) -> None:
        """Have hypothesis vary what was done in the last sessions, with some of the requests."""
        until = min(self.requests, self.sent + max(int(self.requests * VARIED), FEWEST))
        whole = [each.step for each in self._stages[-1].done if each.step.act not in self._impossible]
        numbers = dict.fromkeys(step.session for step in whole if step.act in BEGINNINGS)
        stories = [renumbered(concerning(tuple(whole), frozenset({number}))) for number in numbers]

        known, sought = {*self.found}, set[str]()

        async def attempt(story: Story) -> bool:
            stage, began = self._stage(until), self.sent
            if began >= until or self.is_over:
                return False
            await stage.play(story)
            shown = self._shown(began, lambda id_: id_ in sought if sought else id_ not in known)
            if shown is None:
                return False
            requirement, steps = shown[0].requirement or "", tuple(each.step for each in stage.done)
            self.found[requirement] = Found(requirement, steps, *shown, repeats=True if sought else None)
            sought.add(requirement)
            return True

        await varied(stories, attempt, self.chooser.chance.getrandbits(32))

    async def _stretch(self) -> bool:
        """Perform what shows most, with several sessions beside each other; whether anything was asked for."""
        stage, began = self._stage(self.requests), self.sent
        while not self.is_over and not stage.cut and len(stage.sessions) <= MOST_SESSIONS:
            step = self.chooser.choose(stage)
            if step is None:
                break
            await stage.perform(step)
            self.heed(self.sent, self.requests, len(self.found))
            if self.sent - self._looked >= LOOK_EVERY:
                await self._look()
        await self._look()
        return self.sent > began and not stage.cut

    def _stage(self, until: int) -> Stage:
        stage = Stage(self.provider, self._impossible, until=until)
        self._stages.append(stage)
        return stage

    async def _look(self) -> None:
        """Have all be judged that was done, and make short what is new in it."""
        history = self._judge.history(self.provider.wire.exchanges)
        new: dict[str, Judgement] = {}
        for judgement in self._judge.disagreements(history):
            if judgement.requirement not in self.found:
                new.setdefault(judgement.requirement or "", judgement)
        for requirement, judgement in new.items():
            await self._follow_up(requirement, judgement, history)
        self._looked = self.sent

    async def _follow_up(self, requirement: str, judgement: Judgement, history: Watched) -> None:
        whole, guess = self._stories(judgement, history)
        latest = Found(requirement, whole, judgement, history, None)
        self.found[requirement] = latest
        if not whole or self.until_found:
            return
        until = min(self.requests, self.sent + max(int(self.requests * SHARE), FEWEST))

        async def attempt(story: Story) -> bool | None:
            nonlocal latest
            began, fresh = self.sent, self._stage(until)
            await fresh.play(story)
            again = self._shown(began, lambda id_: id_ == requirement)
            if again is None:
                return None if fresh.cut else False
            latest = Found(requirement, tuple(each.step for each in fresh.done), *again, repeats=True)
            return True

        short, repeated = await shortest(whole, guess, attempt)
        self.found[requirement] = latest if repeated else Found(requirement, short, judgement, history, repeated)

    def _shown(self, began: int, wanted: Callable[[str], bool]) -> tuple[Judgement, Watched] | None:
        """The first judgement on what was done since then that shows a violation of a requirement that is wanted."""
        exchanges = self.provider.wire.exchanges
        history, late = self._judge.history(exchanges), {exchange.id for exchange in exchanges[began:]}
        found = (each for each in self._judge.disagreements(history) if wanted(each.requirement or ""))
        again = next((each for each in found if each.event.id in late), None)
        return (again, history) if again is not None else None

    def _stories(self, judgement: Judgement, history: Watched) -> tuple[Story, Story]:
        """What was done to the sessions which a judgement is about, up to the answer itself, and what of it may be enough.

        That is how the sessions went on, and what the judgement names.
        """
        places = {exchange.id: place for place, exchange in enumerate(self.provider.wire.exchanges)}
        end = places[judgement.event.id]
        stage = next((each for each in self._stages if any(end in done.exchanges for done in each.done)), None)
        if stage is None:
            return (), ()
        done = [each for each in stage.done if each.exchanges.start <= end and each.step.act not in self._impossible]
        concerned = {places[step.exchange] for step in story_of(judgement, history)}
        sessions = frozenset(each.step.session for each in done if not concerned.isdisjoint(each.exchanges))
        whole = concerning(tuple(each.step for each in done), sessions)
        named = {places[event.id] for event in judgement.culprits}
        steps = {each.step for each in done if not named.isdisjoint(each.exchanges)}
        return whole, tuple(step for step in whole[:-1] if step.act in GOING_ON or step in steps) + whole[-1:]
