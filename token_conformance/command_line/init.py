"""The command `init`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.telling import tell
from token_conformance.profile.files import ProfileError
from token_conformance.profile_writing import (
    Draft,
    UnusableProviderError,
    completed,
    drafted,
    issuer_of,
    read_metadata,
    rendered,
    save,
    undiscovered,
)


@click.command()
@click.argument("issuer")
@click.option(
    "--output", "-o", metavar="FILE", help="The profile to write, - for the terminal.  [default: profiles/HOST.toml]"
)
@click.option("--non-interactive", is_flag=True, help="Ask nothing: variables stand for what the metadata do not tell.")
@click.option("--force", is_flag=True, help="Replace a profile that is there.")
@click.option(
    "--without-discovery",
    is_flag=True,
    help="Ask for the endpoints of a provider without metadata; ISSUER is its token endpoint.",
)
@click.option("--proxy", type=click.Choice(["env"]), help="Go through the proxy of the environment, in runs too.")
@click.option("--ca-bundle", type=click.Path(exists=True, dir_okay=False), help="Certificates of a private CA, as PEM.")
def init(
    issuer: str,
    output: str | None,
    ca_bundle: str | None,
    proxy: str | None,
    *,
    non_interactive: bool,
    force: bool,
    without_discovery: bool,
) -> None:
    """Write a profile of the provider at ISSUER from its metadata, asking for what they do not tell."""
    try:
        draft = _draft(issuer, ca_bundle, proxy, without_discovery=without_discovery)
        path = Path(output or f"profiles/{draft.name.replace(':', '-')}.toml")
        if output != "-" and path.exists() and not force:
            refuse([f"{path} is there already: choose another --output, or replace it by --force"])
        draft = draft if non_interactive else completed(draft)
        text = rendered(draft)
        if output == "-" and draft.holds_secret:
            refuse(["the profile holds a secret as it is: name a file by --output, or answer with ${NAME}"])
        if output == "-":
            click.echo(text, nl=False)
        else:
            save(text, path, secret=draft.holds_secret)
            tell(f"{path} is written; set its variables, complete what is unknown, and test the provider with")
            click.echo(f"token-conformance run {path} --live")
    except click.Abort:
        if sys.stdin.isatty():
            raise
        refuse(["nobody answers the questions: --non-interactive asks none, and lets variables stand for the answers"])
    except UnusableProviderError as problem:
        refuse([str(problem)])
    except ProfileError as problem:
        refuse(list(problem.problems))
    except OSError as problem:
        refuse([f"{output or 'the profile'} cannot be written: {problem.strerror}"])


def _draft(address: str, ca_bundle: str | None, proxy: str | None, *, without_discovery: bool) -> Draft:
    if without_discovery:
        return undiscovered(issuer_of(address), ca_bundle, proxy)
    return drafted(asyncio.run(read_metadata(issuer_of(address), ca_bundle, proxy)), ca_bundle, proxy)
