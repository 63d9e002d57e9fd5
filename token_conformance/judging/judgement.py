"""Turns the outcome of a check into a verdict."""

from __future__ import annotations

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.deviation import documented
from token_conformance.judging.refusal import LATENESS
from token_conformance.judging.requirement import Requirement
from token_conformance.profile.models import Profile
from token_conformance.verdict import NotJudged, Verdict
from token_conformance.wire.exchange import Exchange


def verdict_of(
    problem: BaseException | None,
    judged: tuple[Requirement, ...],
    profile: Profile,
    seen: list[Exchange],
    *,
    fact: str,
) -> tuple[Verdict, str]:
    """The verdict that a check's outcome means, and its message: None passes, a `NotJudged` says why it does not judge,
    a failed assertion is held against the level and the claims of what was judged, and the profile's deviations.
    """
    match problem:
        case None:
            return Verdict.PASS, ""
        case NotJudged():
            return problem.verdict, str(problem)
        case AssertionError():
            return _unmet(problem, judged, profile, seen, fact)
        case _:
            return Verdict.ERROR, f"a defect of the suite: {type(problem).__name__}: {problem}"


def _unmet(
    problem: AssertionError, judged: tuple[Requirement, ...], profile: Profile, seen: list[Exchange], fact: str
) -> tuple[Verdict, str]:
    last = seen[-1] if seen else None
    message = _message(problem, fact, last, judged[0] if judged else None)
    deviation = documented(profile.deviations, tuple(stated.id for stated in judged), last, message)
    if deviation is not None:
        return Verdict.DEVIATION, f"{message} — {deviation.kind}: {deviation.because}"
    if last is not None and last.held_back > LATENESS:
        return Verdict.INCONCLUSIVE, f"{message}; {_held_back(last)}"
    return (Verdict.FAIL if _counts(judged, profile) else Verdict.WARNING), message


def _counts(judged: tuple[Requirement, ...], profile: Profile) -> bool:
    """Whether a violation is a failure: one of the requirements is mandatory, and the provider is held to it."""
    return not judged or any(stated.mandatory and profile.counts(stated.claims) for stated in judged)


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
