"""Chooses the next step: pairs and triples of acts that were not seen yet come first, those of deep sessions among them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from token_conformance.exploring.acts import BEGINNINGS, LOOKS, WAITS, Act, Relation, Step
from token_conformance.exploring.performing import Stage
from token_conformance.exploring.sessions import Session

GOALS = (8, 2, 7, 1)
"""How deep sessions get before anything is done to them that may end them."""

BESIDE = 3
"""Living sessions that are kept beside each other, so that what befalls one can show at another."""

DEPTHS = (0, 1, 2, 3, 5, 7)
"""The depths that are told apart: each stands for those up to the next."""

LOOKED_AT = {0, 1, 3, 6, 8}
"""The depths at which it is looked what tokens are good for."""

WORTH = {
    "alone": 4.0,
    "deep": 1.5,
    "again": 3.0,
    "pair": 3.0,
    "triple": 1.0,
    "beside": 1.5,
    "after": 4.0,
    "aged": 1.5,
    "renewed": 2.0,
}
"""What a thing not seen yet is worth, by what it is seen in."""

ENDINGS = {Act.EXCHANGE: 7.0, Act.REVOKE: 6.0, Act.REFRESH: 6.0, Act.RACE: 5.0}
"""What it is worth beside to do to a deep session what may end it, where that is more than the others."""

PROGRESS = 2.5
"""What a refresh is worth beside in a session that is not deep yet."""

LOOKING = 0.5
"""The part of its worth that a look at a token has."""

LOGIN = 4.0
"""What a further session is worth: more than what is hardly new."""

COSTS = {Act.AUTHORIZE: 1.0, Act.RACE: 1.0, **dict.fromkeys(BEGINNINGS, 2.0)}
"""Requests beyond the first."""

EVERY = {Act.WAIT: 15, Act.WAIT_LONG: 60}
"""Steps between two waits."""

AFTERMATH = 10
"""Steps in which it is seen what came of something."""

NEWEST = (Relation.NEWEST,)
OLDER = (Relation.NEWEST, Relation.PREVIOUS, Relation.FIRST)

TELLING: Mapping[Act, tuple[Relation, ...]] = {
    Act.EXCHANGE: NEWEST,
    Act.REFRESH: tuple(Relation),
    Act.NARROW: NEWEST,
    Act.WIDEN: NEWEST,
    Act.RACE: NEWEST,
    Act.LOSE: NEWEST,
    Act.FOREIGN_REFRESH: (Relation.NEWEST, Relation.PREVIOUS),
    Act.FOREIGN_EXCHANGE: NEWEST,
    Act.REVOKE: (Relation.NEWEST, Relation.PREVIOUS),
    Act.REVOKE_ACCESS: OLDER,
    Act.FOREIGN_REVOKE: NEWEST,
    Act.INTROSPECT: (Relation.NEWEST, Relation.PREVIOUS, Relation.LOST),
    Act.INTROSPECT_ACCESS: OLDER,
    Act.FOREIGN_INTROSPECT: NEWEST,
    Act.USE: OLDER,
    Act.USERINFO: NEWEST,
}
"""The acts on the tokens at which they are tried first; chance tries them at all others."""

AFTERWARDS = frozenset({Act.REFRESH, Act.INTROSPECT, Act.INTROSPECT_ACCESS, Act.USE, Act.EXCHANGE})
"""What shows whether a session is over."""

Sight = tuple[str, tuple[Hashable, ...]]
"""A thing to be seen: what it is seen in, and what it is."""


@dataclass
class Chooser:
    """Chooses steps by what was seen, and, among equals, by chance; the same seed chooses the same."""

    chance: Random
    seen: set[Sight] = field(default_factory=set)
    goals: dict[int, int] = field(default_factory=dict)
    steps: int = 0
    struck: int = 0
    waited: dict[Act, int] = field(default_factory=dict)

    def choose(self, stage: Stage) -> Step | None:
        """The step that shows most; None where nothing can be done."""
        possible = [step for step in _steps(stage) if stage.is_possible(step)]
        if not possible:
            return None
        chosen = max(possible, key=lambda step: self._worth(stage, step) + self.chance.random())
        self._note(stage, chosen)
        return chosen

    def _note(self, stage: Stage, step: Step) -> None:
        self.steps += 1
        if step.session in stage.sessions and stage.session(step).may_end_by(step):
            self.struck = self.steps
        if step.act in WAITS:
            self.waited[step.act] = self.steps
        elif step.act in BEGINNINGS:
            self.goals[step.session] = GOALS[step.session % len(GOALS)]
            self.seen |= set(_of_beginning(step, stage))
        else:
            self.seen |= set(_sights(stage.session(step), step, stage))

    def _worth(self, stage: Stage, step: Step) -> float:
        if step.act in WAITS:
            return 30.0 if self._is_time(step.act) else -30.0
        if step.act in BEGINNINGS:
            return self._worth_of_beginning(stage, step)
        session = stage.session(step)
        new = sum(WORTH[sight[0]] for sight in set(_sights(session, step, stage)) - self.seen)
        new *= LOOKING if step.act in LOOKS - {Act.USE, Act.USERINFO} else 1.0
        return new + self._patience(session, step) - COSTS.get(step.act, 0.0)

    def _is_time(self, act: Act) -> bool:
        """Whether enough was done since the last wait, and since what may have ended a session: tokens expire meanwhile."""
        busy = act is Act.WAIT_LONG and self.steps - self.struck < AFTERMATH
        return not busy and self.steps - self.waited.get(act, 0) >= EVERY[act]

    def _worth_of_beginning(self, stage: Stage, step: Step) -> float:
        living = sum(session.struck_by is None for session in stage.sessions.values())
        new = sum(WORTH[sight[0]] for sight in set(_of_beginning(step, stage)) - self.seen)
        usual = 1.5 if step.act is Act.LOGIN and not stage.sessions else 0.0
        return usual + LOGIN + new / 2 - COSTS[step.act] + (10.0 if living == 0 else 4.0 if living < BESIDE else -3.0)

    def _patience(self, session: Session, step: Step) -> float:
        """Sessions are led to their depth before what may end them; then that is what they are for."""
        if session.struck_by is not None:
            return _order_of_looks(session, step)
        deep = session.depth >= self.goals.get(session.number, 0)
        if session.may_end_by(step):
            return ENDINGS.get(step.act, 3.0) if deep else -20.0
        return PROGRESS if step.act is Act.REFRESH and not deep else 0.0


def _order_of_looks(session: Session, step: Step) -> float:
    """What may be over is asked for its newest tokens first: a reuse would end it for another reason."""
    if step.act is not Act.REFRESH:
        return 1.0 if step.act is Act.USE else 0.0
    return 2.0 if step.relation is Relation.NEWEST else 0.0 if session.over else -6.0


def _is_begun(stage: Stage) -> bool:
    return stage.latest is not None and stage.latest[0].act in BEGINNINGS


def _steps(stage: Stage) -> Iterator[Step]:
    """What tells something where a story has come to."""
    yield from (Step(act) for act in sorted(WAITS))
    yield from (Step(act, len(stage.sessions)) for act in sorted(BEGINNINGS))
    for session in stage.sessions.values():
        for act, relations in TELLING.items():
            if session.struck_by is None or act in AFTERWARDS:
                yield from (Step(act, session.number, relation) for relation in relations)


def _of_beginning(step: Step, stage: Stage) -> Iterator[Sight]:
    yield "alone", (step.act,)
    struck = {each.struck_by for each in stage.sessions.values() if each.struck_by is not None}
    yield from (("beside", (step.act, each)) for each in struck)


def _sights(session: Session, step: Step, stage: Stage) -> Iterator[Sight]:
    """What a step shows: the act by itself, at its depth, once more, and after what befell its session, or others."""
    what = (step.act, step.relation)
    if session.struck_by is not None:
        yield "after", (what, session.struck_by)
        if session.aged and step.act is Act.REFRESH:
            yield "aged", (what, session.struck_by[0])
        if step in {Step(Act.REFRESH, session.number), Step(Act.INTROSPECT, session.number)} and _is_begun(stage):
            yield "renewed", (what, session.struck_by[0])
        return
    yield "alone", (what, session.exchanged)
    if step.act not in LOOKS or session.depth in LOOKED_AT:
        yield "deep", (what, max(depth for depth in DEPTHS if depth <= session.depth))
    if step.act not in LOOKS and (times := session.befell.count(what)) < 2:
        yield "again", (what, times)
    yield from _after_others(session, what, stage)


def _after_others(session: Session, what: tuple[Act, Relation], stage: Stage) -> Iterator[Sight]:
    if session.befell:
        yield "pair", (what, session.befell[-1])
        yield "triple", (what, tuple(session.befell[-2:]))
    if stage.latest is None or what[1] is not Relation.NEWEST:
        return
    latest, other = stage.latest
    if other is not session:
        alike = (session.client == other.client, session.begun_by is other.begun_by)
        yield "beside", (what, (latest.act, latest.relation), alike)
