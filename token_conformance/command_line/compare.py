"""The command `compare`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import click

from token_conformance.archive.told_results import ResultsError, page_of, read_told, results_file
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.telling import tell
from token_conformance.results.side_by_side import Row, SideBySide, side_by_side

LEAST = 2
"""Runs that can be compared."""


@click.command()
@click.argument("given", metavar="A B C…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.html", help="Write it as a page."
)
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def compare(given: tuple[Path, ...], output: Path | None, *, as_json: bool) -> None:
    """Put several providers, or versions of one, side by side: results.json of runs, or their folders.

    The differences come first: requirements that one holds and another does not, and facts that were measured otherwise.
    """
    if len(given) < LEAST:
        refuse(["one run alone is compared with nothing: give two or more"])
    try:
        found = side_by_side([read_told(each) for each in given])
        if output is not None:
            _write(output, found, [results_file(each) for each in given])
    except ResultsError as problem:
        refuse([str(problem)])
    except OSError as problem:
        refuse([f"{output} cannot be written: {problem.strerror}"])
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
        return
    for line in lines(found):
        tell(line)
    if output is not None:
        tell(f"report: {output}")


def _write(output: Path, found: SideBySide, files: Sequence[Path]) -> None:
    from token_conformance.report.compare import Links, compare_html  # who reads it on the terminal needs no templates

    title = f"{len(found.columns)} runs side by side"
    output.write_text(
        compare_html(found, Links([link_to(file, output.parent) for file in files]), title=title), "utf-8"
    )


def link_to(results: Path, folder: Path) -> str | None:
    """Where the report of a run is as seen from a folder above it; None where it is elsewhere, or there is none."""
    page, above = page_of(results.parent), folder.resolve()
    if page is None or not page.resolve().is_relative_to(above):
        return None
    return quote(page.resolve().relative_to(above).as_posix())


def lines(found: SideBySide) -> Iterator[str]:
    """The comparison for people."""
    for column in found.columns:
        run = column.run
        yield f"{column.letter}: {run.name} ({run.profile}, {run.server or 'unknown server'}, {run.began}): {column.words}"
    yield from (f"DIFFER   {_told(row, found)}" for row in found.differing)
    for fact in found.differing_facts:
        measured = (
            f"{column.letter} {words or 'unknown'}" for column, words in zip(found.columns, fact.measured, strict=True)
        )
        yield f"FACT     {fact.name}: {'; '.join(measured)}"
    yield from (f"NOWHERE  {_told(row, found)}" for row in found.held_by_none)
    yield (
        f"they differ in {len(found.differing)} of {found.requirements} requirements; {len(found.held_by_none)} more are held "
        f"by none, {len(found.held)} hold wherever they were judged, {len(found.unjudged)} were judged at none"
    )


def _told(row: Row, found: SideBySide) -> str:
    said = (
        f"{column.letter} {cell.verdict.words if cell.verdict is not None else 'not in the run'}"
        for column, cell in zip(found.columns, row.cells, strict=True)
    )
    return f"{row.id}: {', '.join(said)} ({row.clause})"
