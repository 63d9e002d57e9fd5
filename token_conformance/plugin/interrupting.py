"""What a signal means for a session: its runs stop asking, judge and write; a second Ctrl-C ends it at once."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator
from contextlib import nullcontext, suppress
from types import FrameType
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin.stash import INTERRUPTION, RUNS
from token_conformance.running import signals


class Signals:
    """Handles the signals of one session; until something has `begun` there is nothing to keep, and they end it.

    A worker of xdist never ends at once: the process that has begun it sees to that.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.begun = self._works = hasattr(config, "workerinput")
        self.workers: dict[str, int] = {}
        self._interruption = config.stash[INTERRUPTION]
        self._stopped = False

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Handle one signal."""
        again = self._stopped and number == signal.SIGINT
        self._stopped |= number == signal.SIGINT
        if not self._works and (again or not self.begun):
            self._end()
        first = not self._interruption.asked
        self._interruption.ask(signal.Signals(number).name)
        gc.disable()  # what is left to do takes seconds, and looking for garbage a tenth of them
        if self._works:
            return
        self._tell_workers(signal.SIGTERM)
        if first:
            signals.say("interrupted: what was gathered is judged and written; another Ctrl-C ends at once")

    def _end(self) -> None:
        if not self.begun and not self.workers and not signals.is_heeded_from_the_start():
            raise KeyboardInterrupt  # of pytest, which knows how to end before anything has begun
        self._tell_workers(getattr(signal, "SIGKILL", signal.SIGTERM))
        signals.end_at_once(signals.NOTHING_ASKED if not self.begun else None)

    def _tell_workers(self, number: int) -> None:
        if sys.platform == "win32" and self.begun:
            return  # where a console tells all of its processes of Ctrl-C, and any other signal would end them
        for worker in self.workers.values():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(worker, number)


SIGNALS: pytest.StashKey[Signals] = pytest.StashKey()


class Terminal:
    """A terminal that may be closed while it is written to."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write, where somebody reads."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Write at once."""
        with suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def heed_signals(config: pytest.Config) -> None:
    """Have the signals of a session heeded, until its configuration is undone."""
    config.stash[SIGNALS] = handler = Signals(config)
    config.add_cleanup(gc.enable)
    before = signals.heed(handler)
    if hasattr(config, "workerinput"):
        signals.let_through()
    elif signals.is_heeded_from_the_start():
        config.add_cleanup(signals.end_at_next)  # all reports are written
    else:
        config.add_cleanup(lambda: signals.restore(before))


def begin(config: pytest.Config) -> None:
    """From now on there is something to keep."""
    if SIGNALS in config.stash:
        config.stash[SIGNALS].begun = True


@pytest.hookimpl(specname="pytest_sessionstart", wrapper=True)
def pytest_prepare_for_signals(session: pytest.Session) -> Generator[None, object, object]:
    """Survive the end of the terminal, and have xdist begin its workers while no signal can meet them unprepared."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if config.stash[RUNS] and isinstance(reporter, TerminalReporter):
        reporter._tw._file = Terminal(reporter._tw._file)  # noqa: SLF001 - it has no public way
    distributes = config.stash[RUNS] and config.pluginmanager.has_plugin("dsession")
    with signals.held_back() if distributes else nullcontext():
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Note which process a worker of xdist is, where it runs on this machine."""
    if SIGNALS in node.config.stash and node.gateway.spec.popen:
        node.config.stash[SIGNALS].workers[node.gateway.id] = node.gateway._rinfo().pid  # noqa: SLF001 - nothing public tells


@pytest.hookimpl(specname="pytest_testnodedown", optionalhook=True, tryfirst=True)
def pytest_worker_gone(node: Any, error: object) -> None:  # noqa: ARG001 - the hook's signature
    """Send nothing more to a process that has ended."""
    if SIGNALS in node.config.stash:
        node.config.stash[SIGNALS].workers.pop(node.gateway.id, None)
