"""The options that say where a profile's variables come from and how its provider is reached, for every command that asks one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from token_conformance.profile.environment import environment_with

Command = TypeVar("Command", bound=Callable[..., Any])

env_file_option = click.option(
    "--env-file",
    "env_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take variables that the environment does not set from lines of NAME=value; may be repeated.",
)

proxy_option = click.option(
    "--proxy",
    type=click.Choice(["env", "none"]),
    help="Go through the proxy of the environment (HTTPS_PROXY …), or through none, whatever the profile says.",
)


def profile_options(command: Command) -> Command:
    """Add both options."""
    return env_file_option(proxy_option(command))


def environment(env_files: Iterable[Path]) -> Mapping[str, str]:
    """The environment with the values of the `.env` files behind it.

    Raises:
        ProfileError: a file cannot be read.

    """
    return environment_with(env_files, os.environ)
