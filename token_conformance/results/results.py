"""What a run found, as data: the source of every report."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import token_conformance
from token_conformance.evidence.facts.expiries import Expiry
from token_conformance.evidence.facts.sheet import SheetFact
from token_conformance.judging.causes import causes
from token_conformance.judging.habit import Habit
from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.results.baseline import HeldAgainst
from token_conformance.results.causes import Cause, causes_of
from token_conformance.results.conclusion import conclusion
from token_conformance.results.facts import fact_json
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.outcome import AS_USUAL, Circumstances, Outcome, outcome_of
from token_conformance.results.standing import standings
from token_conformance.results.todo import Parked, ToDo, spent_json
from token_conformance.results.unjudged import unjudged
from token_conformance.results.verdict_in_words import verdict_of
from token_conformance.verdict import Verdict
from token_conformance.wire.allowance import Spent


@dataclass(frozen=True)
class CheckResult:
    """The verdict on one check, with what it rests on; `seconds` is the time that judging took.

    `violated` is the requirement, of those to which the check is tied, that a red verdict or a deviation is about;
    `formerly` are the ids that the check had before it was renamed; `habit` is what the server did where it is red, and
    `stopped_by` the requirement whose violation kept it from being judged. `seen` tells how often it was red, of how
    many times that its scenario ran; None where it never was; `unrepeated` why it could not run again. `explained_by` are the ids of the documented deviations that
    explain something of what it found.
    """

    id: str
    requirements: tuple[str, ...]
    level: str
    verdict: Verdict
    title: str
    message: str
    clause: str
    topic: str
    scenario: str | None
    exchanges: tuple[str, ...]
    seconds: float
    violated: str | None = None
    formerly: tuple[str, ...] = ()
    habit: Habit | None = None
    stopped_by: str | None = None
    seen: tuple[int, int] | None = None
    unrepeated: str = ""
    explained_by: tuple[str, ...] = ()

    @property
    def settled(self) -> tuple[str, ...]:
        """The requirements on which the verdict tells: the one that is violated, or all that hold."""
        if not self.verdict.judged:
            return ()
        return (self.violated,) if self.violated is not None else self.requirements

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {
            "id": self.id,
            "requirements": list(self.requirements),
            "level": self.level,
            "verdict": self.verdict.value,
            "message": self.message,
            "scenario": self.scenario,
            "exchanges": list(self.exchanges),
            "title": self.title,
            "clause": self.clause,
            "topic": self.topic,
            "seconds": self.seconds,
            "violated": self.violated,
            "formerly": list(self.formerly),
            "seen": list(self.seen) if self.seen is not None else None,
            "unrepeated": self.unrepeated or None,
            "habit": asdict(self.habit) if self.habit is not None else None,
            "stopped_by": self.stopped_by,
            "explained_by": list(self.explained_by),
        }


@dataclass(frozen=True)
class Coverage:
    """How many requirements of the catalogue were judged, were not, and cannot be from outside."""

    judged: int
    not_judged: int
    not_testable: int


@dataclass(frozen=True)
class RunResult:
    """All verdicts of one run; `seconds` is its duration, `clock_skew` how far the live server's clock is ahead.

    `noticed` are ways of the provider, neither right nor wrong, to which the run has adapted itself; `withheld` says
    what the reports do not show, since it would have been a secret; `provider` is its name, `address` its issuer, or else
    its token endpoint; `described` tells what answered, and `documentation` that it is an example of the provider's
    documentation; `circumstances` tell what was asked of the run, and how it
    went; `parked` is what waits for a later run with `--due`; `spent` are the known limits of token requests with what is
    spent of them, and `runs` how many runs these are the results of, one after the other.
    `on_the_way` is what the oracle forbids in the exchanges and no check tells; `baseline` how all of it stands beside what
    was known, where somebody asked for that.
    """

    profile: str
    server: str
    started: datetime
    seconds: float
    requests: int
    checks: tuple[CheckResult, ...]
    stale_deviations: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    logins: int = 0
    clock_skew: float | None = None
    todo: tuple[ToDo, ...] = ()
    parked: tuple[Parked, ...] = ()
    spent: tuple[Spent, ...] = ()
    runs: int = 1
    noticed: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    facts: tuple[SheetFact, ...] = ()
    expiries: tuple[Expiry, ...] = ()
    provider: str = ""
    address: str = ""
    described: str = ""
    documentation: bool = False
    on_the_way: tuple[SeenOnTheWay, ...] = ()
    circumstances: Circumstances = AS_USUAL
    baseline: HeldAgainst | None = None

    @property
    def summary(self) -> dict[Verdict, int]:
        """How often each verdict was given, all verdicts named."""
        counted = Counter(check.verdict for check in self.checks)
        return {verdict: counted[verdict] for verdict in Verdict}

    @property
    def unrepeated(self) -> str | None:
        """What is to be said of all reds that were seen once, since their scenarios could not run again; None of none."""
        reasons = Counter(check.unrepeated for check in self.checks if check.unrepeated)
        if not reasons:
            return None
        count = reasons.total()
        why = "; ".join(f"{reason} ({times})" for reason, times in reasons.most_common())
        return f"{count} finding{'s' * (count != 1)} could not be repeated, and stand{'s' * (count == 1)} all the same: {why}"

    @property
    def coverage(self) -> Coverage:
        """What of the catalogue was judged."""
        not_judged, not_testable = len(self.not_judged), len(self.not_testable)
        return Coverage(len(catalogue()) - not_judged - not_testable, not_judged, not_testable)

    @property
    def not_judged(self) -> tuple[Requirement, ...]:
        """The requirements that a run can judge and this one did not, in the order of the catalogue."""
        return tuple(requirement for requirement in self._unjudged if not requirement.untested)

    @property
    def not_testable(self) -> tuple[Requirement, ...]:
        """The requirements that cannot be judged from outside, with the reason in `untested`."""
        return tuple(requirement for requirement in self._unjudged if requirement.untested)

    @property
    def _unjudged(self) -> tuple[Requirement, ...]:
        judged = {id_ for check in self.checks for id_ in check.settled}
        judged |= {seen.requirement for seen in self.on_the_way}
        return tuple(requirement for requirement in catalogue().values() if requirement.id not in judged)

    def reasons(self, requirement: Requirement) -> tuple[str, ...]:
        """Why the checks of a requirement did not judge it; empty where none of its checks ran."""
        return tuple(check.message for check in self.checks if requirement.id in check.requirements and check.message)

    def with_trouble(self, why: str) -> RunResult:
        """The same with one more trouble, a sentence."""
        return replace(self, circumstances=self.circumstances.with_trouble(why))

    def of(self, *verdicts: Verdict) -> tuple[CheckResult, ...]:
        """The checks with one of these verdicts."""
        return tuple(check for check in self.checks if check.verdict in verdicts)

    def by_topic(self) -> dict[str, tuple[CheckResult, ...]]:
        """The checks of each topic, topics in the order of their first check."""
        topics = dict.fromkeys(check.topic for check in self.checks)
        return {topic: tuple(check for check in self.checks if check.topic == topic) for topic in topics}

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """What stands behind the red checks, the worst first."""
        known = causes().of_examples() if self.documentation else causes()
        return causes_of(self.checks, known, catalogue())

    @property
    def unjudged(self) -> tuple[Requirement, ...]:
        """The MUSTs of the claims that concern the provider and could not be judged, in the order of the catalogue."""
        open_ = {id_ for check in self.of(Verdict.INCONCLUSIVE, Verdict.ERROR) for id_ in check.requirements}
        held_to = (each for each in self.not_judged if each.mandatory and not each.claims.isdisjoint(self.claims))
        return tuple(requirement for requirement in held_to if requirement.id in open_)

    @property
    def outcome(self) -> Outcome:
        """What the run comes to, in one word."""
        unjudged, stale = len(self.unjudged), len(self.stale_deviations)
        left = len(self.cut_short)
        met = Counter(self.summary) + Counter(seen.verdict for seen in self.on_the_way)
        held = self.baseline
        return outcome_of(self.circumstances, met, unjudged=unjudged, stale=stale, left=left, baseline=held)

    @property
    def failed(self) -> bool:
        """Whether anything was violated that must hold."""
        return bool(self.of(Verdict.FAIL)) or any(seen.verdict is Verdict.FAIL for seen in self.on_the_way)

    @property
    def whole(self) -> bool:
        """Whether all checks were run of a provider that answered to the end: what is not red then has had its chance."""
        how = self.circumstances
        hindered = how.told_trouble is not None or how.no_session or how.selection is not None or self.cut_short
        return how.of_token_endpoint and not hindered

    @property
    def cut_short(self) -> tuple[ToDo, ...]:
        """What is left since the provider allowed no more requests."""
        return tuple(each for each in self.todo if each.because == "limit")

    @property
    def waiting(self) -> tuple[ToDo, ...]:
        """What is left since it takes too long a wait."""
        return tuple(each for each in self.todo if each.because == "wait")

    @property
    def conclusion(self) -> str:
        """What the run comes to, in a sentence."""
        return conclusion(self)

    def to_json(self) -> dict[str, Any]:
        """The contents of results.json."""
        coverage = self.coverage
        return {
            "schema": 1,
            "suite_version": token_conformance.__version__,
            "profile": self.profile,
            "provider": self.provider,
            "address": self.address,
            "server": self.server,
            "started": self.started.isoformat(),
            "seconds": self.seconds,
            "outcome": self.outcome.value,
            "verdict": verdict_of(self).to_json(),
            "requirements": asdict(standings(self)),
            "trouble": self.circumstances.told_trouble,
            "selection": self.circumstances.selection,
            "requests": self.requests,
            "logins": self.logins,
            "clock_skew": self.clock_skew,
            "noticed": list(self.noticed),
            "withheld": list(self.withheld),
            "claims": list(self.claims),
            "summary": {verdict.value: count for verdict, count in self.summary.items()},
            "coverage": {
                "judged": coverage.judged,
                "not_judged": coverage.not_judged,
                "not_testable": coverage.not_testable,
            },
            "not_judged": [each.to_json() for each in unjudged(self)],
            "unjudged": [requirement.id for requirement in self.unjudged],
            "stale_deviations": list(self.stale_deviations),
            "baseline": self.baseline.to_json() if self.baseline is not None else None,
            "runs": self.runs,
            "limits": spent_json(self.spent),
            "todo": [left.to_json() for left in self.todo],
            "parked": [each.to_json() for each in self.parked],
            "facts": [fact_json(fact) for fact in self.facts],
            "expiries": [asdict(expiry) for expiry in self.expiries],
            "seen_on_the_way": [seen.to_json() for seen in self.on_the_way],
            "causes": [cause.to_json() for cause in self.causes],
            "checks": [check.to_json() for check in self.checks],
        }
