"""Gathers what a recording from elsewhere holds: scenarios that find themselves in it, and all of its exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from token_conformance.running.gathering import Progress, gather
from token_conformance.running.noting import Inattentive
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.captured.neighbours import of_provider
from token_conformance.servers.captured.server import MOST_REHEARSALS, CapturedServer


async def gather_recorded(run: Run, scenarios: Sequence[Scenario], progress: Progress) -> Record:
    """The record of a run that a recording answers.

    The exchanges of one from elsewhere with the provider are evidence whether a scenario has taken them or not, and what
    scenarios did not find in it is no trouble: nobody promised that it holds everything.
    """
    server = run.server
    if not isinstance(server, CapturedServer):
        return await gather(run, scenarios, progress)
    for exchange in server.exchanges:
        run.redactor.learn_exchange(exchange)
    await _rehearse(run, server, scenarios)
    record = await gather(run, scenarios, progress)
    noticed = (*server.noticed, *record.noticed)
    theirs = of_provider(server.captured, run.profile)
    return replace(record, exchanges=theirs, noticed=noticed, trouble=None, from_elsewhere=True)


async def _rehearse(run: Run, server: CapturedServer, scenarios: Sequence[Scenario]) -> None:
    """Have the scenarios find themselves in the recording, until each draws what was sent, as far as it was."""
    quiet, again = replace(run, noting=Inattentive()), {each.name for each in scenarios}
    server.rehearsing = True
    for _ in range(MOST_REHEARSALS):
        await gather(quiet, [each for each in scenarios if each.name in again], lambda *_: None)
        again = server.learn()
        if not again or run.interruption.asked:
            break
    server.rehearsing = False
