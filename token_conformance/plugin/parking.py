"""`--park` and `--due`: what a run could not wait for is kept at its end, and another one goes on with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from token_conformance.plugin.progress import Progress
from token_conformance.plugin.stash import PARKED, RECORDS, REPETITIONS, UNPARKED
from token_conformance.results.todo import Parked, ToDo
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from token_conformance.running.parking import ParkedNow


async def going_on(run: Run, scenarios: Sequence[Scenario], config: pytest.Config) -> Record:
    """What a run gathers that goes on with what is parked and due; where it cannot be kept true, that is its trouble."""
    from token_conformance.running.parking import present  # other runs have no use for it, nor for sessions
    from token_conformance.sessions.problems import SessionError

    try:
        return await present(run, scenarios, Progress(config, run.name))
    except SessionError as problem:
        outcomes = {scenario.name: Inconclusive(str(problem)) for scenario in scenarios}
        return Record(run.profile, run.server.kind, outcomes=outcomes, trouble=str(problem), no_session=True)


def heed_what_is_parked(run: Run, scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Remember what a run is about to do that may end what is parked; gives why that cannot be, where it cannot."""
    if run.lot is None:
        return ()
    from token_conformance.running.parking import endanger
    from token_conformance.sessions.problems import SessionError

    try:
        endanger(run, run.lot, scenarios)
    except SessionError as problem:
        return (f"what is parked has not been told of this run: {problem}",)
    return ()


async def park_what_is_left(run: Run, record: Record, scenarios: Sequence[Scenario], config: pytest.Config) -> None:
    """Park what a run could not wait for, after all else that it does; what keeps it from that is the run's trouble.

    What cannot be parked for a reason of its own, such as a login that is refused, is told with what was noticed.
    """
    from token_conformance.running.parking import park, to_park
    from token_conformance.sessions.problems import SessionError

    left = to_park(record, scenarios)
    if run.lot is None or record.trouble is not None or not left or run.interruption.asked:
        return
    try:
        parked = await park(run, _with_repetition(run, record, config), left, Progress(config, run.name))
    except SessionError as problem:
        config.stash[UNPARKED][run.name] = f"what is left could not be parked: {problem}"
    else:
        config.stash[PARKED][run.name] = parked.record
        if (why := parked.record.trouble or parked.record.defect) is not None:
            config.stash[UNPARKED][run.name] = f"not all that is left could be parked: {run.redactor.text(why)}"
        known = config.stash[RECORDS][run.name]
        config.stash[RECORDS][run.name] = replace(known, noticed=(*known.noticed, *_not_parked(parked)))


def _not_parked(now: ParkedNow) -> Iterator[str]:
    """A sentence on each scenario that did not come to the wait at which it would have been parked."""
    kept = {each.scenario for each in now.scenarios}
    for name, outcome in now.record.outcomes.items():
        if name not in kept and isinstance(outcome, Exception):
            yield f"{name} is not parked: {outcome}"


def recall_what_was_parked(run: Run, config: pytest.Config) -> None:
    """Take from the evidence of a run what it asked for to park, and what kept it from that."""
    from token_conformance.running.replaying import replay_parking, stored_of

    config.stash[PARKED][run.name] = replay_parking(run)
    if (why := stored_of(run).evidence.late_trouble) is not None:
        config.stash[UNPARKED][run.name] = why


def parked_of(run: Run, parked: Record | None) -> tuple[Parked, ...]:
    """What of a profile waits for a run with `--due`, where this run parks or goes on, or has parked by its evidence."""
    if run.replayed:
        from token_conformance.running.replaying import stored_of

        return tuple(Parked(each.scenario, each.since, each.due) for each in stored_of(run).evidence.parked)
    if run.lot is None or (parked is None and not run.due):
        return ()
    from token_conformance.sessions.problems import SessionError

    try:
        return tuple(Parked(each.scenario, each.parked, each.due) for each in run.lot.parked())
    except SessionError:
        return ()


def _with_repetition(run: Run, record: Record, config: pytest.Config) -> Record:
    """The record of a run with the logins of what it did again, which count against `max_logins` as well."""
    again = config.stash[REPETITIONS].get(run.name)
    if again is None:
        return record
    logins = Counter(record.logins_of) + Counter(again.record.logins_of)
    wrong = record.wrong_passwords | again.record.wrong_passwords
    return replace(record, logins_of=logins, wrong_passwords=wrong)


def still_to_do(left: Sequence[ToDo], parked: Sequence[Parked]) -> tuple[ToDo, ...]:
    """What is left to do, without what is parked."""
    kept = {each.scenario for each in parked}
    return tuple(each for each in left if each.scenario not in kept)
