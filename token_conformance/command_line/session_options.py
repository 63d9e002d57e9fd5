"""The options that say where sessions lie, for every command that uses one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
