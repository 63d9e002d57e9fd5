"""What is left to say of runs whose reports are written."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

FINISHED: pytest.StashKey[list[Finished]] = pytest.StashKey()


@dataclass(frozen=True)
class Finished:
    """What is left to say of a run after its reports are written; plain values, since workers send it.

    `failed` counts its checks that failed for pytest; `summary` is the path of summary.md, `annotations` are for a job, and
    `row` is what a table of all runs has of it, empty where nothing was tested.
    """

    name: str
    lines: tuple[str, ...]
    status: int
    failed: int
    summary: str = ""
    annotations: tuple[tuple[str, str, str], ...] = ()
    row: tuple[str, ...] = ()

    @property
    def of_most_weight(self) -> tuple[str, ...]:
        """What the run comes to, and what went wrong with it."""
        return (*(line for line in self.lines[:-1] if line.startswith("ERROR: ")), self.lines[-1])
