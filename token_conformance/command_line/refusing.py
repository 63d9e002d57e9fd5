"""How a command ends that cannot do what it was asked."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from token_conformance.results.exit_status import USAGE_ERROR


def refuse(problems: list[str]) -> NoReturn:
    """Say on the error output what is wrong, and end with the status of a command that cannot be used."""
    for problem in problems:
        click.echo(f"ERROR: {problem}", err=True)
    sys.exit(USAGE_ERROR)
