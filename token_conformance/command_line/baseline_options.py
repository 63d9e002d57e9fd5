"""The options that hold a result against what is known, for every command that judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def baseline_options(command: Command) -> Command:
    """Add the options that hold a result against what is known."""
    for option in reversed(
        (
            click.option(
                "--baseline",
                type=click.Path(dir_okay=False),
                metavar="FILE",
                help="Hold the findings against what FILE knows: new ones fail, status 6 says that it is out of date.",
            ),
            click.option(
                "--update-baseline",
                is_flag=True,
                help="With --baseline: have FILE know what is found, with all that was said of it.",
            ),
            click.option(
                "--as-of",
                metavar="VERSION",
                help="With --baseline: findings of checks that came after this version of the suite only warn.",
            ),
        )
    ):
        command = option(command)
    return command


def baseline_arguments(options: Mapping[str, object]) -> list[str]:
    """The same options as pytest knows them."""
    arguments = [f"--tc-baseline={options['baseline']}"] if options.get("baseline") else []
    arguments += ["--tc-update-baseline"] if options.get("update_baseline") else []
    return arguments + ([f"--tc-as-of={options['as_of']}"] if options.get("as_of") else [])
