"""The command line."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, get_args

import click
import pytest

from token_conformance import __version__
from token_conformance.exit_status import USAGE_ERROR
from token_conformance.layout import PACKAGE, ROOT, SUITES
from token_conformance.profile import Profile, ProfileError, examples, find, json_schema, load, names
from token_conformance.profile.models import Claim
from token_conformance.profile_writing import (
    UnusableProviderError,
    completed,
    drafted,
    issuer_of,
    read_metadata,
    rendered,
    save,
)
from token_conformance.requirement import catalogue
from token_conformance.servers.recorded import RecordingError
from token_conformance.servers.selection import Choice, select
from token_conformance.sessions.commands import login, logout, session_options
from token_conformance.tied import by_requirement, tied_checks
from token_conformance.todo import ResumeError, announcement, read_to_dos


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="token-conformance")
def main() -> None:
    """Test OAuth 2.0 and OpenID Connect token endpoints for conformance."""


main.add_command(login)
main.add_command(logout)


@main.command()
@click.argument("profiles", metavar="PROFILE…", nargs=-1, required=True)
@click.option("--live", is_flag=True, help="Test the real provider at the profile's addresses.")
@click.option(
    "--recorded",
    is_flag=False,
    flag_value="",
    metavar="[HAR]",
    help="Judge a recording; without HAR the profile's own.",
)
@click.option("--emulated", is_flag=True, help="Test the reference server taking on the profile.")
@click.option(
    "--plan", is_flag=True, help="Say how many logins and requests it needs, and how long it waits; run nothing."
)
@click.option(
    "--resume",
    type=click.Path(exists=True, dir_okay=False),
    metavar="RESULTS.json",
    help="Do what an earlier run left to do, and wait as long as it takes.",
)
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR", help="Where reports go.")
@click.option(
    "--require",
    multiple=True,
    type=click.Choice(get_args(Claim)),
    help="Hold the provider to this instead of what its profile claims; violations of anything else are warnings.",
)
@click.option("--strict", is_flag=True, help="Warnings and stale deviations fail the run.")
@click.option("--fault", multiple=True, metavar="NAME", help="Switch on a fault of the emulated server.")
@click.option(
    "--variation", multiple=True, metavar="NAME", help="Switch on an allowed variation of the emulated server."
)
@session_options
@click.option("--suites", multiple=True, type=click.Path(exists=True), help="Suites of your own to run beside ours.")
@click.option("-k", "keywords", metavar="EXPRESSION", help="Only checks whose names match, as in pytest.")
@click.option("-m", "marks", metavar="EXPRESSION", help="Only checks whose marks match, as in pytest.")
@click.option("-n", "workers", metavar="N", help="Worker processes for several profiles, as in pytest-xdist.")
@click.option("-v", "--verbose", is_flag=True, help="A line for each check.")
@click.pass_context
def run(context: click.Context, /, profiles: tuple[str, ...], **options: object) -> None:
    """Test the providers of the given profiles (names or paths) and write their reports.

    Without --live, --recorded or --emulated, a profile is tested live where one of its environment variables is set
    or where it uses none, and emulated otherwise.
    """
    announce(profiles, options)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    context.exit(int(pytest.main(pytest_arguments(profiles, options))))


def pytest_arguments(profiles: tuple[str, ...], options: dict[str, object]) -> list[str]:
    """The pytest command line that a `run` stands for; plugins of the environment that it does not need stay out."""
    arguments = [str(SUITES), *_listed(options["suites"])]
    arguments += [
        f"--rootdir={ROOT}",
        "-c",
        str(PACKAGE / "pytest.toml"),
        "-p",
        "pytest_html.plugin",
        "-p",
        "token_conformance.plugin",
    ]
    arguments += ["-p", "xdist.plugin"] if options["workers"] else []
    arguments += ["-o", f"cache_dir={Path.cwd() / '.token_conformance_cache'}", "--no-header", "-rN"]
    arguments += ["-v"] if options["verbose"] else ["-q"]
    for profile in profiles:
        arguments += ["--profile", profile]
    for name in ("live", "emulated"):
        arguments += [f"--{name}"] if options[name] else []
    if options["recorded"] is not None:
        arguments += [f"--recorded={options['recorded']}"] if options["recorded"] else ["--recorded"]
    arguments += ["--plan"] if options["plan"] else []
    arguments += [f"--resume={options['resume']}"] if options["resume"] else []
    arguments += ["--warnings-fail"] if options["strict"] else []
    arguments += [f"--report-dir={options['report_dir']}"]
    arguments += [f"--session-file={options['session_file']}"] if options["session_file"] else []
    arguments += ["--keyring"] if options["keyring"] else []
    for option, flag in (("keywords", "-k"), ("marks", "-m"), ("workers", "-n")):
        arguments += [flag, str(options[option])] if options[option] else []
    for name in ("fault", "variation", "require"):
        arguments += [f"--{name}={value}" for value in _listed(options[name])]
    return arguments


def announce(profiles: tuple[str, ...], options: dict[str, object]) -> None:
    """Say of each profile what will answer; a profile that cannot be used ends the command."""
    kinds = [kind for kind in ("live", "emulated") if options[kind]] + (
        ["recorded"] if options["recorded"] is not None else []
    )
    recording = Path(str(options["recorded"])) if options["recorded"] else None
    faults, variations = tuple(_listed(options["fault"])), tuple(_listed(options["variation"]))
    problems = [f"--{' and --'.join(kinds)} exclude each other: choose one"] if len(kinds) > 1 else []
    kind = kinds[0] if kinds else "emulated" if faults or variations else None
    choice = Choice(kind, recording, faults, variations)  # type: ignore[arg-type]  # one of the three kinds
    for given in profiles if not problems else ():
        try:
            name, profile, server = select(given, choice, os.environ)
        except (ProfileError, RecordingError, ValueError) as problem:
            problems += str(problem).splitlines()
        else:
            click.echo(f"{name}: {server.description}")
            problems += announce_resumption(name, profile, options["resume"])
    if problems:
        _refuse(problems)


def announce_resumption(name: str, profile: Profile, results: object) -> list[str]:
    """Say how long it takes to do what an earlier run left to do; give what prevents it."""
    try:
        if results:
            now = datetime.now(UTC)
            click.echo(announcement(name, read_to_dos(Path(str(results)), name), now, profile.login))
    except ResumeError as problem:
        return [str(problem)]
    return []


@main.command()
@click.argument("issuer")
@click.option(
    "--output", "-o", metavar="FILE", help="The profile to write, - for the terminal.  [default: profiles/HOST.toml]"
)
@click.option("--non-interactive", is_flag=True, help="Ask nothing: variables stand for what the metadata do not tell.")
@click.option("--force", is_flag=True, help="Replace a profile that is there.")
@click.option("--ca-bundle", type=click.Path(exists=True, dir_okay=False), help="Certificates of a private CA, as PEM.")
def init(issuer: str, output: str | None, ca_bundle: str | None, *, non_interactive: bool, force: bool) -> None:
    """Write a profile of the provider at ISSUER from its metadata, asking for what they do not tell."""
    try:
        draft = drafted(asyncio.run(read_metadata(issuer_of(issuer), ca_bundle)), ca_bundle)
        path = Path(output or f"profiles/{draft.name}.toml")
        if output != "-" and path.exists() and not force:
            _refuse([f"{path} is there already: choose another --output, or replace it by --force"])
        text = rendered(draft if non_interactive else completed(draft))
        if output == "-":
            click.echo(text, nl=False)
        else:
            save(text, path)
            click.echo(f"{path} is written; set its variables, complete what is unknown, and test the provider with")
            click.echo(f"token-conformance run {path} --live")
    except (UnusableProviderError, ProfileError) as problem:
        _refuse(str(problem).splitlines())
    except OSError as problem:
        _refuse([f"{output or 'the profile'} cannot be written: {problem.strerror}"])


@main.command("profiles")
def list_profiles() -> None:
    """List the profiles that come with the suite."""
    for name in names():
        click.echo(f"{name:20} {load(find(name), examples(find(name))).profile.name}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of the profile format, for editors."""
    click.echo(json.dumps(json_schema(), indent=2))


@main.command()
def requirements() -> None:
    """List the requirements of the catalogue, and how many checks judge each."""
    checks, known = by_requirement(tied_checks()), catalogue().values()
    for requirement in known:
        judged = f"{len(checks[requirement.id])} checks" if requirement.id in checks else "untested"
        words = judged.removesuffix("s") if judged.startswith("1 ") else judged
        click.echo(f"{requirement.id:45} {requirement.level:10} {requirement.clause:26} {words:10} {requirement.title}")
    tested = sum(requirement.id in checks for requirement in known)
    click.echo(
        f"\n{len(known)} requirements: {tested} with checks, {len(known) - tested} that explain says why none judges"
    )


@main.command()
@click.argument("requirement_id", metavar="ID")
def explain(requirement_id: str) -> None:
    """Say what a requirement asks, why it matters, and how a server is mended."""
    requirement = catalogue().get(requirement_id)
    if requirement is None:
        _refuse([f"{requirement_id!r} is no requirement of the catalogue: `token-conformance requirements` lists them"])
    clauses = " and ".join((requirement.clause, *requirement.also))
    click.echo(f"{requirement.id}\n{clauses}, {requirement.level}: {requirement.title}")
    for heading, text in (
        ("Why it matters", requirement.protects),
        ("How a server is mended", requirement.mend),
        ("Note", requirement.note),
        ("Not tested", requirement.untested),
    ):
        if text:
            click.echo(f"\n{heading}\n  {text}")
    checks = by_requirement(tied_checks()).get(requirement_id, ())
    if checks:
        click.echo("\nChecks")
    for check in checks:
        click.echo(f"  {check.name}\n    {check.fact}")


def _listed(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, tuple) else []


def _refuse(problems: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(f"ERROR: {problem}", err=True)
    sys.exit(USAGE_ERROR)
