"""The findings of a run, one by one: red checks, and what was seen on the way, by all names that somebody may know them by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from token_conformance.judging.causes import Catalogue, causes
from token_conformance.judging.requirement import catalogue
from token_conformance.results.causes import RED, Cause
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.on_the_way import SeenOnTheWay
    from token_conformance.results.results import CheckResult, RunResult

Kind = Literal["check", "cause", "seen_on_the_way"]
"""By what a finding is known: the id of a check, of a cause, or of a requirement that was violated on the way."""

Name = tuple[Kind, str]


@dataclass(frozen=True)
class Finding:
    """A failure or a warning: `id` is that of a check, or of the requirement that was violated on the way."""

    kind: Kind
    id: str
    verdict: Verdict
    names: frozenset[Name]
    message: str


def findings_of(run: RunResult) -> tuple[Finding, ...]:
    """The findings of a run: its red checks, then what was seen on the way."""
    grouped = {id_: cause for cause in run.causes for id_ in cause.checks}
    red = (_of_check(check, grouped.get(check.id), causes()) for check in run.of(*RED))
    seen = (_of_what_was_seen(each, run.checks, causes()) for each in run.on_the_way)
    return (*red, *seen)


def _of_check(check: CheckResult, cause: Cause | None, known: Catalogue) -> Finding:
    """A red check: known by itself, by its cause or the requirement that it violates, or since that was seen on the way before."""
    violated = check.violated or check.id
    keys = {known.key(violated, check.habit), *([cause.id] if cause is not None else [])}
    names = red_names((check.id, *check.formerly), violated, keys)
    return Finding("check", check.id, check.verdict, names, check.message or check.title)


def red_names(checks: Iterable[str], violated: str, keys: Iterable[str]) -> frozenset[Name]:
    """The names of what a check of these ids found: what it violates, and the keys of causes behind that."""
    names: set[Name] = {("check", id_) for check in checks for id_ in (check, without_parameters(check))}
    names |= {("cause", id_) for each in (violated, *keys) for id_ in _all_names(each)}
    return frozenset(names | {("seen_on_the_way", id_) for id_ in _all_names(violated)})


def _of_what_was_seen(seen: SeenOnTheWay, checks: Iterable[CheckResult], known: Catalogue) -> Finding:
    """What no check told: known by itself, by a cause of its requirement, or by a check of it that could not judge this time."""
    names: set[Name] = {("seen_on_the_way", id_) for id_ in _all_names(seen.requirement)}
    names |= {("cause", id_) for id_ in (*_all_names(seen.requirement), *_causes_of(seen.requirement, known))}
    silent = (each for each in checks if each.verdict is Verdict.INCONCLUSIVE and seen.requirement in each.requirements)
    names |= {("check", id_) for check in silent for id_ in names_of(check)}
    return Finding("seen_on_the_way", seen.requirement, seen.verdict, frozenset(names), seen.message)


def names_of(check: CheckResult) -> tuple[str, ...]:
    """The ids of a check, those of earlier days among them; without its parameters all of its kind are meant."""
    ids = (check.id, *check.formerly)
    return (*ids, *(without_parameters(id_) for id_ in ids))


def without_parameters(check: str) -> str:
    """The id of a check whatever it is tried with: `test_x.py::test_y` of `test_x.py::test_y[z]`."""
    return check.partition("[")[0]


def _causes_of(requirement: str, known: Catalogue) -> Iterator[str]:
    return (
        cause.id
        for cause in known.causes.values()
        if requirement in cause.requirements or requirement in cause.accepted
    )


def _all_names(requirement: str) -> tuple[str, ...]:
    """The ids of a requirement, those of earlier days among them; of anything else its own."""
    stated = catalogue().get(requirement)
    return (requirement, *stated.formerly) if stated is not None else (requirement,)
