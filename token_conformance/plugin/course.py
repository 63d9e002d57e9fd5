"""The course of a session: a profile is gathered before its first check, reported after its last one, and let go then."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

import pytest

from token_conformance.plugin.directly import judge_directly
from token_conformance.plugin.enough import tally_of
from token_conformance.plugin.exploring import explore, recall_what_was_explored
from token_conformance.plugin.interrupting import begin
from token_conformance.plugin.output import report_on
from token_conformance.plugin.parking import (
    going_on,
    heed_what_is_parked,
    park_what_is_left,
    recall_what_was_parked,
)
from token_conformance.plugin.progress import Progress, telling
from token_conformance.plugin.repeating import Outcomes, outcomes_of, repeat_reds
from token_conformance.plugin.selection import run_for, scenarios_due, scenarios_left, scenarios_of
from token_conformance.plugin.silence import silence
from token_conformance.plugin.stash import DEFECTS, EXPLORED, EXPLORED_REQUESTS, RECORDS, REPETITIONS, RUNS, UNPARKED
from token_conformance.plugin.stored_evidence import why_interrupted
from token_conformance.plugin.verdicts import forget
from token_conformance.plugin.worth import worth_of
from token_conformance.running.defect import described
from token_conformance.running.gathering import gather
from token_conformance.running.interruption import Interruption
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario

MOST_AT_ONCE = 8
"""Live profiles that are gathered at the same time, so that they wait together; what answers in this process is not waited for."""


class Course:
    """The profiles of a session whose checks are not all judged yet."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._config = session.config
        self._items: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            self._items.setdefault(run_for(item).name, []).append(item)
        self._to_come = {name: len(items) for name, items in self._items.items()}

    def passes_over(self, run: Run) -> bool:
        """Whether a profile is not tested, since the session was told to stop before its turn came."""
        return run.interruption.asked and run.name not in self._config.stash[RECORDS]

    def reach(self, run: Run) -> None:
        """Before a check of a profile: see to it that the profile is gathered, and others with it that can wait together."""
        if run.name in self._config.stash[RECORDS]:
            return
        together = self._together_with(run)
        with asyncio.Runner(loop_factory=lambda: _loop(run.interruption)) as runner:
            runner.run(self._gather(together))

    def leave(self, item: pytest.Item, run: Run) -> None:
        """After a check: report on its profile if it was the last one."""
        forget(item)
        self._to_come[run.name] -= 1
        if self._to_come[run.name] == 0:
            del self._items[run.name]
            report_on(run.name, self._config)
            if self._items and not run.interruption.asked:
                gc.collect()  # what a profile leaves is large and full of circles, and another one needs the room

    def _together_with(self, run: Run) -> list[Run]:
        if run.server.kind != "live" or run.replayed or hasattr(self._config, "workerinput"):
            return [run]
        runs, gathered = self._config.stash[RUNS], self._config.stash[RECORDS]
        waiting = (runs[name] for name in self._items if name != run.name and name not in gathered)
        return [run, *islice((each for each in waiting if each.server.kind == "live"), MOST_AT_ONCE - 1)]

    async def _gather(self, runs: Iterable[Run]) -> None:
        async with telling(self._config), asyncio.TaskGroup() as tasks:
            for run in runs:
                tasks.create_task(self._gather_one(run))

    async def _gather_one(self, run: Run) -> None:
        items, config = self._items[run.name], self._config
        run = replace(run, worth=worth_of(items, run.profile), enough=tally_of(run, items, config))
        scenarios = _to_perform(run, items)
        run.noting.begin(each.name for each in scenarios)
        gathered = await going_on(run, scenarios, config) if run.due else await _gathered(run, scenarios, config)
        record = await _told(run, gathered, scenarios)
        config.stash[RECORDS][run.name] = record
        try:
            with silence(config):
                outcomes = outcomes_of(items, record)
            await repeat_reds(run, record, outcomes, config)
            await explore(run, record, config)
            await self._take_leave(run, record)
            if run.replayed:
                recall_what_was_parked(run, config)
                recall_what_was_explored(run, config)
            elif config.option.park and not run.due:
                await park_what_is_left(run, record, scenarios, config)
            _note_end(run, config.stash[RECORDS][run.name], outcomes, config.stash[UNPARKED].get(run.name))
            if config.option.directly:
                judge_directly(outcomes)
        except Exception as problem:  # pytest judges each check by itself all the same
            config.stash[DEFECTS][run.name] = described(problem)

    async def _take_leave(self, run: Run, record: Record) -> None:
        """Have what the run holds revoked, and keep the sentences that say what remains, and through whom it went."""
        if run.replayed or run.server.kind != "live":
            return
        from token_conformance.running.leaving import named_proxy, take_leave  # others leave nothing behind

        again = self._config.stash[REPETITIONS].get(run.name)
        exchanges = (*record.exchanges, *(again.record.exchanges if again is not None else ()))
        for explored in (
            self._config.stash[EXPLORED].get(run.name),
            self._config.stash[EXPLORED_REQUESTS].get(run.name),
        ):
            exchanges += explored[0].exchanges if explored is not None else ()
        farewell = await take_leave(run, record, exchanges)
        said = (*record.noticed, *named_proxy(run), *([farewell] if farewell is not None else []))
        if said != record.noticed:
            self._config.stash[RECORDS][run.name] = replace(record, noticed=said)


def _to_perform(run: Run, items: Sequence[pytest.Item]) -> tuple[Scenario, ...]:
    """The scenarios of the checks that are judged, in a run that goes on with another one only those that are left of it."""
    if run.goes_on:
        return scenarios_left(items)
    return scenarios_due(items, run.only or ()) if run.due else scenarios_of(items)


def _note_end(run: Run, record: Record, outcomes: Outcomes, trouble: str | None) -> None:
    """Have the evidence of a run end, or break off where the run does; `trouble` came up behind its scenarios."""
    if (why := why_interrupted(run, record)) is not None:
        run.noting.break_off(why, record.noticed)
        return
    run.noting.compared([each for outcome in outcomes.values() for each in outcome.compared])
    run.noting.end(record.noticed, trouble)


def _loop(interruption: Interruption) -> asyncio.AbstractEventLoop:
    """An event loop that does not wait at its end for what nobody waits for any more, such as the name of a host.

    After an interruption it does not complain of what was left undone.
    """
    loop = asyncio.new_event_loop()
    loop.set_default_executor(Threads(thread_name_prefix="token-conformance"))
    loop.set_exception_handler(
        lambda loop, context: None if interruption.asked else loop.default_exception_handler(context)
    )
    return loop


class Threads(ThreadPoolExecutor):
    """Threads that may outlast the loop whose work they do."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - theirs
        """Begin nothing more, and wait for nothing."""
        super().shutdown(wait=False, cancel_futures=True)


async def _gathered(run: Run, scenarios: Sequence[Scenario], config: pytest.Config) -> Record:
    """What scenarios gather, or have gathered; what of it may end what is parked is remembered beforehand."""
    if run.replayed:
        from token_conformance.running.replaying import replay  # evidence is read by those alone who judge it

        return await replay(run, scenarios)
    unheeded = heed_what_is_parked(run, scenarios)
    progress = Progress(config, run.name)
    if run.server.kind == "recorded":
        from token_conformance.running.captured import gather_recorded  # what reads recordings is needed for them alone

        return await gather_recorded(run, scenarios, progress)
    record = await gather(run, scenarios, progress)
    return replace(record, noticed=(*record.noticed, *unheeded))


async def _told(run: Run, record: Record, scenarios: Sequence[Scenario]) -> Record:
    """What was gathered, with how far it came where the provider stopped answering."""
    if record.stopped is None or run.interruption.asked:
        return record
    from token_conformance.running.planning import told_how_far  # a rehearsal draws in the whole reference server

    return await told_how_far(run, record, scenarios)


COURSE: pytest.StashKey[Course] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Gather what the checks of a profile rest on before the first of them, and report on it after the last one."""
    if not item.config.stash[RUNS]:
        return (yield)
    if COURSE not in item.session.stash:
        item.session.stash[COURSE] = Course(item.session)
        begin(item.config)
    course, run = item.session.stash[COURSE], run_for(item)
    if course.passes_over(run):
        return (yield)
    course.reach(run)
    judged = yield
    course.leave(item, run)
    return judged


@pytest.hookimpl(specname="pytest_runtest_protocol", tryfirst=True)
def pytest_pass_over(item: pytest.Item) -> bool | None:
    """Leave out the checks of a profile whose turn did not come before the session was told to stop."""
    course = item.session.stash.get(COURSE, None)
    return True if course is not None and course.passes_over(run_for(item)) else None
