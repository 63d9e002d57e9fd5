"""Several violations that one check finds: each is held against its own requirement and the profile's deviations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from token_conformance.verdict import Inconclusive, NotJudged
from token_conformance.wire.exchange import Exchange

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """One violation: what came, in which exchange, and the requirement that it violates.

    `also` is another requirement whose documented deviations explain it.
    """

    message: str
    exchange: Exchange
    requirement: str
    also: str = ""


class Findings(AssertionError):  # noqa: N818 - what a check found is no error of ours
    """What a check found that looked at many answers at once; it is raised as a failed assertion is."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


def judge_each(judged: Iterable[T], findings_of: Callable[[T], Iterable[Finding]]) -> None:
    """Look at each of what a check judges, whatever becomes of the others.

    Raises:
        Findings: the violations, of all of them.
        Inconclusive: nothing could be judged.
        NotApplicable: none of it is for this check.

    """
    reasons: list[NotJudged] = []
    findings: list[Finding] = []
    any_judged = False
    for each in judged:
        try:
            findings += findings_of(each)
            any_judged = True
        except NotJudged as problem:
            reasons.append(problem)
    if findings:
        raise Findings(findings)
    if not any_judged:
        raise next((each for each in reasons if isinstance(each, Inconclusive)), reasons[0])
