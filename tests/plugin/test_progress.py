"""A run says how far it is: all the time on a terminal, now and then in a log."""

from io import StringIO
from types import SimpleNamespace

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin import progress
from token_conformance.plugin.progress import Progress


@pytest.fixture
def log(pytestconfig, monkeypatch):
    """What a log holds after scenarios that ended at these seconds."""

    def log(*moments, terminal=False):
        output, clock = StringIO(), iter((0, *moments))
        reporter = TerminalReporter(pytestconfig, output)
        reporter.isatty = terminal
        monkeypatch.setattr(progress, "monotonic", lambda: next(clock, moments[-1]))
        config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda name: reporter))
        told = Progress(config, "example")
        for number, _ in enumerate(moments, start=1):
            told(f"scenario_{number}", number, 9)
        return output.getvalue()

    return log


def test_a_log_has_a_line_now_and_then(log):
    """A job in CI that runs for a minute is seen to be alive; a short run says nothing."""
    assert log(1, 2, 3) == ""
    assert "example: scenario 2 of 9: scenario_2\n" in log(1, 11, 11)


def test_a_terminal_has_one_line(log):
    """It is rewritten."""
    assert log(1, terminal=True).startswith("\rexample: scenario 1 of 9: scenario_1")


def test_workers_say_nothing(pytestconfig):
    """They have no terminal of their own."""
    config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda name: None))
    Progress(config, "example")("a_scenario", 1, 2)
