"""Explorations of the reference server, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

from tests.suites.judging import profile_named
from token_conformance.exploring.acts import Story
from token_conformance.exploring.exploration import Exploration
from token_conformance.exploring.found import Explored
from token_conformance.exploring.searching import Search, search
from token_conformance.provider import Provider
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import Gathering, gather
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.emulated import EmulatedServer


def explore(
    faults: Collection[str] = (),
    variations: Collection[str] = (),
    *,
    requests: int = 200,
    seed: int = 1,
    folder: Path | None = None,
    profile: str = "everything",
) -> tuple[Record, Explored]:
    """What was gathered and found by exploring a server."""
    known = profile_named(profile)
    run = Run(profile, known, EmulatedServer(known, faults, variations), Redactor())

    async def performed() -> tuple[Record, Explored]:
        record = await gather(run, [], lambda *_: None)
        return await search(run, record, Search(requests, seed, folder), lambda *_: None)

    return asyncio.run(performed())


async def played(story: Story, profile: str = "everything", faults: Collection[str] = ()) -> set[str]:
    """The requirements that the oracle sees violated in one story."""
    known, violated = profile_named(profile), set[str]()

    async def play(provider: Provider) -> None:
        exploration = Exploration(provider, 200, 1)
        violated.update(await exploration.violated_by(story))

    gathering = Gathering(Run(profile, known, EmulatedServer(known, faults), Redactor()), lambda *_: None)
    await gathering.discover()
    await gathering.repeat([Scenario("story", play, ("login", "refresh"), "user")])
    return violated
