"""How the requirements of claims stand by the results of a run, frozen as they are; and which of them are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from token_conformance.archive.certificates.statement import Frozen, FrozenClaim, RequirementVerdict
from token_conformance.judging.requirement import Requirement

RED: tuple[RequirementVerdict, ...] = ("fail", "warning", "deviation")
"""Verdicts about one requirement among several of a check; the worst of them counts."""


class Told(BaseModel):
    """A part of results.json; what is not needed of it may be anything."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Check(Told):
    """A check."""

    id: str
    requirements: tuple[str, ...]
    verdict: str
    message: str
    scenario: str | None
    violated: str | None
    stopped_by: str | None = None


class OnTheWay(Told):
    """A finding of the oracle."""

    requirement: str
    verdict: str
    message: str


class ToDo(Told):
    """A scenario that is left, the seconds that it takes to wait, and why it is left."""

    scenario: str
    wait: int
    because: str


class Results(Told):
    """What a certificate takes from results.json."""

    suite_version: str
    profile: str
    provider: str
    address: str
    server: str
    started: AwareDatetime
    outcome: str
    trouble: str | None
    selection: str | None
    claims: tuple[str, ...]
    checks: tuple[Check, ...]
    seen_on_the_way: tuple[OnTheWay, ...]
    todo: tuple[ToDo, ...] = ()
    summary: Mapping[str, int] = Field(default={})

    @cached_property
    def _by_requirement(self) -> Mapping[str, list[Check]]:
        found: defaultdict[str, list[Check]] = defaultdict(list)
        for check in self.checks:
            for id_ in dict.fromkeys(check.requirements):
                found[id_].append(check)
        return found

    @cached_property
    def _on_the_way(self) -> Mapping[str, list[OnTheWay]]:
        found: defaultdict[str, list[OnTheWay]] = defaultdict(list)
        for seen in self.seen_on_the_way:
            found[seen.requirement].append(seen)
        return found

    def about(self, id_: str) -> Sequence[Check]:
        """The checks of a requirement."""
        return self._by_requirement.get(id_, ())

    def on_the_way(self, id_: str) -> Sequence[OnTheWay]:
        """What else was found against a requirement."""
        return self._on_the_way.get(id_, ())


def frozen(results: Results, claims: Collection[str], catalogue: Mapping[str, Requirement]) -> tuple[Frozen, ...]:
    """The requirements of the claims, in the order of the catalogue, and how they stand."""
    return tuple(_frozen(results, each, claims) for each in catalogue.values() if not each.claims.isdisjoint(claims))


def _frozen(results: Results, stated: Requirement, claims: Collection[str]) -> Frozen:
    return Frozen(
        id=stated.id,
        level=stated.level,
        clause=stated.clause,
        claims=tuple(sorted(stated.claims & {*claims})),
        verdict=requirement_verdict(results, stated.id, testable=not stated.untested),
    )


def requirement_verdict(results: Results, id_: str, *, testable: bool = True) -> RequirementVerdict:
    """How a requirement stands: red where anything says so, else judged where anything has judged it."""
    about = results.about(id_)
    told = {check.verdict for check in about if check.violated == id_}
    told |= {seen.verdict for seen in results.on_the_way(id_)}
    if (red := next((each for each in RED if each in told), None)) is not None:
        return red
    if any(check.verdict == "pass" for check in about):
        return "pass"
    if any(check.verdict in {"inconclusive", "error"} for check in about):
        return "inconclusive"
    return "not_applicable" if testable else "not_testable"


def frozen_claims(requirements: Sequence[Frozen]) -> tuple[FrozenClaim, ...]:
    """The claims that requirements belong to, each with its revision."""
    names = sorted({name for each in requirements for name in each.claims})
    return tuple(FrozenClaim(name=name, revision=revision(_levels(requirements, name))) for name in names)


def revision(levels: Mapping[str, str]) -> str:
    """The revision of a claim, by the levels of its requirements: what is added, dropped or of another level changes it."""
    lines = (f"{id_} {level}\n" for id_, level in sorted(levels.items()))
    return sha256("".join(lines).encode()).hexdigest()


def _levels(requirements: Iterable[Frozen], claim: str) -> dict[str, str]:
    return {each.id: each.level for each in requirements if claim in each.claims}


def open_of(results: Results, requirements: Iterable[Frozen]) -> Iterator[str]:
    """What keeps a run from being certified: a sentence on each MUST that is violated, or was not judged."""
    for each in requirements:
        if each.mandatory and each.verdict in {"fail", "warning"}:
            yield f"{_named(each)} is violated: {_why(results, each.id, {'fail', 'warning'})}"
        elif each.mandatory and each.verdict == "inconclusive":
            unjudged = {"inconclusive", "error"}
            yield f"{_named(each)} was not judged: {_why(results, each.id, unjudged)}; {_way_out(results, each.id)}"


def _named(each: Frozen) -> str:
    return f"{each.id} ({each.clause}, {each.level})"


def _why(results: Results, id_: str, verdicts: Collection[str]) -> str:
    messages = [check.message for check in results.about(id_) if check.verdict in verdicts]
    messages += [seen.message for seen in results.on_the_way(id_) if seen.verdict in verdicts]
    return next(filter(None, messages), "nothing more is known")


def _way_out(results: Results, id_: str) -> str:
    """What would make a requirement judged."""
    about = [check for check in results.about(id_) if check.verdict in {"inconclusive", "error"}]
    left = {each.scenario: each for each in results.todo}
    waits = [left[check.scenario] for check in about if check.scenario in left]
    if any(each.because == "limit" for each in waits):
        return "the provider allowed too few requests: raise its limit, or certify with a client that has a higher one"
    if waits:
        return f"raise limits.max_wait in the profile to {max(each.wait for each in waits)} s, and certify anew"
    if results.server == "recorded":
        return "a recording has to hold what the message names: certify a live run, or record that, too"
    if stopped_by := next((check.stopped_by for check in about if check.stopped_by), None):
        return f"mend {stopped_by} first, which stands in its way"
    return "what the message names has to be there: see docs/profiles.md, and `token-conformance run` for its exchanges"
