"""The command `report`."""

from __future__ import annotations

from pathlib import Path

import click

from token_conformance.command_line.baseline_options import baseline_arguments, baseline_options
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.run import judged, machinery
from token_conformance.command_line.start import end_lightly, without_collecting
from token_conformance.layout import SUITES
from token_conformance.running.asking import contradictions
from token_conformance.servers.problems import RecordingError


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, path_type=Path))
@baseline_options
@click.option("-v", "--verbose", is_flag=True, help="A line for each check.")
@click.pass_context
def report(context: click.Context, /, folder: Path, *, verbose: bool, **options: object) -> None:
    """Judge the run anew whose evidence is in DIR, by the suites of today, and write its reports there.

    Nothing is sent. A run that was interrupted, or killed, is judged as far as it came, and its reports say how far.
    """
    if problems := [*contradictions(options)]:
        refuse(problems)
    with without_collecting():
        try:
            arguments = [*pytest_arguments(folder, verbose=verbose), *baseline_arguments(options)]
        except RecordingError as problem:
            refuse([str(problem)])
        status = judged(arguments)
    end_lightly()
    context.exit(status)


def pytest_arguments(folder: Path, *, verbose: bool) -> list[str]:
    """The pytest command line by which stored evidence, in a folder or a recording, is judged as it was asked for then.

    Raises:
        RecordingError: the evidence cannot be read.

    """
    from token_conformance.servers.recorded_run import is_recording, read_evidence

    selected = read_evidence(folder).begin.selection
    # Suites are programs: a recording, which may come from anybody, names none that are run here.
    named = () if is_recording(folder) else selected.suites
    own = [each for each in named if Path(each).exists() and not SUITES.samefile(each)]
    arguments = [str(SUITES), *own, *machinery(), "-v" if verbose else "-q", f"--tc-from-evidence={folder}"]
    for flag, value in (("-k", selected.keywords), ("-m", selected.marks), ("--maxfail", selected.most_failures)):
        arguments += [flag, str(value)] if value else []
    arguments += [f"--tc-level={level}" for level in selected.levels]
    flags = {
        "--tc-strict": selected.strict,
        "--tc-complete": selected.complete,
        "--tc-no-repeat": not selected.repeats,
    }
    return [*arguments, *(flag for flag, given in flags.items() if given)]
