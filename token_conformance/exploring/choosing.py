"""Chooses the next step: what was not seen yet comes first, alone, in pairs and in triples, in sessions that get deep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from token_conformance.exploring.acts import BEGINNINGS, LOOKS, OF_ACCESS_TOKENS, WAITS, Act, Relation, Step
from token_conformance.exploring.experience import Seen, Thing, Where
from token_conformance.exploring.performing import Stage
from token_conformance.exploring.sessions import Session

GOALS = ((8, 18), (2, 0), (3, 24), (1, 0), (7, 9), (4, 36))
"""How deep sessions get, and how much else is done in them, before anything is done to them that may end them."""

OF_OTHERS = {Act.LOGIN_FOR_LESS: (2, 4), Act.LOGIN_OF_ANOTHER_USER: (1, 0), Act.LOGIN_AT_ANOTHER_CLIENT: (1, 0)}
"""The same of sessions that are there so that others may suffer from what befalls them."""

BESIDE = 3
"""Living sessions that are kept beside each other, so that what befalls one can show at another."""

DEPTHS = (0, 1, 2, 3, 5, 7)
"""The depths that are told apart: each stands for those up to the next."""

LOOKED_AT = {0, 1, 3, 6, 8}
"""The depths at which it is looked what tokens are good for."""

WORTH = {
    "fresh": 5.0,
    "alone": 4.0,
    "deep": 1.5,
    "again": 2.0,
    "beside": 1.5,
    "bystander": 1.5,
    "after": 6.0,
    "aged": 1.5,
    "renewed": 2.0,
    "revived": 2.0,
}
"""What a thing not seen yet is worth, by what it is seen in."""

PAIR, AT_ONCE, TRIPLE = 0.35, 0.25, 0.02
"""What it is worth beside that a thing was not seen after another one, nor in the same generation, nor after two."""

ASIDE = 0.25
"""The part of that which a look at an older token has."""

ENDINGS = {Act.EXCHANGE: 7.0, Act.REVOKE: 6.0, Act.REFRESH: 6.0, Act.RACE: 5.0}
"""What it is worth beside to do to a deep session what may end it, where that is more than the others."""

LATE = 6.0
"""What it is worth less to present a code again that has expired meanwhile."""

PROGRESS = 2.5
"""What a refresh is worth beside in a session that is not deep yet."""

LOOKING = 0.5
"""The part of its worth that a look at a token has."""

FATIGUE = 1.0
"""What a step loses in worth each time that it was chosen in the same session since anything new was seen there."""

LOGIN = 4.0
"""What a further session is worth: more than what is hardly new."""

COSTS = {Act.AUTHORIZE: 1.0, Act.RACE: 1.0, **dict.fromkeys(BEGINNINGS, 2.0)}
"""Requests beyond the first."""

EVERY = {Act.WAIT: 15, Act.WAIT_LONG: 90}
"""Steps between two waits."""

FIRST = 40.0
"""What the first few sessions are worth before all else."""

AFTERMATH = 10
"""Steps in which it is seen what came of something."""

NEWEST = (Relation.NEWEST,)
OLDER = (Relation.NEWEST, Relation.PREVIOUS, Relation.FIRST, Relation.REVOKED)

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
    Act.REVOKE_ACCESS: (Relation.NEWEST, Relation.PREVIOUS),
    Act.FOREIGN_REVOKE: NEWEST,
    Act.FOREIGN_REVOKE_ACCESS: NEWEST,
    Act.INTROSPECT: (Relation.NEWEST, Relation.PREVIOUS, Relation.LOST),
    Act.INTROSPECT_ACCESS: OLDER,
    Act.FOREIGN_INTROSPECT: NEWEST,
    Act.USE: OLDER,
    Act.USERINFO: NEWEST,
}
"""The acts on the tokens at which they are tried first; chance tries them at all others."""

AFTERWARDS = frozenset({Act.REFRESH, Act.INTROSPECT, Act.INTROSPECT_ACCESS, Act.USE, Act.EXCHANGE})
"""What shows whether a session is over."""

UNTELLING = frozenset({Relation.PREVIOUS})
"""Of the access tokens of a session that may be over the first and the newest tell enough."""

ORDINARY = frozenset({Act.REFRESH, Act.NARROW, Act.WIDEN}) | LOOKS
"""What a client does in its own session, and no other one hears of."""

Sight = tuple[str, tuple[Hashable, ...]]
"""A thing to be seen: what it is seen in, and what it is."""


@dataclass
class Chooser:
    """Chooses steps by what was seen, and, among equals, by chance; the same seed chooses the same."""

    chance: Random
    seen: set[Sight] = field(default_factory=set)
    orders: Seen = field(default_factory=Seen)
    goals: dict[int, tuple[int, int]] = field(default_factory=dict)
    begun: int = 0
    steps: int = 0
    struck: int = 0
    waited: dict[Act, int] = field(default_factory=dict)
    chosen: Counter[tuple[int, Step]] = field(default_factory=Counter)

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
            self.goals[step.session] = OF_OTHERS.get(step.act, GOALS[self.begun % len(GOALS)])
            self.begun += step.act not in OF_OTHERS
            self.seen |= set(_of_beginning(step, stage))
            _note_elsewhere(stage, step)
        else:
            self._note_in_session(stage, step)

    def _note_in_session(self, stage: Stage, step: Step) -> None:
        session, thing = stage.session(step), Thing(step.act, step.relation)
        new = set(_sights(session, step, stage)) - self.seen
        self.chosen[id(session), step] += 1
        if new:
            self.chosen = Counter({key: times for key, times in self.chosen.items() if key[0] != id(session)})
        self.seen |= new
        self.orders.note(session.experience, thing)
        renews = step.act in {Act.REFRESH, Act.NARROW} and step.relation is Relation.NEWEST
        session.experience.note(thing, renews=renews)
        if step.act not in ORDINARY or session.may_end_by(step):
            _note_elsewhere(stage, step)

    def _worth(self, stage: Stage, step: Step) -> float:
        if step.act in WAITS:
            return 30.0 if self._is_time(step.act) else -30.0
        if step.act in BEGINNINGS:
            return self._worth_of_beginning(stage, step)
        session = stage.session(step)
        new = sum(WORTH[sight[0]] for sight in set(_sights(session, step, stage)) - self.seen)
        new *= LOOKING if session.struck_by is None and step.act in LOOKS - {Act.USE, Act.USERINFO} else 1.0
        tired = FATIGUE * self.chosen[id(session), step]
        return new + self._order(session, step) + self._patience(session, step) - COSTS.get(step.act, 0.0) - tired

    def _order(self, session: Session, step: Step) -> float:
        """What it is worth that a step was not done yet after what its session has gone through."""
        if session.struck_by is not None:
            return 0.0
        pairs, at_once, triples = self.orders.news(session.experience, Thing(step.act, step.relation))
        part = ASIDE if step.act in LOOKS and step.relation is not Relation.NEWEST else 1.0
        return part * (PAIR * pairs + AT_ONCE * at_once + TRIPLE * triples)

    def _is_time(self, act: Act) -> bool:
        """Whether enough was done since the last wait, and since what may have ended a session: tokens expire meanwhile."""
        busy = act is Act.WAIT_LONG and self.steps - self.struck < AFTERMATH
        return not busy and self.steps - self.waited.get(act, 0) >= EVERY[act]

    def _worth_of_beginning(self, stage: Stage, step: Step) -> float:
        living = sum(session.struck_by is None for session in stage.sessions.values())
        new = sum(WORTH[sight[0]] for sight in set(_of_beginning(step, stage)) - self.seen)
        usual = 1.5 if step.act is Act.LOGIN and not stage.sessions else 0.0
        if step.act is Act.LOGIN and 0 < len(stage.sessions) < BESIDE and self.begun < BESIDE:
            usual = FIRST  # that sessions live beside each other is what refusals after later logins are held against
        return usual + LOGIN + new / 2 - COSTS[step.act] + (10.0 if living == 0 else 4.0 if living < BESIDE else -3.0)

    def _patience(self, session: Session, step: Step) -> float:
        """Sessions go through much before what may end them; then that is what they are for."""
        if session.struck_by is not None:
            return _order_of_looks(session, step)
        depth, deeds = self.goals.get(session.number, (0, 0))
        deep, versed = session.depth >= depth, len(session.befell) >= deeds
        if session.may_end_by(step):
            late = session.aged and step.act is Act.EXCHANGE  # a code that has expired shows nothing
            return ENDINGS.get(step.act, 3.0) - (LATE if late else 0.0) if deep and versed else -20.0
        if step.act is Act.REFRESH:
            return PROGRESS if not deep else 0.0
        return -6.0 if versed and step.act not in LOOKS else 0.0


def _order_of_looks(session: Session, step: Step) -> float:
    """What may be over is asked for its newest tokens first: a reuse would end it for another reason."""
    if step.act is not Act.REFRESH:
        return 1.0 if step.act is Act.USE else 0.0
    return 2.0 if step.relation is Relation.NEWEST else 0.0 if session.over else -6.0


def _note_elsewhere(stage: Stage, step: Step) -> None:
    """Have the other sessions know of what was done in one."""
    for other in stage.sessions.values():
        if other.number != step.session:
            other.experience.note(Thing(step.act, step.relation, _where(stage, step, other)))


def _where(stage: Stage, step: Step, other: Session) -> Where:
    session = stage.sessions.get(step.session)
    by = session.begun_by if session is not None else step.act
    if (by is Act.LOGIN_OF_ANOTHER_USER) != (other.begun_by is Act.LOGIN_OF_ANOTHER_USER):
        return "by another user"
    elsewhere = (by is Act.LOGIN_AT_ANOTHER_CLIENT) != (other.begun_by is Act.LOGIN_AT_ANOTHER_CLIENT)
    return "at another client" if elsewhere else "in another session"


def _is_begun(stage: Stage) -> bool:
    return stage.latest is not None and stage.latest[0].act in BEGINNINGS


def _steps(stage: Stage) -> Iterator[Step]:
    """What tells something where a story has come to."""
    yield from (Step(act) for act in sorted(WAITS))
    yield from (Step(act, len(stage.sessions)) for act in sorted(BEGINNINGS))
    for session in stage.sessions.values():
        for act, relations in TELLING.items():
            if session.struck_by is None:
                yield from (Step(act, session.number, relation) for relation in relations)
            elif act in AFTERWARDS:
                told = set(relations) - (UNTELLING if act in OF_ACCESS_TOKENS else set())
                yield from (Step(act, session.number, relation) for relation in sorted(told))


def _of_beginning(step: Step, stage: Stage) -> Iterator[Sight]:
    yield "alone", (step.act,)
    struck = {each.struck_by for each in stage.sessions.values() if each.struck_by is not None}
    yield from (("beside", (step.act, each)) for each in struck)


def _sights(session: Session, step: Step, stage: Stage) -> Iterator[Sight]:
    """What a step shows: the act by itself, at its depth, once more, and after what befell its session, or others."""
    what = (step.act, step.relation)
    if session.struck_by is not None:
        yield from _aftermath(session, step, stage)
        return
    yield "alone", (what, session.exchanged)
    if step.relation is Relation.REVOKED:
        yield "after", (what, session.revoked_by)
    if step.act in LOOKS:
        yield from _of_looks(session, step)
    else:
        yield "deep", (what, max(depth for depth in DEPTHS if depth <= session.depth))
        if (times := session.befell.count(what)) < 2:
            yield "again", (what, times)
    if session.aged and step.act is Act.REFRESH:
        yield "aged", (what,)
    if stage.latest is None or step.relation is not Relation.NEWEST:
        return
    if step.act is Act.REFRESH:
        elsewhere = (each for each in session.experience.recent if each.where != "here")
        yield from (("bystander", (each, session.depth > 0)) for each in elsewhere)
    latest, other = stage.latest
    if other is not session:
        alike = (session.client == other.client, session.begun_by is other.begun_by)
        yield "beside", (what, (latest.act, latest.relation), alike)


def _of_looks(session: Session, step: Step) -> Iterator[Sight]:
    """What is told of the first tokens is what later ones are held against; and looking once more changes nothing."""
    what = (step.act, step.relation)
    if session.depth == 0:
        yield "fresh", (what,)
    if session.depth in LOOKED_AT:
        yield "deep", (what, session.depth)
    if (times := session.experience.times[Thing(*what)]) < 4:
        yield "again", (what, times, min(session.depth, 2) if times == 1 else session.depth > 0)


def _aftermath(session: Session, step: Step, stage: Stage) -> Iterator[Sight]:
    """What became of a session that may be over: of its tokens, later on, and once its user has logged in again."""
    what, struck_by = (step.act, step.relation), session.struck_by
    if struck_by is None:
        return
    older = step.act in OF_ACCESS_TOKENS and step.relation in {Relation.PREVIOUS, Relation.FIRST}
    ended_by = session.revoked_by if step.relation is Relation.REVOKED else struck_by
    yield "after", (what, struck_by[0] if older else ended_by)
    if what == struck_by:
        yield "again", (what, struck_by)
    if session.aged and step.act is Act.REFRESH:
        yield "aged", (what, struck_by[0])
    if what in {(Act.REFRESH, Relation.NEWEST), (Act.INTROSPECT, Relation.NEWEST)} and _is_begun(stage):
        yield "renewed", (what, struck_by[0])
