"""What sessions have gone through: which thing, which two in this order, which three, whatever came between."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from token_conformance.exploring.acts import Act, Relation

Where = Literal["here", "in another session", "at another client", "by another user"]


class Thing(NamedTuple):
    """Something that was done, as seen from a session: in it, or elsewhere."""

    act: Act
    relation: Relation
    where: Where = "here"


@dataclass
class Experience:
    """What one session has gone through: things, pairs of them in their order, and what came
    since it was renewed last, each so many times.
    """

    things: set[Thing] = field(default_factory=set)
    pairs: set[tuple[Thing, Thing]] = field(default_factory=set)
    recent: set[Thing] = field(default_factory=set)
    times: Counter[Thing] = field(default_factory=Counter)

    def note(self, thing: Thing, *, renews: bool = False) -> None:
        """Remember what was just done."""
        self.pairs |= {(each, thing) for each in self.things}
        self.things.add(thing)
        if renews:
            self.recent, self.times = set(), Counter()
        self.recent.add(thing)
        self.times[thing] += 1


@dataclass
class Seen:
    """What was seen in any session: after which things, and pairs of them, each thing came."""

    pairs: dict[Thing, set[Thing]] = field(default_factory=lambda: defaultdict(set))
    at_once: dict[Thing, set[Thing]] = field(default_factory=lambda: defaultdict(set))
    triples: dict[Thing, set[tuple[Thing, Thing]]] = field(default_factory=lambda: defaultdict(set))

    def news(self, experience: Experience, thing: Thing) -> tuple[int, int, int]:
        """How many pairs a thing would make that were not seen, how many within one generation, and how many triples."""
        return (
            len(experience.things - self.pairs[thing]),
            len(experience.recent - self.at_once[thing]),
            len(experience.pairs - self.triples[thing]),
        )

    def note(self, experience: Experience, thing: Thing) -> None:
        """Remember what a thing has made, before its session does."""
        self.pairs[thing] |= experience.things
        self.at_once[thing] |= experience.recent
        self.triples[thing] |= experience.pairs
