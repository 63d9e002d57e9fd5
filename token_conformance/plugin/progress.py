"""The live line that shows which scenarios are under way."""

from __future__ import annotations

from time import monotonic

import pytest
from _pytest.terminal import TerminalReporter

SELDOM = 10.0
"""Seconds between two lines where the output is no terminal."""


class Progress:
    """Rewrites one line of a terminal, or writes one every ten seconds to a log; silent in the workers of xdist."""

    def __init__(self, config: pytest.Config, profile: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        self._reporter = reporter if isinstance(reporter, TerminalReporter) else None
        self._profile = profile
        self._told = monotonic()

    def __call__(self, scenario: str, ended: int, total: int) -> None:
        """Show that a scenario has ended."""
        self._show(f"{self._profile}: scenario {ended} of {total}: {scenario}" if ended < total else "")

    def explored(self, sent: int, most: int, found: int) -> None:
        """Show how far an exploration is."""
        line = f"{self._profile}: exploring, request {sent} of {most}, found {found}"
        self._show(line if sent < most else "")

    def explored_requests(self, sent: int, most: int, found: int) -> None:
        """Show how far an exploration of requests is."""
        line = f"{self._profile}: exploring requests, request {sent} of {most}, found {found}"
        self._show(line if sent < most else "")

    def _show(self, line: str) -> None:
        if self._reporter is None:
            return
        if self._reporter.isatty:
            self._reporter.rewrite(line, erase=True)
        elif line and monotonic() - self._told >= SELDOM:
            self._told = monotonic()
            self._reporter.ensure_newline()
            self._reporter.write_line(line)
            self._reporter.flush()
