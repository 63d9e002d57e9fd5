"""Explorations of the requests that the reference server takes, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

from tests.suites.judging import profile_named
from token_conformance.exploring.requests.found import ExploredRequests
from token_conformance.exploring.requests.searching import search_requests
from token_conformance.exploring.searching import Search
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.servers.emulated import EmulatedServer


def explore_requests(
    faults: Collection[str] = (),
    variations: Collection[str] = (),
    *,
    requests: int = 100,
    seed: int = 1,
    folder: Path | None = None,
    profile: str = "everything",
) -> tuple[Record, ExploredRequests]:
    """What was gathered and found by exploring the requests of a server."""
    known = profile_named(profile)
    run = Run(profile, known, EmulatedServer(known, faults, variations), Redactor())

    async def performed() -> tuple[Record, ExploredRequests]:
        record = await gather(run, [], lambda *_: None)
        return await search_requests(run, record, Search(requests, seed, folder), lambda *_: None)

    return asyncio.run(performed())
