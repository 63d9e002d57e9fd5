"""What the oracle forbids in the exchanges of a run, and no check has told: findings of their own, each with its story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.found import Found
from token_conformance.exploring.requests.found import FoundRequest, Kind
from token_conformance.judging.causes import Catalogue
from token_conformance.judging.habit import habit_of
from token_conformance.judging.requirement import Requirement
from token_conformance.judging.violation import counts
from token_conformance.oracle.families import Kin, family_of
from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Watched, own_faults
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

    `times` counts the answers that violate it; the story is that of the first, or the shortest that was `explored`, which
    then says how far it can be relied on; `family` are the tokens that it is about.
    """

    requirement: str
    verdict: Verdict
    level: str
    clause: str
    message: str
    exchange: str
    times: int
    story: tuple[Step, ...]
    explored: str | None = None
    family: tuple[Kin, ...] = ()

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The exchanges that the story names."""
        return tuple(self.steps)

    @property
    def steps(self) -> dict[str, int]:
        """The numbers of the exchanges in the story, from 1 on."""
        named = dict.fromkeys(step.exchange for step in self.story)
        return {exchange: number for number, exchange in enumerate(named, 1)}

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
            **({"explored": self.explored} if self.explored is not None else {}),
            **({"family": [asdict(kin) for kin in self.family]} if self.family else {}),
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


def seen_in_requests(
    found: Iterable[FoundRequest],
    checks: Sequence[CheckResult],
    profile: Profile,
    causes: Catalogue,
    requirements: Mapping[str, Requirement],
) -> tuple[SeenOnTheWay, ...]:
    """What changed token requests have shown and no red check tells, the failures first."""
    told, seen = _told(checks, profile, causes), []
    for each in found:
        stated = requirements.get(each.disagreement.requirement)
        if stated is None or not profile.counts(stated.claims):
            continue
        if stated.id not in told and causes.key(stated.id, habit_of([each.exchange])) not in told:
            seen.append(_in_a_request(each, stated, profile))
    return tuple(sorted(seen, key=lambda each: RED.index(each.verdict)))


def _in_a_request(found: FoundRequest, stated: Requirement, profile: Profile) -> SeenOnTheWay:
    """The finding: a failure only where a token came, or did not, against a clause that is binding."""
    binding = found.disagreement.kind in {Kind.SERVED, Kind.REFUSED} and counts(stated, profile)
    return SeenOnTheWay(
        requirement=stated.id,
        verdict=Verdict.FAIL if binding else Verdict.WARNING,
        level=stated.level,
        clause=stated.clause,
        message=found.disagreement.message,
        exchange=found.exchange.id,
        times=found.times,
        story=_told_in_order(found),
        explored=found.told,
    )


def _told_in_order(found: FoundRequest) -> tuple[Step, ...]:
    """The changed request, and the good one that was accepted beside it."""
    sent = [(found.exchange, f"{found.good} with {' and '.join(found.changes)}")]
    sent += [(found.control, f"{found.good}, unchanged")] if found.control is not None else []
    ordered = sorted(sent, key=lambda each: each[0].started)
    return tuple(
        Step(
            exchange.id,
            round((exchange.started - ordered[0][0].started).total_seconds(), 1),
            f"{what}: {TokenResponse(exchange)}",
        )
        for exchange, what in ordered
    )


def by_their_stories(seen: Iterable[SeenOnTheWay], found: Iterable[Found]) -> tuple[SeenOnTheWay, ...]:
    """The findings, those that exploring alone came upon by the shortest stories that show them."""
    stories = {each.requirement: each for each in found}
    return tuple(_as_explored(each, stories.get(each.requirement)) for each in seen)


def _as_explored(seen: SeenOnTheWay, found: Found | None) -> SeenOnTheWay:
    if found is None or _scenario(seen.exchange) != _scenario(found.judgement.event.id):
        return seen
    judgement, steps = found.judgement, story(found.judgement, found.history)
    kin = family_of(judgement, found.history)
    return replace(
        seen, message=judgement.told, exchange=judgement.event.id, story=steps, explored=found.told, family=kin
    )


def _scenario(exchange: str) -> str:
    return exchange.rpartition("/")[0]


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
        family=family_of(judgement, history),
    )
