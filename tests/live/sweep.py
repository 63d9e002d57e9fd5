"""Runs the suite against the servers of this folder, and tells what is other than pinned.

    python -m tests.live.sweep [NAMES] [--write]

A name is that of a server or of one of its set-ups, `keycloak` or `keycloak/default`; without one all are run. The exit
status is 0 where all is as pinned, 1 where it is not, and 2 where a server cannot be had that unavailable.toml does not list.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from tests.live.pins import differences, read, seen
from tests.live.running import UnavailableError
from tests.live.setups import SetUp, chosen, listed_as_unavailable, set_ups

SAME, OTHER, NOT_THERE = 0, 1, 2


def swept(set_up: SetUp, say: Callable[[str], None], *, write: bool) -> int:
    """Run one set-up, and say what came of it."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            results, version = set_up.judged(Path(folder))
    except UnavailableError as problem:
        say(f"{set_up.id}: cannot be had: {problem}")
        return SAME if set_up.server in listed_as_unavailable() else NOT_THERE
    now, pinned = seen(results, version), read(set_up.pins)
    found = differences(set_up, pinned, now, results)
    say(f"{set_up.id}: {version}, {now.requests} requests, {now.logins} logins, {now.seconds} s")
    for line in found:
        say(f"  {line}")
    if write:
        now.write(set_up.pins)
    return OTHER if found and not write else SAME


@click.command()
@click.argument("names", nargs=-1)
@click.option("--write", is_flag=True, help="Write what is seen as the new pins.")
def main(names: tuple[str, ...], *, write: bool) -> None:
    """Run the suite against servers, and tell what is other than pinned."""
    try:
        wanted = chosen(names, set_ups())
    except LookupError as problem:
        raise click.UsageError(str(problem)) from problem
    sys.exit(max((swept(set_up, click.echo, write=write) for set_up in wanted), default=SAME))


if __name__ == "__main__":
    main()
