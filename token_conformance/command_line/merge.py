"""The command `merge`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from token_conformance.archive.merging import Merged, merged, write_merged
from token_conformance.archive.told_results import ResultsError
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.telling import tell, tell_problem
from token_conformance.results.side_by_side import verdict_in_words
from token_conformance.verdict import Verdict


@click.command()
@click.argument(
    "folders", metavar="DIR…", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where all of it goes: the runs, junit.xml, summary.json and index.html.",
)
@click.pass_context
def merge(context: click.Context, /, folders: tuple[Path, ...], output: Path) -> None:
    """Put the report folders of several jobs together: shards of many profiles, or a job for each.

    Ends with the status that one run of all of them would have; a shard that has left nothing is an interruption (2).
    """
    from token_conformance.report.merged import merged_html

    try:
        found = merged(folders)
        write_merged(found, output)
        (output / "index.html").write_text(merged_html(found), "utf-8")
    except ResultsError as problem:
        refuse([str(problem)])
    except OSError as problem:
        refuse([f"{output} cannot be written: {problem.strerror or problem}"])
    for line in lines(found):
        tell(line)
    for sentence in found.missing:
        tell_problem(sentence)
    tell(f"report: {output / 'index.html'}")
    context.exit(found.exit_status)


def lines(found: Merged) -> Iterator[str]:
    """What each profile comes to, and how many of them there are."""
    for part in found.parts:
        count = {verdict.words: number for verdict, number in part.run.summary.items() if number}
        told = ", ".join(f"{number} {words}" for words, number in count.items())
        yield f"{part.run.profile} ({part.run.server}): {verdict_in_words(part.run)}; {told or 'no checks'}"
    yield from (f"NOTE     {note}" for note in found.notes)
    failed = sum(Verdict.FAIL in part.run.verdicts for part in found.parts)
    number = len(found.parts)
    yield f"{number} run{'s' * (number != 1)}, {failed} of which with failures; exit status {found.exit_status}"
