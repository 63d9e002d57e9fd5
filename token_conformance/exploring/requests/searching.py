"""An exploration of requests beside a run: with its provider, its pace and what is left of its logins."""

from __future__ import annotations

from dataclasses import replace

from token_conformance.exploring.requests.exploration import Heed, RequestExploration
from token_conformance.exploring.requests.found import ExploredRequests
from token_conformance.exploring.requests.keeping import RequestShelf
from token_conformance.exploring.searching import Search, Searching, why_cut_short
from token_conformance.provider import Provider
from token_conformance.running.noting import Inattentive
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario

EXPLORING = "exploring_requests"
"""What its exchanges are named after."""


async def search_requests(run: Run, record: Record, how: Search, heed: Heed) -> tuple[Record, ExploredRequests]:
    """Explore the token requests of a run's provider, within what is left of its logins.

    Args:
        run: the run.
        record: what it has gathered, or what was explored after it.
        how: the requests, the seed, and where mutations are kept.
        heed: told how far it is.

    """
    shelf = RequestShelf(how.folder, run.name)
    begun: list[RequestExploration] = []

    async def explored(provider: Provider) -> ExploredRequests:
        provider.lineage.doubt()
        exploration = RequestExploration(provider, how.requests, how.seed, heed, shelf.mutations)
        begun.append(exploration)
        return await exploration.run()

    alone = replace(run, noting=Inattentive())  # evidence holds scenarios, which are performed anew from it
    gathering = Searching(alone, lambda *_: None, after=record)
    async with gathering.closing():
        await gathering.discover()
        await gathering.repeat([Scenario(EXPLORING, explored, reach="user")])
    gathered = gathering.record()
    outcome = gathered.outcomes.get(EXPLORING)
    found = begun[0].explored if begun else ExploredRequests((), 0, 0, 0, how.seed)
    if not isinstance(outcome, ExploredRequests):
        found = replace(found, cut_short=why_cut_short(outcome) or gathered.defect or "it broke off")
    return gathered, _kept(shelf, found, begun)


def _kept(shelf: RequestShelf, explored: ExploredRequests, begun: list[RequestExploration]) -> ExploredRequests:
    """What was explored, once its mutations are kept for the next time."""
    try:
        shelf.keep(begun[0].mutations if begun else ())
    except OSError as problem:
        return replace(explored, cut_short=f"what was found cannot be kept in {shelf.folder}: {problem.strerror}")
    return explored
