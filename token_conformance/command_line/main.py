"""The command `token-conformance`, whose commands are imported when they are given: its help needs none of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

import click

from token_conformance import __version__
from token_conformance.command_line.start import starting_lightly
from token_conformance.results.exit_status import USAGE_ERROR
from token_conformance.running.signals import STATUS, leave_to_python


class Listed(NamedTuple):
    """A command: the room where it lives, its name there, and what the help says of it."""

    room: str
    name: str
    short_help: str


COMMANDS = {
    "certify": Listed(
        "certify",
        "certify",
        "Test the provider of PROFILE, and write a signed certificate that anyone can judge again.",
    ),
    "compare": Listed(
        "compare",
        "compare",
        "Put several providers, or versions of one, side by side: results.json of runs, or their folders.",
    ),
    "diff": Listed(
        "diff",
        "diff",
        "Say what got better and what got worse from A to B: results.json of two runs, or their folders.",
    ),
    "explain": Listed(
        "requirements", "explain", "Say what a requirement asks, why it matters, and how a server is mended."
    ),
    "init": Listed(
        "init", "init", "Write a profile of the provider at ISSUER from its metadata, asking for what they do not tell."
    ),
    "judge": Listed(
        "judge",
        "judge",
        "Judge recordings (HAR files, archives, folders) of a provider of which there is no profile.",
    ),
    "login": Listed(
        "login", "login", "Log in to the provider of PROFILE in a browser, and store the session for runs."
    ),
    "logout": Listed(
        "login",
        "logout",
        "Forget the stored session of PROFILE, and revoke its tokens where the provider lets clients do so.",
    ),
    "merge": Listed(
        "merge", "merge", "Put the report folders of several jobs together: shards of many profiles, or a job for each."
    ),
    "profiles": Listed(
        "profiles",
        "list_profiles",
        "List the profiles that come with the suite, or say of NAME which variables it needs.",
    ),
    "record": Listed(
        "record", "record", "Test the real providers of the given profiles, and record what was exchanged (HAR)."
    ),
    "report": Listed(
        "report",
        "report",
        "Judge the run anew whose evidence is in DIR, by the suites of today, and write its reports there.",
    ),
    "requirements": Listed(
        "requirements", "requirements", "List the requirements of the catalogue, and how many checks judge each."
    ),
    "run": Listed(
        "run",
        "run",
        "Test the providers of the given profiles (names, paths, or folders of them) and write their reports.",
    ),
    "serve": Listed(
        "serve",
        "serve",
        "Run the emulated provider of PROFILE on this machine, for people who test clients, until Ctrl-C.",
    ),
    "sessions": Listed(
        "sessions",
        "sessions",
        "List the stored session of PROFILE, and what is parked until a token of it has expired.",
    ),
    "show-exchange": Listed(
        "verify",
        "show_exchange",
        "Take one exchange of BUNDLE, to show it alone, with what proves that it is of it.",
    ),
    "verify": Listed(
        "verify", "verify", "Say whether BUNDLE is as it was signed, by whom, and whether its verdicts hold."
    ),
    "schema": Listed("profiles", "schema", "Print the JSON Schema of the profile format, for editors."),
}


JUDGING = frozenset({"run", "record", "report", "judge", "certify"})
"""The commands that heed signals by themselves from their first check on, and are ended by them before."""


@contextmanager
def refusing_alike() -> Iterator[None]:
    """Have what click refuses end with the status of whatever cannot be used: its own says here that a run was interrupted."""
    try:
        yield
    except click.UsageError as problem:
        told: Any = problem  # whose status click declares to be that of its class
        told.exit_code = USAGE_ERROR
        raise


class Rooms(click.Group):
    """Opens a command's room when the command is given."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Read what is given before the command."""
        with refusing_alike():
            return super().make_context(*arguments, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """The command of that name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        room, name, _ = COMMANDS[cmd_name]
        with starting_lightly():
            command: click.Command = getattr(import_module(f"token_conformance.command_line.{room}"), name)
        if cmd_name not in JUDGING:
            leave_to_python()
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Give a command; one that is interrupted ends with the status that says so."""
        try:
            with refusing_alike():
                return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted", err=True)
            ctx.exit(STATUS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        """List the commands without opening their rooms."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].short_help) for name in sorted(COMMANDS)])


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="token-conformance")
def main() -> None:
    """Test OAuth 2.0 and OpenID Connect token endpoints for conformance."""
