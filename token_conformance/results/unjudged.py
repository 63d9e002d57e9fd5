"""What was not judged, requirement by requirement: for which reason, and what would have it judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from token_conformance.judging.requirement import Requirement
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.results import CheckResult, RunResult


class Reason(StrEnum):
    """Why a requirement was not judged; the first that fits one of its checks counts."""

    BLOCKED = "blocked"
    DEFECT = "defect"
    WAIT = "wait"
    LIMIT = "limit"
    RECORDING = "recording"
    ANSWERS = "answers"
    DOCUMENTATION = "documentation"
    CLIENTS = "clients"
    CLAIM = "claim"
    FEATURE = "feature"
    CONCERN = "concern"
    SELECTION = "selection"
    NOTHING = "nothing"
    UNTESTABLE = "untestable"

    @property
    def heading(self) -> str:
        """The reason in words."""
        return _WORDS[self][0]

    @property
    def remedy(self) -> str:
        """What would have it judged."""
        return _WORDS[self][1]


_WORDS = {
    Reason.BLOCKED: ("Kept from being judged by a finding", "Mend the cause that is named, and run again."),
    Reason.DEFECT: ("Met by a defect of the suite", "Report the defect; nothing is said of the server."),
    Reason.WAIT: (
        "Takes a longer wait than the run allows",
        "Raise limits.max_wait in the profile, or run again with --resume results.json.",
    ),
    Reason.LIMIT: ("The provider allowed no more requests", "Go on later with --resume results.json."),
    Reason.RECORDING: (
        "The recording does not hold it",
        "Record the provider with token-conformance record, or run the suite against the provider itself.",
    ),
    Reason.ANSWERS: (
        "The answers allow no verdict",
        "Look at the exchange that is named: there was no control, no answer, or not the answer that a verdict needs.",
    ),
    Reason.DOCUMENTATION: (
        "The profile does not say what is documented",
        "State the fact in the profile, with its source; until then it is measured and not judged.",
    ),
    Reason.CLIENTS: (
        "The profile has no client, user or grant for it",
        "Register what is missing at the provider, and add it to the profile: a second client, a second user, a grant.",
    ),
    Reason.CLAIM: ("Belongs to what the profile does not claim", "Claim it in the profile, if the provider does."),
    Reason.FEATURE: (
        "The provider does not say that it supports it",
        "If it does, say so in the profile, or have its metadata tell.",
    ),
    Reason.CONCERN: (
        "Does not arise at this provider",
        "Nothing is to be done: its answers give no occasion for it.",
    ),
    Reason.SELECTION: ("Left out of this run", "Run all checks: without -k, -m, --require and the like."),
    Reason.NOTHING: ("No check of it came to a verdict", "Run again; if it stays so, report it."),
    Reason.UNTESTABLE: (
        "Cannot be tested from outside",
        "Ask the provider for it: by review of its code, its configuration or its keys.",
    ),
}

_OF_ABSENCE: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.DOCUMENTATION, re.compile(r"measured, not judged|the profile does not (?:tell|say|document)|documents no")),
    (Reason.CLAIM, re.compile(r"the profile (?:does not claim|claims neither)")),
    (
        Reason.CLIENTS,
        re.compile(r"the profile has no|the profile's (?:client|\[|response|redirect|scope)|no client of"),
    ),
    (Reason.CLIENTS, re.compile(r"another user has no session|no client by|the profile does not ask")),
    (Reason.FEATURE, re.compile(r"neither the profile nor the|the (?:published )?metadata|no metadata")),
)
"""What the sentences of checks that do not concern a provider speak of; what fits none does not arise there."""


@dataclass(frozen=True)
class Unjudged:
    """A requirement that was not judged: the reason, what the checks said, and the cause that stands in the way."""

    requirement: Requirement
    reason: Reason
    words: str
    cause: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        id_ = self.requirement.id
        return {"requirement": id_, "reason": self.reason.value, "words": self.words, "cause": self.cause}


def unjudged(run: RunResult) -> Iterator[Unjudged]:
    """All that was not judged, in the order of the catalogue; what cannot be tested from outside comes last."""
    checks = _by_requirement(run)
    stopped = {violated: cause.id for cause in run.causes for violated in cause.requirements}
    waits = {each.scenario: Reason.LIMIT if each.because == "limit" else Reason.WAIT for each in run.todo}
    for requirement in run.not_judged:
        yield _unjudged(requirement, checks.get(requirement.id, []), run, stopped, waits)
    for requirement in run.not_testable:
        yield Unjudged(requirement, Reason.UNTESTABLE, requirement.untested)


def _by_requirement(run: RunResult) -> dict[str, list[CheckResult]]:
    found: dict[str, list[CheckResult]] = {}
    for check in run.checks:
        for id_ in check.requirements:
            found.setdefault(id_, []).append(check)
    return found


def _unjudged(
    requirement: Requirement,
    checks: list[CheckResult],
    run: RunResult,
    stopped: Mapping[str, str],
    waits: Mapping[str, Reason],
) -> Unjudged:
    """The gravest reason of those that its checks have."""
    if not checks:
        return Unjudged(requirement, Reason.SELECTION if run.circumstances.selection else Reason.NOTHING, "")
    order = list(Reason)
    reason, check = min(((_reason(each, run, waits), each) for each in checks), key=lambda found: order.index(found[0]))
    cause = stopped.get(check.stopped_by or "") if reason is Reason.BLOCKED else None
    return Unjudged(requirement, reason, check.message, cause)


def _reason(check: CheckResult, run: RunResult, waits: Mapping[str, Reason]) -> Reason:
    match check.verdict:
        case Verdict.ERROR:
            return Reason.DEFECT
        case _ if check.stopped_by is not None:
            return Reason.BLOCKED
        case Verdict.INCONCLUSIVE if check.scenario in waits:
            return waits[check.scenario or ""]
        case Verdict.INCONCLUSIVE:
            return Reason.RECORDING if run.server == "recorded" else Reason.ANSWERS
        case Verdict.NOT_APPLICABLE:
            return next((reason for reason, said in _OF_ABSENCE if said.search(check.message)), Reason.CONCERN)
        case _:
            return Reason.NOTHING
