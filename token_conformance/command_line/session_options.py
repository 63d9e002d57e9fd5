"""The options that say where sessions lie, for every command that uses one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from token_conformance.command_line.refusing import refuse
from token_conformance.running.asking import contradictions

Command = TypeVar("Command", bound=Callable[..., Any])


def session_options(command: Command) -> Command:
    """Add the options that say where sessions lie."""
    command = click.option("--keyring", is_flag=True, help="Keep the session in the keyring of this machine.")(command)
    return click.option(
        "--session-file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Keep the session in this file instead of the data folder of the user.",
    )(command)


def refuse_two_places(session_file: Path | None, *, keyring: bool) -> None:
    """End a command that is told of two places where a session lies."""
    if problems := [*contradictions({"session_file": session_file, "keyring": keyring})]:
        refuse(problems)
