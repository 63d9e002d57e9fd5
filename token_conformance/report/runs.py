"""index.html of a report folder: the runs that lie in it, by profile and the newest first, each with the way to its page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

import token_conformance
from token_conformance.archive.listing import MOST_RUNS, Lying, runs_in
from token_conformance.report.page import render, styled
from token_conformance.verdict import Verdict

PAGE = "index.html"

LOCK = ".index.lock"
"""By this one process after the other lists the runs, so that none leaves out what another has just written."""

PATIENCE = 2
"""Seconds that a run waits at its end for another one that writes the same page; that one lists its results as well."""

MOST_SHOWN = 30
"""Runs of a profile that its trend shows, the newest."""

HEIGHT, STEP = 40, 8
"""Units of a trend: its height, and how far its bars are apart."""


@dataclass(frozen=True)
class Bar:
    """A run in the trend of its profile, as tall as it has findings; `told` says it in words."""

    x: int
    failed: int
    warned: int
    told: str


@dataclass(frozen=True)
class Line:
    """What is listed of a run; `link` leads to its page, empty where it has none."""

    lying: Lying
    link: str


@dataclass(frozen=True)
class Listed:
    """The runs of a profile at one kind of server, the newest first."""

    profile: str
    server: str
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The name of the provider, as the newest run has it."""
        return self.lines[0].lying.run.name

    @property
    def counts(self) -> list[int]:
        """How many checks failed in the runs of the trend, the oldest first."""
        return [_failed(line) for line in self.lines[:MOST_SHOWN]][::-1]

    @property
    def bars(self) -> list[Bar]:
        """The trend, the oldest run first; a run without findings is a line on the ground."""
        runs = [line.lying.run for line in self.lines[:MOST_SHOWN]][::-1]
        most = max(1, *(run.count(Verdict.FAIL) + run.count(Verdict.WARNING) for run in runs))
        return [
            Bar(
                x=STEP * place,
                failed=_tall(run.count(Verdict.FAIL), most),
                warned=_tall(run.count(Verdict.WARNING), most),
                told=f"{run.tested}: {run.count(Verdict.FAIL)} fail, {run.count(Verdict.WARNING)} warning",
            )
            for place, run in enumerate(runs)
        ]


def _failed(line: Line) -> int:
    return line.lying.run.count(Verdict.FAIL)


def _tall(count: int, most: int) -> int:
    """How tall a part of a bar is; one finding is seen beside hundreds."""
    return max(1, round((HEIGHT - 4) * count / most)) if count > 0 else 0


def write_runs(reports: Path) -> str | None:
    """Write the page into a report folder, unless another process is about to; gives what kept it from it, if anything did."""
    try:
        with FileLock(reports / LOCK, timeout=PATIENCE):
            _write(reports / PAGE, runs_html(runs_in(reports)))
    except Timeout:
        return None
    except (OSError, NotImplementedError) as error:  # the latter is filelock's, of a file system without locks
        return f"{reports / PAGE}, the list of runs, cannot be written: {getattr(error, 'strerror', None) or error}"
    return None


def _write(page: Path, text: str) -> None:
    draft = page.with_name(f".{page.name}.{os.getpid()}.draft")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(page)
    finally:
        draft.unlink(missing_ok=True)


def runs_html(runs: Sequence[Lying]) -> str:
    """The page; it is the same for the same runs."""
    return render(
        "runs.html",
        profiles=_by_profile(runs),
        number=len(runs),
        most=MOST_RUNS,
        step=STEP,
        height=HEIGHT,
        newest=runs[0].run if runs else None,
        verdicts=(Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.ERROR),
        version=token_conformance.__version__,
        **styled("compare.css", "runs.css"),
    )


def _by_profile(runs: Sequence[Lying]) -> list[Listed]:
    """The runs by their profile and what answered, those first of which the newest run is newest."""
    found: dict[tuple[str, str], list[Line]] = {}
    for lying in runs:
        link = quote(lying.page.as_posix()) if lying.page is not None else ""
        found.setdefault((lying.run.profile, lying.run.server), []).append(Line(lying, link))
    return [Listed(profile, server, tuple(lines)) for (profile, server), lines in found.items()]
