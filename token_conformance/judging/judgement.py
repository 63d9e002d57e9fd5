"""Turns the outcome of a check into a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.deviation import documented
from token_conformance.judging.findings import Finding, Findings
from token_conformance.judging.refusal import LATENESS
from token_conformance.judging.requirement import Requirement
from token_conformance.judging.violation import Violation, at_stake, counts, violated
from token_conformance.profile.models import Profile
from token_conformance.verdict import NotJudged, Verdict
from token_conformance.wire.exchange import Exchange

WORST_FIRST = (Verdict.FAIL, Verdict.WARNING, Verdict.INCONCLUSIVE, Verdict.DEVIATION)
"""Of several violations that one check finds, the worst gives the verdict."""

MOST_TOLD = 4
"""Violations of one check that its message tells in full."""


@dataclass(frozen=True)
class Judgement:
    """What the outcome of a check means: the verdict, its message, and the id of the requirement that is violated.

    `offence` is the exchange for which it is red, where a check that looks at many of them tells; `explained_by` are the
    ids of the documented deviations that explain something of what was seen.
    """

    verdict: Verdict
    message: str = ""
    violated: str | None = None
    offence: Exchange | None = None
    explained_by: tuple[str, ...] = ()


def verdict_of(
    problem: BaseException | None,
    judged: tuple[Requirement, ...],
    profile: Profile,
    seen: list[Exchange],
    *,
    fact: str,
) -> tuple[Verdict, str]:
    """The verdict that a check's outcome means, and its message."""
    found = judgement_of(problem, judged, profile, seen, fact=fact)
    return found.verdict, found.message


def judgement_of(
    problem: BaseException | None,
    judged: tuple[Requirement, ...],
    profile: Profile,
    seen: list[Exchange],
    *,
    fact: str,
) -> Judgement:
    """What a check's outcome means: None passes, a `NotJudged` says why it does not judge, a failed assertion is held
    against the level and the claims of what was judged, and the profile's deviations.
    """
    match problem:
        case None:
            return Judgement(Verdict.PASS)
        case NotJudged():
            return Judgement(problem.verdict, str(problem))
        case Findings():
            return _worst([_of_finding(finding, judged, profile) for finding in problem.findings])
        case Violation() if not at_stake(problem, judged):
            return Judgement(Verdict.ERROR, f"a defect of the suite: the check is not tied to {problem.requirement}")
        case AssertionError():
            return _unmet(problem, judged, profile, seen, fact)
        case _:
            return Judgement(Verdict.ERROR, f"a defect of the suite: {type(problem).__name__}: {problem}")


def _unmet(
    problem: AssertionError, judged: tuple[Requirement, ...], profile: Profile, seen: list[Exchange], fact: str
) -> Judgement:
    last, told = seen[-1] if seen else None, at_stake(problem, judged)
    message = _message(problem, fact, last, told[0] if told else None)
    return _held(message, told, profile, last, tuple(stated.id for stated in judged))


def _of_finding(finding: Finding, judged: tuple[Requirement, ...], profile: Profile) -> Judgement:
    """One violation, held against the requirement that it violates."""
    stated = tuple(each for each in judged if each.id == finding.requirement)
    if not stated:
        return Judgement(Verdict.ERROR, f"a defect of the suite: the check is not tied to {finding.requirement}")
    message = f"{finding.message} ({stated[0].clause})"
    held = _held(message, stated, profile, finding.exchange, (finding.requirement, finding.also))
    return replace(held, offence=finding.exchange)


def _held(
    message: str, told: tuple[Requirement, ...], profile: Profile, last: Exchange | None, ids: tuple[str, ...]
) -> Judgement:
    """What a violation means for a provider that documents its deviations, some of them by these ids."""
    deviation = documented(profile.deviations, ids, last, message)
    if deviation is not None:
        told_as = f"{message} — {deviation.kind}: {deviation.because}"
        return Judgement(Verdict.DEVIATION, told_as, deviation.requirement, explained_by=(deviation.requirement,))
    if last is not None and last.held_back > LATENESS:
        return Judgement(Verdict.INCONCLUSIVE, f"{message}; {_held_back(last)}")
    fails = not told or any(counts(stated, profile) for stated in told)
    return Judgement(Verdict.FAIL if fails else Verdict.WARNING, message, violated(told, profile))


def _worst(found: list[Judgement]) -> Judgement:
    """The worst of several, with the messages of all, those of the worst first."""
    ordered = sorted(found, key=lambda each: (Verdict.ERROR, *WORST_FIRST).index(each.verdict))
    told = list(dict.fromkeys(each.message for each in ordered))
    more = f"; and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    explained_by = tuple(dict.fromkeys(id_ for each in ordered for id_ in each.explained_by))
    return replace(ordered[0], message="; ".join(told[:MOST_TOLD]) + more, explained_by=explained_by)


def _held_back(exchange: Exchange) -> str:
    return (
        f"but the provider limits the rate, and its pauses held the request back for {exchange.held_back:.0f} s: "
        "what it carries may have grown too old"
    )


def _message(problem: AssertionError, fact: str, last: Exchange | None, stated: Requirement | None) -> str:
    said = str(problem).split("\nassert ")[0].splitlines()
    clause = f" ({stated.clause})" if stated else ""
    if said and not said[0].startswith("assert "):
        return f"{said[0]}{clause}"
    came = f"{TokenResponse(last)} to {last}" if last is not None else "it does not"
    return f"expected: {fact.rstrip('.')}; seen: {came}{clause}"
