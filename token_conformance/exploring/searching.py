"""An exploration beside a run: with the run's provider, its pace and what is left of its logins, once its checks are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from token_conformance.exploring.exploration import Exploration
from token_conformance.exploring.found import Explored
from token_conformance.exploring.keeping import Shelf
from token_conformance.provider import Provider
from token_conformance.running.defect import described
from token_conformance.running.gathering import Gathering
from token_conformance.running.labels import EXPLORING
from token_conformance.running.noting import OfExchanges
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.verdict import NotJudged

Heed = Callable[[int, int, int], None]
"""Told the requests that were sent, how many there may be, and how many stories were found."""


@dataclass(frozen=True)
class Search:
    """How a run is explored: by so many requests, from a seed, with the stories that are kept in a folder."""

    requests: int
    seed: int = 0
    folder: Path | None = None


class Searching(Gathering):
    """The gathering of what is explored; its exchanges have names of their own."""

    suffix = ""


async def search(run: Run, record: Record, how: Search, heed: Heed) -> tuple[Record, Explored]:
    """Explore the provider of a run, within what is left of its logins.

    Args:
        run: the run.
        record: what it has gathered.
        how: the requests and the seed.
        heed: told how far it is.

    """
    shelf = Shelf(how.folder, run.name)
    begun: list[Exploration] = []

    async def explored(provider: Provider) -> Explored:
        provider.lineage.doubt()
        exploration = Exploration(provider, how.requests, how.seed, heed, shelf.stories)
        begun.append(exploration)
        return await exploration.run()

    alone = replace(run, noting=OfExchanges(EXPLORING, run.noting))
    gathering = Searching(alone, lambda *_: None, after=record)
    async with gathering.closing():
        await gathering.discover()
        await gathering.repeat([Scenario(EXPLORING, explored, ("login", "refresh"), "user")])
    gathered = gathering.record()
    outcome = gathered.outcomes.get(EXPLORING)
    found = begun[0].explored if begun else Explored((), 0, 0, how.seed)
    if not isinstance(outcome, Explored):
        found = replace(found, cut_short=why_cut_short(outcome) or gathered.defect or "it broke off")
    return gathered, _kept(shelf, found)


def why_cut_short(outcome: object) -> str | None:
    """Why an exploration did not come to its end, by the outcome of its scenario."""
    if isinstance(outcome, NotJudged):
        return str(outcome)
    return described(outcome) if isinstance(outcome, Exception) else None


def _kept(shelf: Shelf, explored: Explored) -> Explored:
    """What was explored, once its stories are kept for the next time."""
    try:
        shelf.keep(tuple(each.story for each in explored.found if each.story))
    except OSError as problem:
        return replace(explored, cut_short=f"its stories cannot be kept in {shelf.folder}: {problem.strerror}")
    return explored
