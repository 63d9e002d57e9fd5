"""The live line that shows which scenarios are under way."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter


class Progress:
    """Rewrites one line of a terminal; silent where the output is none, and in the workers of xdist."""

    def __init__(self, config: pytest.Config, profile: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        self._reporter = reporter if isinstance(reporter, TerminalReporter) and reporter.isatty else None
        self._profile = profile

    def __call__(self, scenario: str, ended: int, total: int) -> None:
        """Show that a scenario has ended."""
        if self._reporter is None:
            return
        line = f"{self._profile}: scenario {ended} of {total}: {scenario}" if ended < total else ""
        self._reporter.rewrite(line, erase=True)
