"""Two runs held against each other: what got better, what got worse, and what the suite alone has changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.results.told import RED, ToldCheck, ToldFact, ToldOnTheWay, ToldRun, present_ids
from token_conformance.verdict import Verdict

GOOD = frozenset({Verdict.PASS, Verdict.DEVIATION})
"""The verdicts that a red check has got better by; what cannot be judged any more has not."""

NUMBER = re.compile(r"\d+(?:\.\d+)?")
AS_GOOD_AS = 2.0, 0.1
"""By how many seconds, and by which part of them, two measured times may differ and be the same."""


@dataclass(frozen=True)
class Change:
    """A check, or a requirement that was seen on the way, with what was said of it then and now; None where it was not there."""

    id: str
    before: str | None
    after: str | None
    message: str = ""
    clause: str = ""

    def to_json(self) -> dict[str, Any]:
        """The change for programs."""
        return {
            "id": self.id,
            "before": self.before,
            "after": self.after,
            "message": self.message,
            "clause": self.clause,
        }


@dataclass(frozen=True)
class Difference:
    """What became of a provider between two runs.

    `worse` is red now and was not, or fails and was a warning; `better` was red and holds now; `otherwise` are other
    changes of verdicts, such as what can no longer be judged. `added` and `dropped` are checks that one of both runs did
    not have: of them nobody knows whether anything has changed.
    """

    worse: list[Change] = field(default_factory=list)
    better: list[Change] = field(default_factory=list)
    otherwise: list[Change] = field(default_factory=list)
    added: list[Change] = field(default_factory=list)
    dropped: list[Change] = field(default_factory=list)
    facts: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The difference for programs."""
        kinds = {"worse": self.worse, "better": self.better, "otherwise": self.otherwise, "added": self.added}
        kinds |= {"dropped": self.dropped, "facts": self.facts}
        return {
            **{name: [each.to_json() for each in changes] for name, changes in kinds.items()},
            "notes": list(self.notes),
        }


def difference(before: ToldRun, after: ToldRun) -> Difference:
    """What became of a provider between two runs, in the order of the later one."""
    found = Difference(notes=list(_notes(before, after)))
    present = present_ids((before, after))
    then, now = _by_present_id(before, present), _by_present_id(after, present)
    for id_, check in now.items():
        _place(found, id_, then.get(id_), check, before)
    found.dropped.extend(
        Change(id_, check.verdict.words, None, check.message, check.clause)
        for id_, check in then.items()
        if id_ not in now
    )
    _place_what_was_seen(found, before, after)
    found.facts.extend(_facts(before.facts, after.facts))
    return found


def _by_present_id(run: ToldRun, present: Mapping[str, str]) -> dict[str, ToldCheck]:
    return {present.get(check.id, check.id): check for check in run.checks}


def _place(found: Difference, id_: str, then: ToldCheck | None, now: ToldCheck, before: ToldRun) -> None:
    """Put a check where it belongs; one that says the same belongs nowhere."""
    change = Change(id_, then.verdict.words if then else None, now.verdict.words, now.message or now.title, now.clause)
    if then is None:
        found.added.append(change)
    elif _is_worse(then.verdict, now.verdict):
        known = _seen(before).keys()
        told_then = then.verdict not in RED and not known.isdisjoint(map(_present, now.violates))
        (found.otherwise if told_then else found.worse).append(change)
    elif _is_worse(now.verdict, then.verdict) and now.verdict in GOOD | RED:
        found.better.append(change)
    elif then.verdict is not now.verdict:
        found.otherwise.append(change)


def _is_worse(then: Verdict, now: Verdict) -> bool:
    return now in RED and then is not now and (then not in RED or now is Verdict.FAIL)


def _place_what_was_seen(found: Difference, before: ToldRun, after: ToldRun) -> None:
    """Put what was seen on the way, unless a check tells, or told, the same."""
    then, now = _seen(before), _seen(after)
    found.worse.extend(
        _of_what_was_seen(seen, None, seen.verdict.words)
        for id_, seen in now.items()
        if id_ not in then and id_ not in _told_by_checks(before)
    )
    found.better.extend(
        _of_what_was_seen(seen, seen.verdict.words, None)
        for id_, seen in then.items()
        if id_ not in now and id_ not in _told_by_checks(after)
    )


def _seen(run: ToldRun) -> dict[str, ToldOnTheWay]:
    return {_present(seen.requirement): seen for seen in run.seen_on_the_way}


def _told_by_checks(run: ToldRun) -> set[str]:
    return {_present(id_) for check in run.checks if check.verdict in RED for id_ in check.violates}


def _present(requirement: str) -> str:
    """The id that a requirement has today."""
    return renamed(catalogue()).get(requirement, requirement)


def _of_what_was_seen(seen: ToldOnTheWay, before: str | None, after: str | None) -> Change:
    return Change(seen.requirement, before, after, f"seen on the way: {seen.message}", seen.clause)


def _facts(before: Iterable[ToldFact], after: Iterable[ToldFact]) -> Iterator[Change]:
    """The facts that were measured otherwise, or only once; of a fact that the other suite did not measure nothing is said."""
    known = {fact.id: fact for fact in before}
    for fact in after:
        then = known.get(fact.id)
        if then is not None and (then.known or fact.known) and not same_fact(then, fact):
            yield Change(fact.id, then.measured, fact.measured, f"{fact.group}: {fact.name}".strip(": "))


def same_fact(one: ToldFact, other: ToldFact) -> bool:
    """Whether two measurements say the same: times by the clock are never the same to the tenth of a second."""
    if one.kind != other.kind or one.value != other.value:
        return False
    if one.value is not None or one.measured == other.measured:
        return True
    ones, others = NUMBER.findall(one.measured), NUMBER.findall(other.measured)
    alike = NUMBER.sub("", one.measured) == NUMBER.sub("", other.measured)
    return alike and all(_near(float(a), float(b)) for a, b in zip(ones, others, strict=True))


def _near(one: float, other: float) -> bool:
    seconds, part = AS_GOOD_AS
    return abs(one - other) <= max(seconds, part * max(one, other))


def _notes(before: ToldRun, after: ToldRun) -> Iterator[str]:
    """What both runs have not in common, or what one of them lacks, a sentence each."""
    for what, then, now in (
        ("profile", before.profile, after.profile),
        ("server", before.server, after.server),
        ("suite", before.suite_version, after.suite_version),
        ("set of claims", ", ".join(before.claims), ", ".join(after.claims)),
    ):
        if then != now:
            yield f"another {what}: {then or 'unknown'}, and then {now or 'unknown'}"
    for word, run in (("earlier", before), ("later", after)):
        if run.selection is not None:
            yield f"the {word} run is of a selection: {run.selection}"
        if run.trouble is not None:
            yield f"the {word} run did not do all that it should: {run.trouble}"
