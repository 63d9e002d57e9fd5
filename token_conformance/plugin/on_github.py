"""What a session tells the GitHub job that it is a step of: annotations, and a summary on the page of the job.

Nothing that is printed before is a command of the job, whatever a server has put into it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin.stash import RUNS
from token_conformance.report.annotations import Annotation, on_github, resuming, stopping, worst_first

MARK: pytest.StashKey[str] = pytest.StashKey()
"""What resumes commands, which nobody could have foreseen."""

MOST_SUMMARISED = 1_000_000
"""Bytes of a step's summary; GitHub shows none that is larger than 1 MiB."""


@pytest.hookimpl(specname="pytest_sessionstart", tryfirst=True)
def pytest_stop_commands(session: pytest.Session) -> None:
    """Have the job take no line for a command from now on."""
    config = session.config
    if not on_github(os.environ) or not config.stash[RUNS] or hasattr(config, "workerinput"):
        return
    config.stash[MARK] = mark = secrets.token_hex(16)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(reporter, TerminalReporter):
        reporter.ensure_newline()
        reporter.write_line(stopping(mark))


def lines_for_the_job(annotations: Iterable[Annotation], config: pytest.Config) -> Iterator[str]:
    """The last lines of a session in a job: commands again, and as many as there may be."""
    mark = config.stash.get(MARK, None)
    if mark is not None:
        yield resuming(mark)
        yield from worst_first(annotations)


def add_to_summary(pages: Iterable[str]) -> str | None:
    """Put the summaries, which are files, on the page of the job; gives what kept them from it, if anything did."""
    given = os.environ.get("GITHUB_STEP_SUMMARY")
    if not on_github(os.environ) or not given:
        return None
    page = Path(given)
    try:
        with page.open("a", encoding="utf-8") as file:
            left = MOST_SUMMARISED - page.stat().st_size
            for number, text in enumerate(_texts(pages)):
                left -= len(text.encode())
                if left < 0:
                    file.write(f"\nShown: {number} of the profiles. The others have a `summary.md` of their own.\n")
                    break
                file.write(f"{text}\n")
    except OSError as error:
        return f"the summary of the step cannot be written to {given}: {error.strerror}"
    return None


def _texts(pages: Iterable[str]) -> Iterator[str]:
    for each in pages:
        with suppress(OSError):
            yield Path(each).read_text("utf-8")
