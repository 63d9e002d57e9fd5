"""The commands `profiles` and `schema`."""

from __future__ import annotations

import json

import click

from token_conformance.profile.files import find, names, title


@click.command("profiles")
def list_profiles() -> None:
    """List the profiles that come with the suite."""
    for name in names():
        click.echo(f"{name:20} {title(find(name))}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of the profile format, for editors."""
    from token_conformance.profile.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
