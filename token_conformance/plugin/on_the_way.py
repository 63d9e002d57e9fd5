"""Has the oracle watch a run: what it forbids, and no check has told, becomes a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from token_conformance.exploring.found import Explored
from token_conformance.exploring.requests.found import ExploredRequests
from token_conformance.judging.causes import causes
from token_conformance.judging.requirement import catalogue
from token_conformance.redaction import Redactor
from token_conformance.results.on_the_way import SeenOnTheWay, by_their_stories, seen_in_requests, seen_on_the_way
from token_conformance.results.results import CheckResult
from token_conformance.running.defect import described
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.watching import watched


def seen_by_the_oracle(
    run: Run, records: Iterable[Record | None], results: Sequence[CheckResult], explored: Explored | None = None
) -> tuple[tuple[SeenOnTheWay, ...], str | None]:
    """What the oracle forbids in the exchanges of a run, its repetitions and what was parked of it, and what was explored.

    A defect of ours that comes up meanwhile is the run's trouble, told in the second place; the checks stand.
    """
    known = [record for record in records if record is not None]
    exchanges = [exchange for record in known for exchange in record.exchanges]
    try:
        found = seen_on_the_way(watched(known), exchanges, results, run.profile, causes(), catalogue())
        found = by_their_stories(found, explored.found) if explored is not None else found
        return tuple(_shown(seen, run.redactor) for seen in found), None
    except Exception as problem:
        return (), f"what happened on the way was not looked at, for {run.redactor.text(described(problem))}"


def seen_in_changed_requests(
    run: Run, results: Sequence[CheckResult], explored: ExploredRequests | None, others: Sequence[SeenOnTheWay]
) -> tuple[SeenOnTheWay, ...]:
    """What changed token requests have shown, and neither a check nor the oracle has told."""
    if explored is None:
        return ()
    told = {each.requirement for each in others}
    seen = seen_in_requests(explored.found, results, run.profile, causes(), catalogue())
    return tuple(_shown(each, run.redactor) for each in seen if each.requirement not in told)


LONGEST = 500
"""Characters of a message, and of a sentence of a story: what a server calls a scope can be of any length."""


def _shown(seen: SeenOnTheWay, redactor: Redactor) -> SeenOnTheWay:
    """The finding with labels in the place of secrets, and no longer than anybody reads."""
    steps = tuple(replace(step, told=redactor.text(step.told)[:LONGEST]) for step in seen.story)
    return replace(seen, message=redactor.text(seen.message)[:LONGEST], story=steps)
