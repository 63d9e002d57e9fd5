"""The runs that lie in a report folder, the newest first, read no further than it takes to list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from token_conformance.archive.told_results import RESULTS, page_of
from token_conformance.results.listed import ListedRun

MOST_RUNS = 200
"""Runs that are listed, the newest."""

MOST_TRIED = 1_000
"""Folders that are looked into: behind so many broken ones nobody looks for more."""

BEGINNING = 16_384
"""Bytes of results.json in which all stands that a list tells, as a rule."""

LARGEST = 32_000_000
"""Bytes of results.json that are read where it stands further behind."""


@dataclass(frozen=True)
class Lying:
    """A run, and the page of it that people read first, as seen from the report folder; None for no page."""

    run: ListedRun
    page: Path | None


def runs_in(reports: Path) -> list[Lying]:
    """The newest runs of a report folder (`PROFILE/RUN`), the newest first; what cannot be read is passed over."""
    found = list(islice(_readable(reports), MOST_RUNS))
    return sorted(found, key=lambda each: (each.run.started, each.run.profile), reverse=True)


def _readable(reports: Path) -> Iterator[Lying]:
    """The runs in the order of the names of their folders, which are the times at which they began."""
    folders = sorted((path.parent for path in reports.glob(f"*/*/{RESULTS}")), key=_newest, reverse=True)
    for folder in folders[:MOST_TRIED]:
        run = _listed(folder / RESULTS)
        if run is not None:
            page = page_of(folder)
            yield Lying(run, page.relative_to(reports) if page is not None else None)


def _newest(folder: Path) -> tuple[str, str]:
    return folder.name, folder.parent.name


def _listed(path: Path) -> ListedRun | None:
    """What the beginning of results.json tells, or else the whole; None where that is no run."""
    try:
        if not path.is_file():  # of a pipe nobody would ever see the end
            return None
        size = path.stat().st_size
        with path.open("rb") as file:
            run = _run(file.read(BEGINNING), cut=size > BEGINNING)
        return run if run is not None or not BEGINNING < size <= LARGEST else _run(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _run(text: bytes, *, cut: bool = False) -> ListedRun | None:
    """The run that a text tells of; of one that was cut nothing counts but what it says to the end."""
    told = from_json(text, allow_partial=cut)
    if not isinstance(told, dict):
        return None
    if cut and told:
        told.popitem()
    try:
        return ListedRun.model_validate(told)
    except ValidationError:
        return None
