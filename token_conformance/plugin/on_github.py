"""What a session tells the GitHub job that it is a step of: annotations, and a summary on the page of the job.

Nothing that is printed before is a command of the job, whatever a server has put into it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest

from token_conformance.plugin.quiet import say_anyway
from token_conformance.plugin.stash import RUNS
from token_conformance.redaction.visible import on_one_line
from token_conformance.report.annotations import (
    Annotation,
    annotations_of,
    on_github,
    resuming,
    stopping,
    worst_first,
)
from token_conformance.report.writing import redacted
from token_conformance.results.results import RunResult
from token_conformance.running.run import Run

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
    say_anyway(config, stopping(mark))


Told = tuple[str, str, str]
"""An annotation as processes send it to each other: level, title, message."""


class Summarised(Protocol):
    """What is left of a run that is finished: the path of its summary, if it has one, and its annotations."""

    @property
    def summary(self) -> str:
        """The path, empty for none."""

    @property
    def annotations(self) -> tuple[Told, ...]:
        """The annotations, the worst first."""


def annotated(run: Run, result: RunResult) -> tuple[Told, ...]:
    """What the log of a job is told of a run, unless that would show a secret."""
    if not on_github(os.environ):
        return ()
    found = annotations_of(redacted(result, run.redactor))
    return tuple((each.level, each.title, each.message) for each in found if not run.redactor.leaks(each.message))


def told_to_the_job(finished: Sequence[Summarised], config: pytest.Config) -> Iterator[str]:
    """Fill the page of the job that the session is a step of, and give the lines that annotate it."""
    yield from lines_for_the_job((Annotation(*told) for each in finished for told in each.annotations), config)
    if (problem := add_to_summary(each.summary for each in finished if each.summary)) is not None:
        yield f"ERROR: {on_one_line(problem)}"


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
