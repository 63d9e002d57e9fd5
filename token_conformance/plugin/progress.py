"""The live line that shows how far the scenarios of a session are, and how long they still take at their pace."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.results.todo import duration

SELDOM = 10.0
"""Seconds between two lines where the output is no terminal."""

OFTEN = 1.0
"""Seconds after which the line of a terminal is written anew, whatever has ended meanwhile."""

EARLY = 3.0
"""Seconds of which nobody can tell how long the rest will take."""


@dataclass(frozen=True)
class Told:
    """How far a profile is: what of how much is done since when (s, of a monotonic clock), and in words."""

    words: str
    done: int
    of: int
    since: float

    def left(self, now: float) -> float | None:
        """The seconds that the rest takes at the pace of what is done; None where it is too early to tell."""
        passed = now - self.since
        return passed * (self.of - self.done) / self.done if self.done > 0 and passed >= EARLY else None

    def line(self, now: float) -> str:
        """The words, with the time that is left."""
        left = self.left(now)
        return self.words if left is None else f"{self.words}; about {duration(max(1, round(left)))} left at this pace"


class Board:
    """One line for all profiles that are under way: that of the one which takes longest still."""

    def __init__(self, reporter: TerminalReporter | None) -> None:
        self._reporter = reporter
        self._told: dict[str, Told] = {}
        self._shown = monotonic()

    def tell(self, profile: str, told: Told | None) -> None:
        """Take over how far a profile is; None ends that."""
        if told is None:
            self._told.pop(profile, None)
        else:
            self._told[profile] = told
        self.show()

    def show(self) -> None:
        """Rewrite the line of a terminal, or write one to a log now and then; silent in the workers of xdist."""
        if self._reporter is None:
            return
        now = monotonic()
        if self._reporter.isatty and os.environ.get("TERM") != "dumb":
            self._reporter.rewrite(self._line(now)[: shutil.get_terminal_size().columns - 1], erase=True)
        elif self._told and now - self._shown >= SELDOM:
            self._shown = now
            self._reporter.ensure_newline()
            self._reporter.write_line(self._line(now))
            self._reporter.flush()

    def _line(self, now: float) -> str:
        """The line as it is now; empty where nothing is under way."""
        if not self._told:
            return ""
        last = max(self._told.values(), key=lambda told: told.left(now) or 0)
        others = len(self._told) - 1
        return last.line(now) + (f" ({others} more profile{'s' * (others != 1)} under way)" if others else "")


BOARD: pytest.StashKey[Board] = pytest.StashKey()


def board_of(config: pytest.Config) -> Board:
    """The line of a session."""
    if BOARD not in config.stash:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        config.stash[BOARD] = Board(reporter if isinstance(reporter, TerminalReporter) else None)
    return config.stash[BOARD]


@asynccontextmanager
async def telling(config: pytest.Config) -> AsyncIterator[None]:
    """Show meanwhile that a session is alive, while its scenarios wait as well."""
    board = board_of(config)

    async def tick() -> None:
        while True:
            await asyncio.sleep(OFTEN)
            board.show()

    ticking = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticking.cancel()


class Progress:
    """Tells how far a profile is with one thing after the other."""

    def __init__(self, config: pytest.Config, profile: str) -> None:
        self._board = board_of(config)
        self._profile = profile
        self._since = monotonic()

    def __call__(self, scenario: str, ended: int, total: int) -> None:
        """Show that a scenario has ended."""
        self._tell(f"{self._profile}: scenario {ended} of {total}: {scenario}", ended, total)

    def explored(self, sent: int, most: int, found: int) -> None:
        """Show how far an exploration is."""
        self._tell(f"{self._profile}: exploring, request {sent} of {most}, found {found}", sent, most)

    def explored_requests(self, sent: int, most: int, found: int) -> None:
        """Show how far an exploration of requests is."""
        self._tell(f"{self._profile}: exploring requests, request {sent} of {most}, found {found}", sent, most)

    def _tell(self, words: str, done: int, of: int) -> None:
        self._board.tell(self._profile, Told(words, done, of, self._since) if done < of else None)
