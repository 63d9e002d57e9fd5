"""Scenarios that ran once more, alone and with a new login, because a check is red."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from token_conformance.running.gathering import Gathering, Progress
from token_conformance.running.interruption import INTERRUPTED
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario

ONE_SESSION = "there is but one session"


@dataclass(frozen=True)
class Repetition:
    """What was gathered the second time; `refused` says of other scenarios why they did not run once more."""

    record: Record
    refused: Mapping[str, str] = field(default_factory=dict)


def repeatable(run: Run, record: Record) -> bool:
    """Whether anything of a run can be done again: there is somebody to ask, and it has not come to grief."""
    return run.server.kind != "recorded" and record.trouble is None


async def repeat(run: Run, record: Record, scenarios: Sequence[Scenario], progress: Progress) -> Repetition:
    """Perform scenarios of a run once more, one at a time, within what is left of its logins.

    Args:
        run: the run.
        record: what it has gathered.
        scenarios: those to repeat, the most important first.
        progress: told which have ended.

    """
    if run.replayed:
        from token_conformance.running.replaying import replay_again  # evidence is read by those alone who judge it

        return Repetition(*await replay_again(run, scenarios, record))
    refused = dict(_refusals(run, record, scenarios))
    gathering = Gathering(run, progress, after=record)
    async with gathering.closing():
        await gathering.discover()
        await gathering.repeat([each for each in scenarios if each.name not in refused])
    again = gathering.record()
    refused = {**_left(scenarios, again), **refused}
    run.noting.gathered(again, refused)
    return Repetition(again, refused)


def not_begun(run: Run, record: Record, scenarios: Sequence[Scenario], why: str) -> Repetition:
    """What comes of a repetition that nobody began."""
    return Repetition(Record(run.profile, record.kind), {each.name: why for each in scenarios})


def _left(scenarios: Sequence[Scenario], again: Record) -> dict[str, str]:
    """What nobody came to do once more, and why."""
    why = again.defect or INTERRUPTED
    return {each.name: why for each in scenarios if each.name not in again.outcomes}


def _refusals(run: Run, record: Record, scenarios: Sequence[Scenario]) -> Iterator[tuple[str, str]]:
    """Why scenarios are not repeated: the session is spent, or their waits together take longer than `max_wait`."""
    live, longest, waited = run.server.kind == "live", run.profile.limits.max_wait, 0.0
    for scenario in scenarios:
        waits = record.waits[scenario.name].passed if scenario.name in record.waits else 0.0
        if live and run.profile.login.seeded:
            yield scenario.name, ONE_SESSION
        elif live and waited + waits > max(longest, 1):
            yield scenario.name, f"its waits take {waits:.0f} s more; limits.max_wait is {longest} s"
        else:
            waited += waits
