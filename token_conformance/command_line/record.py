"""The command `record`."""

from __future__ import annotations

import click

from token_conformance.command_line.profile_options import profile_options
from token_conformance.command_line.run import run
from token_conformance.command_line.session_options import session_options


@click.command()
@click.argument("profiles", metavar="PROFILE…", nargs=-1, required=True)
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR", help="Where reports go.")
@session_options
@profile_options
@click.option("-v", "--verbose", is_flag=True, help="A line for each check.")
@click.pass_context
def record(context: click.Context, /, profiles: tuple[str, ...], **options: object) -> None:
    """Test the real providers of the given profiles, and record what was exchanged (HAR).

    It is `run --live` with nothing but that: recording.har lies beside the reports, free of secrets; `run PROFILE --recorded recording.har` judges it by that profile,
    `judge recording.har` without one, and a browser's developer tools open it.
    """
    context.invoke(run, profiles=profiles, live=True, **options)
