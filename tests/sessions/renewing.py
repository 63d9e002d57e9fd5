"""A process that does nothing but renew a stored session, to be killed at any point."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from token_conformance.layout import PACKAGE
from token_conformance.profile.loading import load
from token_conformance.sessions import FileVault, SessionStore
from token_conformance.sessions.keeper import Keeper
from token_conformance.sessions.live import live_provider

REFUSED = 7
"""The exit status of a process whose session was not renewed."""


def renew(profile_path: Path, session_path: Path, begun, last_line: int | None) -> None:
    """Renew the session again and again; with `last_line` until that many lines of the package have run."""
    profile = load(profile_path, {})
    store = SessionStore("reference", profile, FileVault(session_path))
    if last_line is not None:
        _die_after(last_line)
    begun.set()
    asyncio.run(_renew(store))


async def _renew(store: SessionStore) -> None:
    with store.locked():
        keeper = Keeper(store)
        async with live_provider(store.profile, "renewing") as provider:
            provider.lineage.follower, provider.lineage.seed = keeper, keeper.session.refresh_token
            while True:
                response = await provider.refresh(provider.lineage.seed)
                if not response.accepted:
                    os._exit(REFUSED)


def _die_after(lines: int) -> None:
    """Have this process kill itself before a line of the package is run: the points are those of the code itself."""
    left = lines

    def count(frame, event, argument):
        nonlocal left
        left -= event == "line"
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    def of_the_package(frame, event, argument):
        return count if frame.f_code.co_filename.startswith(str(PACKAGE)) else None

    sys.settrace(of_the_package)
