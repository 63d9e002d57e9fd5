"""A run says how far it is: all the time on a terminal, now and then in a log."""

import asyncio
import shutil
from io import StringIO
from types import SimpleNamespace

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin import progress
from token_conformance.plugin.progress import Progress, board_of, telling


@pytest.fixture
def shown(pytestconfig, monkeypatch):
    """What a log, or a terminal, shows of what happens at some seconds, each a call that is given the board and its profiles."""

    def shown(*happens, terminal=False):
        output, now = StringIO(), [0.0]
        reporter = TerminalReporter(pytestconfig, output)
        reporter.isatty = terminal
        monkeypatch.setattr(progress, "monotonic", lambda: now[0])
        monkeypatch.setenv("TERM", "xterm")
        config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda name: reporter), stash=pytest.Stash())
        told = {name: Progress(config, name) for name in ("example", "other")}
        for now[0], happen in happens:
            happen(board_of(config), told)
        return output.getvalue()

    return shown


def ended(number, of=9, profile="example"):
    """A scenario of a profile that has ended."""
    return lambda board, told: told[profile](f"scenario_{number}", number, of)


def tick(board, told):
    """Time that passes alone."""
    board.show()


def test_a_log_has_a_line_now_and_then(shown):
    """A job in CI that runs for a minute is seen to be alive, whether anything ends or not; a short run says nothing."""
    assert shown((1, ended(1)), (2, ended(2)), (3, ended(3))) == ""
    lines = shown((1, ended(1)), (11, ended(2)), (15, tick), (22, tick), (31, tick), (32, tick)).splitlines()
    assert [line.partition(";")[0] for line in lines] == ["example: scenario 2 of 9: scenario_2"] * 3


def test_what_is_left_is_told_by_the_pace(shown):
    """Once it can be told: what is done, and in which time."""
    assert "left" not in shown((1, ended(1)), terminal=True)
    assert "scenario_3; about 8 s left at this pace" in shown((4, ended(3)), terminal=True)
    assert "scenario_3; about 60 s left at this pace" in shown((4, ended(3)), (30, tick), terminal=True)


def test_profiles_that_are_under_way_have_one_line(shown):
    """That of the one which takes longest still."""
    told = shown((4, ended(3)), (4, ended(1, profile="other")), terminal=True)
    assert told.rpartition("\r")[2].startswith(
        "other: scenario 1 of 9: scenario_1; about 32 s left at this pace (1 more"
    )


def test_a_terminal_has_one_line(shown):
    """It is rewritten, no wider than the terminal, and goes when all is done."""
    told = shown((1, ended(1)), (2, ended(9)), terminal=True)
    assert told.startswith("\rexample: scenario 1 of 9: scenario_1")
    assert told.rpartition("\r")[2].strip() == ""
    wide = shown((1, lambda board, told: told["example"]("x" * 500, 1, 9)), terminal=True)
    assert len(wide.removeprefix("\r")) < shutil.get_terminal_size().columns


def test_workers_say_nothing():
    """They have no terminal of their own."""
    manager = SimpleNamespace(get_plugin=lambda name: None)
    Progress(SimpleNamespace(pluginmanager=manager, stash=pytest.Stash()), "example")("a_scenario", 1, 2)


def test_a_session_is_told_of_while_it_waits(monkeypatch):
    """As long as it lasts, and no longer."""
    shows, shown = [], asyncio.Event()
    monkeypatch.setattr(progress, "OFTEN", 0)
    config = SimpleNamespace(stash=pytest.Stash())
    config.stash[progress.BOARD] = SimpleNamespace(show=lambda: (shows.append(1), shown.set()))

    async def wait():
        async with telling(config):
            await shown.wait()
        told = len(shows)
        await asyncio.sleep(0.01)
        return told

    assert asyncio.run(wait()) == len(shows)
