"""Explores the provider of a run, where it is asked to, once its checks are judged."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from token_conformance.plugin.progress import Progress
from token_conformance.plugin.stash import EXPLORED, EXPLORED_REQUESTS
from token_conformance.profile.models import Profile
from token_conformance.running.record import Record
from token_conformance.running.repetition import repeatable
from token_conformance.running.run import Run
from token_conformance.wire.connection import Server
from token_conformance.wire.proxy import is_this_machine

if TYPE_CHECKING:
    from token_conformance.exploring.searching import Search

USUAL = 200
"""Requests of an exploration for which nobody says how many."""

SEEDS = 1_000_000
"""Seeds that chance draws from."""


def not_to_explore(profile: Profile, server: Server, config: pytest.Config) -> Iterator[str]:
    """Why a server must not be explored, though it is asked for: a sentence."""
    asked = [option for option in ("explore", "explore_requests") if getattr(config.option, option) is not None]
    if not asked or server.kind != "live":
        return
    named = f"--{asked[0].replace('_', '-')}"
    if not _is_near(profile) and not profile.limits.exploration:
        yield (
            f"{named} plays thief with a server that is not on this machine, and whose profile does not allow it: "
            "set limits.exploration to the requests that it may take"
        )
    if profile.login.seeded:
        yield f"{named} needs logins, and there is but one session: choose another login.strategy"


def recall_what_was_explored(run: Run, config: pytest.Config) -> None:
    """Keep what a run sent while it explored, as its evidence tells: the oracle says anew what it shows."""
    from token_conformance.running.replaying import replay_exploration

    if (record := replay_exploration(run)) is not None:
        config.stash[EXPLORED][run.name] = record, None


async def explore(run: Run, record: Record, config: pytest.Config) -> None:
    """Search for what no check looks for, and keep what comes of it; a run that came to grief is not explored."""
    if not repeatable(run, record) or run.interruption.asked or record.broken_off:
        return
    if config.option.explore is not None:
        await _explore_histories(run, record, config)
    if config.option.explore_requests is not None and not run.interruption.asked:
        await _explore_requests(run, record, config)


async def _explore_histories(run: Run, record: Record, config: pytest.Config) -> None:
    from token_conformance.exploring.searching import search  # a plain run has no use for it

    how, progress = _how(run, config.option.explore, config), Progress(config, run.name)
    config.stash[EXPLORED][run.name] = await search(run, record, how, progress.explored)


async def _explore_requests(run: Run, record: Record, config: pytest.Config) -> None:
    """Explore token requests, with what an exploration of histories has left of logins and of what the profile allows."""
    from token_conformance.exploring.requests.searching import search_requests  # a plain run has no use for it

    before, explored = config.stash[EXPLORED].get(run.name, (record, None))
    spent = replace(record, logins_of={**record.logins_of, **before.logins_of})
    how = _how(run, config.option.explore_requests, config, explored.requests if explored is not None else 0)
    progress = Progress(config, run.name)
    config.stash[EXPLORED_REQUESTS][run.name] = await search_requests(run, spent, how, progress.explored_requests)


def _how(run: Run, asked: int, config: pytest.Config, spent: int = 0) -> Search:
    """How to explore: by a seed, and by as many requests as asked for, at a server elsewhere no more than are allowed."""
    from token_conformance.exploring.searching import Search

    seed, allowed = config.option.explore_seed, run.profile.limits.exploration
    folder = Path(config.option.explore_stories or Path(config.option.report_dir) / "stories")
    requests = asked or allowed or USUAL
    if run.server.kind == "live" and not _is_near(run.profile):
        requests = min(requests, max(allowed - spent, 0))
    return Search(requests, secrets.randbelow(SEEDS) if seed is None else seed, folder)


def _is_near(profile: Profile) -> bool:
    """Whether a live server is on this machine."""
    addresses = [address for _, address in profile.server.addresses]
    return all(is_this_machine(urlsplit(address).hostname or "") for address in addresses)
