"""Whether the verdicts of a certificate hold when its evidence is judged again, and what a newer catalogue would say now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from token_conformance.archive.certificates.bundle import Bundle, results_of
from token_conformance.archive.certificates.standing import Results, frozen, standing
from token_conformance.archive.certificates.statement import Frozen
from token_conformance.judging.requirement import Requirement, renamed

VIOLATED = frozenset({"fail", "warning"})
"""Verdicts that tell the same violation; between them stands the level of a requirement alone."""

UNTOLD = "seconds"
"""What of results.json is another each time: how long something took."""


@dataclass(frozen=True)
class Holding:
    """What came of judging again.

    `changed` has a sentence for each frozen requirement that stands otherwise, and `elsewhere` says whether, by the suite
    that made it, anything else of results.json is another. `now` has a sentence for what the claims ask otherwise by now.
    """

    changed: tuple[str, ...]
    elsewhere: bool
    now: tuple[str, ...]

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
    elsewhere = bundle.of_this_suite and told_alike(bundle.files["results.json"]) != told_alike(again)
    changed = tuple(_changed(then, results, catalogue, names))
    claims = {each.name for each in bundle.certificate.claims}
    today = frozen(results, claims, catalogue)
    return Holding(changed, elsewhere, tuple(_asked_now({names.get(each.id, each.id): each for each in then}, today)))


def told_alike(results: bytes) -> Any:
    """What two results.json of one run have alike."""
    return _timeless(from_json(results))


def _timeless(value: Any) -> Any:
    match value:
        case dict():
            return {name: _timeless(each) for name, each in value.items() if name != UNTOLD}
        case list():
            return [_timeless(each) for each in value]
        case _:
            return value


def _changed(
    then: Sequence[Frozen], results: Results, catalogue: Mapping[str, Requirement], names: Mapping[str, str]
) -> Iterator[str]:
    for each in then:
        id_ = names.get(each.id, each.id)
        if id_ not in catalogue:
            continue  # told by what is asked now
        stands = standing(results, id_, testable=not catalogue[id_].untested)
        if each.verdict in {"not_applicable", "not_testable"} and stands not in VIOLATED:
            continue  # nothing was said of it, and nothing speaks against it
        if stands != each.verdict and not {stands, each.verdict} <= VIOLATED:
            why = next((check.message for check in results.about(id_) if check.message), "")
            yield f"{each.id}: {each.verdict} then, {stands} now{f': {why}' if why and stands != 'pass' else ''}"


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
