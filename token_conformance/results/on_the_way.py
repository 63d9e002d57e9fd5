"""What the oracle forbids in the exchanges of a run, and no check has told: findings of their own, each with its story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from token_conformance.judging.causes import Catalogue
from token_conformance.judging.habit import habit_of
from token_conformance.judging.requirement import Requirement
from token_conformance.judging.violation import counts
from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Watched
from token_conformance.oracle.stories import Step, story
from token_conformance.profile.models import Profile
from token_conformance.results.causes import RED
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from token_conformance.results.results import CheckResult


@dataclass(frozen=True)
class SeenOnTheWay:
    """An answer that no history allows: the requirement that it violates, and what led to it.

    `times` counts the answers that violate it; the story is that of the first.
    """

    requirement: str
    verdict: Verdict
    level: str
    clause: str
    message: str
    exchange: str
    times: int
    story: tuple[Step, ...]

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The exchanges that the story names."""
        return tuple(dict.fromkeys(step.exchange for step in self.story))

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {
            "requirement": self.requirement,
            "verdict": self.verdict.value,
            "level": self.level,
            "clause": self.clause,
            "message": self.message,
            "exchange": self.exchange,
            "times": self.times,
            "story": [{"exchange": step.exchange, "seconds": step.seconds, "told": step.told} for step in self.story],
        }


def seen_on_the_way(
    histories: Iterable[Watched],
    exchanges: Iterable[Exchange],
    checks: Sequence[CheckResult],
    profile: Profile,
    causes: Catalogue,
    requirements: Mapping[str, Requirement],
) -> tuple[SeenOnTheWay, ...]:
    """What the oracle forbids and no red check tells, by requirement, the failures first."""
    told = _told(checks, profile, causes)
    by_id = {exchange.id: exchange for exchange in exchanges}
    found: dict[str, SeenOnTheWay] = {}
    for history in histories:
        for judgement in own_faults(history):
            id_, exchange = judgement.requirement or "", by_id[judgement.event.id]
            stated = requirements.get(id_)
            if stated is None or not profile.counts(stated.claims):
                continue  # what belongs to claims that nobody makes is no finding
            if id_ in told or causes.key(id_, habit_of([exchange])) in told:
                continue
            known = found.get(id_)
            if known is not None:
                found[id_] = replace(known, times=known.times + 1)
            else:
                found[id_] = _finding(judgement, history, stated, profile)
    return tuple(sorted(found.values(), key=lambda each: RED.index(each.verdict)))


def own_faults(history: Watched) -> Iterator[Judgement]:
    """The forbidden answers but for refusals in a session in which something was forbidden before: they may follow from it."""
    broken = set()
    for judgement in history.forbidden:
        family, refusal = judgement.family, judgement.event.refused is not None
        if not (refusal and family is not None and family in broken):
            yield judgement
        broken.add(family)


def _told(checks: Iterable[CheckResult], profile: Profile, causes: Catalogue) -> frozenset[str]:
    """The requirements and causes that red checks and the profile's deviations tell already."""
    found: set[str] = set()
    for check in checks:
        if check.verdict in {*RED, Verdict.DEVIATION}:
            violated = check.violated or check.id
            key = causes.key(violated, check.habit)
            known = causes.known(key)
            found |= {violated, key, *check.explained_by, *(known.subsumes if known else ())}
    for deviation in profile.deviations:
        found |= {deviation.requirement, causes.key(deviation.requirement, None)}
    return frozenset(found)


def _finding(judgement: Judgement, history: Watched, stated: Requirement, profile: Profile) -> SeenOnTheWay:
    return SeenOnTheWay(
        requirement=stated.id,
        verdict=Verdict.FAIL if counts(stated, profile) else Verdict.WARNING,
        level=stated.level,
        clause=stated.clause,
        message=judgement.told,
        exchange=judgement.event.id,
        times=1,
        story=story(judgement, history),
    )
