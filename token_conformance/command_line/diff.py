"""The command `diff`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from token_conformance.archive.told_results import ResultsError, read_told
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.telling import tell
from token_conformance.results.difference import Change, Difference, difference
from token_conformance.results.exit_status import CONFORMS, DOES_NOT_CONFORM
from token_conformance.results.told import ToldRun

RESULTS = click.Path(path_type=Path)


@click.command()
@click.argument("before", metavar="A", type=RESULTS)
@click.argument("after", metavar="B", type=RESULTS)
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@click.pass_context
def diff(context: click.Context, /, before: Path, after: Path, *, as_json: bool) -> None:
    """Say what got better and what got worse from A to B: results.json of two runs, or their folders.

    Checks that one of them did not have are told apart. Ends with status 1 if something got worse.
    """
    try:
        then, now = read_told(before), read_told(after)
    except ResultsError as problem:
        refuse([str(problem)])
    found = difference(then, now)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    else:
        for line in lines(then, now, found):
            tell(line)
    context.exit(DOES_NOT_CONFORM if found.worse else CONFORMS)


def lines(then: ToldRun, now: ToldRun, found: Difference) -> Iterator[str]:
    """The difference for people: the worst first, what it comes to last."""
    yield f"from: {_described(then)}"
    yield f"to:   {_described(now)}"
    yield from (f"NOTE     {note}" for note in found.notes)
    for word, changes in (("WORSE", found.worse), ("BETTER", found.better), ("OTHER", found.otherwise)):
        yield from (f"{word:8} {_told(change)}" for change in changes)
    yield from (f"FACT     {each.message}: {each.before}, and then {each.after}" for each in found.facts)
    yield from (f"ADDED    {each.id}: {each.after}{_why(each)}" for each in found.added if each.after in REDS)
    yield (
        f"{len(found.worse)} worse, {len(found.better)} better, {len(found.otherwise)} otherwise, "
        f"{len(found.facts)} facts; {len(found.added)} checks added and {len(found.dropped)} dropped"
    )


REDS = {"fail", "warning"}


def _described(run: ToldRun) -> str:
    by = f"by token-conformance {run.suite_version}" if run.suite_version else "by an unknown suite"
    return f"{run.profile} ({run.server or 'unknown server'}), {run.began}, {by}: {run.outcome or 'no outcome'}"


def _told(change: Change) -> str:
    return f"{change.id}: {change.before or 'not seen'}, and then {change.after or 'not seen'}{_why(change)}"


def _why(change: Change) -> str:
    """What was said of a change that is red now."""
    if change.after not in REDS:
        return ""
    clause = f" ({change.clause})" if change.clause and change.clause not in change.message else ""
    return f": {change.message}{clause}"
