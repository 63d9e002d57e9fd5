"""`--quiet`: a session says nothing but what it comes to."""

from __future__ import annotations

from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin.stash import RUNS


class Hushed:
    """A terminal to which nothing is written, unless it is meant to be `heard`."""

    def __init__(self, file: Any) -> None:
        self.heard = False
        self._file = file

    def write(self, text: str) -> None:
        """Write what is meant to be heard."""
        if self.heard:
            self._file.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


HUSHED: pytest.StashKey[Hushed] = pytest.StashKey()


@pytest.hookimpl(specname="pytest_sessionstart", tryfirst=True)
def pytest_hush(session: pytest.Session) -> None:
    """Hush pytest and its plugins, where it was asked for."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if config.option.hushed and config.stash[RUNS] and isinstance(reporter, TerminalReporter):
        writer = reporter._tw  # noqa: SLF001 - it has no public way
        writer._file = config.stash[HUSHED] = Hushed(writer._file)  # noqa: SLF001 - likewise


def is_hushed(config: pytest.Config) -> bool:
    """Whether nothing is to be said on the way."""
    return HUSHED in config.stash


def say_anyway(config: pytest.Config, *lines: str) -> None:
    """Say something on the terminal, where there is one, hushed or not."""
    reporter, hushed = config.pluginmanager.get_plugin("terminalreporter"), config.stash.get(HUSHED, None)
    if not isinstance(reporter, TerminalReporter):
        return
    if hushed is not None:
        hushed.heard = True
    for line in lines:
        reporter.write_line(line)
    if hushed is not None:
        hushed.heard = False
