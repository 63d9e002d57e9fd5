"""How much a session says: with `--quiet` nothing but what it comes to, with `-v` all that there is to say."""

from __future__ import annotations

from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin.stash import RUNS
from token_conformance.report.terminal import standing_out


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


def tells_all(config: pytest.Config) -> bool:
    """Whether a line for each check was asked for, and with it all else that can be said."""
    return bool(getattr(config.option, "verbose", 0) > 0)


def has_letters(config: pytest.Config) -> bool:
    """Whether each check has a letter on the way, as in pytest.

    A run of the command line says in the end what counts, and meanwhile how far it is; of its workers letters alone tell that.
    """
    alone = config.option.directly and not config.getoption("numprocesses", None)
    return not tells_all(config) and not alone


def say_anyway(config: pytest.Config, *lines: str) -> None:
    """Say something on the terminal, where there is one, hushed or not; pytest knows whether it has colours."""
    reporter, hushed = config.pluginmanager.get_plugin("terminalreporter"), config.stash.get(HUSHED, None)
    if not isinstance(reporter, TerminalReporter):
        return
    if hushed is not None:
        hushed.heard = True
    for line in lines:
        beginning, how, rest = standing_out(line)
        if how:
            reporter.write(beginning, **{how: True})
        reporter.write_line(rest)
    if hushed is not None:
        hushed.heard = False
