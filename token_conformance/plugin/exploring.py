"""Explores the provider of a run, where it is asked to, once its checks are judged."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from token_conformance.plugin.progress import Progress
from token_conformance.plugin.stash import EXPLORED
from token_conformance.profile.models import Profile
from token_conformance.running.record import Record
from token_conformance.running.repetition import repeatable
from token_conformance.running.run import Run
from token_conformance.wire.connection import Server
from token_conformance.wire.proxy import is_this_machine

USUAL = 200
"""Requests of an exploration for which nobody says how many."""

SEEDS = 1_000_000
"""Seeds that chance draws from."""


def not_to_explore(profile: Profile, server: Server, config: pytest.Config) -> Iterator[str]:
    """Why a server must not be explored, though it is asked for: a sentence."""
    if config.option.explore is None or server.kind != "live":
        return
    if not _is_near(profile) and not profile.limits.exploration:
        yield (
            "--explore plays thief with a server that is not on this machine, and whose profile does not allow it: "
            "set limits.exploration to the requests that it may take"
        )
    if profile.login.seeded:
        yield "--explore needs logins, and there is but one session: choose another login.strategy"


async def explore(run: Run, record: Record, config: pytest.Config) -> None:
    """Search for what no check looks for, and keep what comes of it; a run that came to grief is not explored."""
    if config.option.explore is None or not repeatable(run, record) or run.interruption.asked or record.broken_off:
        return
    from token_conformance.exploring.searching import Search, search  # a plain run has no use for it

    seed = config.option.explore_seed
    folder = Path(config.option.explore_stories or Path(config.option.report_dir) / "stories")
    how = Search(_requests(run, config), secrets.randbelow(SEEDS) if seed is None else seed, folder)
    config.stash[EXPLORED][run.name] = await search(run, record, how, Progress(config, run.name).explored)


def _requests(run: Run, config: pytest.Config) -> int:
    """How many requests there may be: as many as asked for, at a server elsewhere no more than its profile allows."""
    allowed = run.profile.limits.exploration
    asked = config.option.explore or allowed or USUAL
    return int(min(asked, allowed) if run.server.kind == "live" and not _is_near(run.profile) else asked)


def _is_near(profile: Profile) -> bool:
    """Whether a live server is on this machine."""
    addresses = [address for _, address in profile.server.addresses]
    return all(is_this_machine(urlsplit(address).hostname or "") for address in addresses)
