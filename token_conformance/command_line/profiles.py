"""The commands `profiles` and `schema`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from token_conformance.command_line.profile_options import env_file_option, environment
from token_conformance.command_line.refusing import refuse
from token_conformance.profile.files import ProfileError, extended_by, find, names, notes, title
from token_conformance.profile.variables import variable_lines, variables_of


@click.command("profiles")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@env_file_option
def list_profiles(name: str | None, env_files: tuple[Path, ...], *, as_json: bool) -> None:
    """List the profiles that come with the suite, or say of NAME which variables it needs.

    NAME is a name or a path.
    """
    try:
        known = environment(env_files)
        if as_json:
            described = [_described(each, known) for each in names()] if name is None else _described(name, known)
            click.echo(json.dumps(described, indent=2, ensure_ascii=False))
        elif name is None:
            for each in names():
                click.echo(f"{each:20} {title(find(each))}")
        else:
            _tell(name, known)
    except ProfileError as problem:
        refuse(problem.problems)


@click.command()
@click.option("--page", is_flag=True, help="Print a page of all keys for people instead, in Markdown.")
def schema(*, page: bool) -> None:
    """Print the JSON Schema of the profile format, for editors."""
    from token_conformance.profile.keys_page import keys_page  # pydantic is behind both
    from token_conformance.profile.schema import json_schema

    click.echo(keys_page(), nl=False) if page else click.echo(json.dumps(json_schema(), indent=2))


def _tell(name: str, known: Mapping[str, str]) -> None:
    """The page of one profile: where it is, what it says to people, and its variables."""
    path = find(name)
    found = variables_of(path)
    click.echo(f"{title(path)}: {path}")
    for base in extended_by(path):
        click.echo(f"extends {base}")
    for note in notes(path):
        click.echo(f"\n{note}")
    click.echo("\nvariables of a live run:" if found else "\nno variables: a run is live, unless another is asked for")
    for line in variable_lines(found, known):
        click.echo(line)


def _described(name: str, known: Mapping[str, str]) -> dict[str, Any]:
    path = find(name)
    return {
        "name": path.stem,
        "title": title(path),
        "path": str(path),
        "extends": [str(base) for base in extended_by(path)],
        "notes": notes(path),
        "variables": [
            {
                "name": variable.name,
                "places": list(variable.places),
                "purpose": variable.purpose,
                "use": variable.use,
                "set": bool(known.get(variable.name)),
            }
            for variable in variables_of(path)
        ],
    }
