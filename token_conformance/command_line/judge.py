"""The command `judge`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.report import pytest_arguments
from token_conformance.command_line.run import judged, run
from token_conformance.command_line.start import end_lightly, without_collecting
from token_conformance.command_line.telling import tell
from token_conformance.profile.claims import CLAIMS
from token_conformance.profile.files import ProfileError
from token_conformance.profile_writing import UnusableProviderError, rendered, save
from token_conformance.profile_writing.recordings import recorded
from token_conformance.results.exit_status import NOTHING_JUDGED
from token_conformance.servers.captured.exchanges import captured
from token_conformance.servers.har_files import read_all
from token_conformance.servers.problems import RecordingError


def is_of_run(path: Path) -> bool:
    """Whether a file is what a run has recorded."""
    try:
        return path.is_file() and read_all([path]).of_run
    except RecordingError as problem:
        refuse([str(problem)])


def judged_again(path: Path, output: Path | None, options: dict[str, Any]) -> int:
    """The exit status of judging what a run has recorded, by the suites of today."""
    if output is not None:
        refuse([f"{path} was recorded by a run, and is judged by its profile: no other is drafted, leave out --output"])
    with without_collecting():
        try:
            arguments = pytest_arguments(path, verbose=bool(options["verbose"]))
        except RecordingError as problem:
            refuse([str(problem)])
        arguments += [f"--tc-report-dir={options['report_dir']}"]
        arguments += [f"--tc-require={claim}" for claim in options["require"]]
        arguments += ["--tc-strict"] if options["strict"] and "--tc-strict" not in arguments else []
        status = judged(arguments)
    end_lightly()
    return status


@click.command()
@click.argument("recordings", metavar="HAR…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Keep the drafted profile there.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR", help="Where reports go.")
@click.option("--require", multiple=True, type=click.Choice(CLAIMS), help="Hold the provider to this.")
@click.option("--strict", is_flag=True, help="Warnings fail the run.")
@click.option("-v", "--verbose", is_flag=True, help="A line for each check.")
@click.pass_context
def judge(
    context: click.Context,
    /,
    recordings: tuple[Path, ...],
    output: Path | None,
    **options: object,
) -> None:
    """Judge recordings (HAR files, archives, folders) of a provider of which there is no profile.

    One is drafted from what they hold: the provider, and the client that was granted most. What a run has recorded is judged by
    the profile that stands in it. Nothing is sent.
    """
    if len(recordings) == 1 and is_of_run(recordings[0]):
        context.exit(judged_again(recordings[0], output, options))
    with TemporaryDirectory() as folder:  # which its owner alone may read: the draft has the client's secret
        path = output or Path(folder) / "drafted.toml"
        try:
            draft = recorded(captured(read_all(recordings)))
            path = output or Path(folder) / f"{draft.name.replace(':', '-')}.toml"
            if path.exists():
                refuse([f"{path} is there already: choose another --output"])
            save(rendered(draft), path, secret=draft.holds_secret)
        except RecordingError as problem:
            refuse([str(problem)])
        except UnusableProviderError as problem:
            tell(f"no verdict on a provider: {problem}")
            context.exit(NOTHING_JUDGED)
        except ProfileError as problem:
            refuse(list(problem.problems))
        except OSError as problem:
            refuse([f"{path} cannot be written: {problem.strerror}"])
        tell(f"a profile of {draft.address} was drafted from what is recorded of the client {draft.client_id}")
        context.invoke(run, profiles=(str(path),), recorded=tuple(map(str, recordings)), **options)
