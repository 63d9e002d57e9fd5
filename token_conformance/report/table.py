"""What many profiles come to, in one table of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from token_conformance.redaction.visible import on_one_line
from token_conformance.results.results import RunResult
from token_conformance.results.verdict_in_words import verdict_of
from token_conformance.verdict import Verdict

HEADING = ("profile", "server", "fail", "warning", "causes", "not judged", "verdict")
"""The columns; the verdict, which may be long, comes last."""

Row = tuple[str, ...]
"""What stands in the columns of a profile."""


def row_of(run: RunResult) -> Row:
    """The row of a run."""
    counts = (run.summary[Verdict.FAIL], run.summary[Verdict.WARNING], len(run.causes), run.coverage.not_judged)
    return (run.profile, run.server, *map(str, counts), on_one_line(verdict_of(run).headline))


def table_lines(rows: Sequence[Row]) -> list[str]:
    """The table: each column as wide as it has to be, numbers to the right."""
    table = [HEADING, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [_line(row, widths) for row in table]


def _line(row: Row, widths: Sequence[int]) -> str:
    *cells, verdict = (
        cell.ljust(width) if place < NUMBERS else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((*cells, verdict.strip()))


NUMBERS = 2
"""The first column of numbers."""
