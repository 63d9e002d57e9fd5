"""Whether the verdicts of a certificate hold when its evidence is judged again, and what a newer catalogue would say now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from token_conformance.archive.certificates.bundle import Bundle, results_of
from token_conformance.archive.certificates.requirement_verdicts import Results, frozen, requirement_verdict
from token_conformance.archive.certificates.statement import Frozen
from token_conformance.judging.requirement import Requirement, renamed

VIOLATED = frozenset({"fail", "warning"})
"""Verdicts that tell the same violation; between them stands the level of a requirement alone."""

UNTOLD = frozenset({"seconds", "message"})
"""What of results.json may be another each time: how long something took, and words, which libraries have a say in."""


@dataclass(frozen=True)
class Holding:
    """What came of judging again.

    `changed` has a sentence for each frozen requirement that stands otherwise, and `elsewhere` says whether, by the suite
    that made it, anything else of results.json is another, or what the claims ask. `now` has a sentence for what they ask
    otherwise by now, and `reworded` for the checks of which something else is said.
    """

    changed: tuple[str, ...]
    elsewhere: bool
    now: tuple[str, ...]
    reworded: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything stands as the certificate says."""
        return not self.changed and not self.elsewhere


def holding(bundle: Bundle, again: bytes, catalogue: Mapping[str, Requirement]) -> Holding:
    """Compare what a certificate says with the results of judging its evidence again, by today's catalogue.

    Raises:
        NotIntactError: these results cannot be read.

    """
    then, results, names = bundle.certificate.requirements, results_of(again), renamed(catalogue)
    changed = tuple(_changed(then, results, catalogue, names))
    today = frozen(results, {each.name for each in bundle.certificate.claims}, catalogue)
    now = tuple(_asked_now({names.get(each.id, each.id): each for each in then}, today))
    if not bundle.of_this_suite:
        return Holding(changed, elsewhere=False, now=now)
    elsewhere = bool(now) or told_alike(bundle.files["results.json"]) != told_alike(again)
    return Holding(changed, elsewhere, now, tuple(_reworded(bundle.results, results)))


def told_alike(results: bytes) -> Any:
    """What two results.json of one run have alike."""
    return _alike(from_json(results))


def _alike(value: Any) -> Any:
    match value:
        case dict():
            return {name: _alike(each) for name, each in value.items() if name not in UNTOLD}
        case list():
            return [_alike(each) for each in value]
        case _:
            return value


def _changed(
    then: Sequence[Frozen], results: Results, catalogue: Mapping[str, Requirement], names: Mapping[str, str]
) -> Iterator[str]:
    for each in then:
        id_ = names.get(each.id, each.id)
        if id_ not in catalogue:
            continue  # told by what is asked now
        stands = requirement_verdict(results, id_, testable=not catalogue[id_].untested)
        if each.verdict in {"not_applicable", "not_testable"} and stands not in VIOLATED:
            continue  # nothing was said of it, and nothing speaks against it
        if stands != each.verdict and not {stands, each.verdict} <= VIOLATED:
            why = next((check.message for check in results.about(id_) if check.message), "")
            yield f"{each.id}: {each.verdict} then, {stands} now{f': {why}' if why and stands != 'pass' else ''}"


def _reworded(then: Results, results: Results) -> Iterator[str]:
    """The checks of which something else is said, though nothing else was found."""
    said = {check.id: check.message for check in then.checks}
    for check in results.checks:
        if (before := said.get(check.id, check.message)) != check.message:
            yield f"{check.id}: it says {before!r}, and judging again {check.message!r}"


def _asked_now(then: Mapping[str, Frozen], today: Sequence[Frozen]) -> Iterator[str]:
    """What the claims ask by now and did not then, no longer, or at another level."""
    for each in today:
        before = then.get(each.id)
        if before is None:
            yield f"{each.id} ({each.clause}, {each.level}) is asked by now: {each.verdict}"
        elif before.level != each.level:
            yield f"{each.id} is of level {each.level} by now, and was {before.level}: {each.verdict}"
    for id_ in sorted(then.keys() - {each.id for each in today}):
        yield f"{then[id_].id} is not asked any more"
