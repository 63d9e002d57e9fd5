"""The command `run`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from token_conformance.command_line.baseline_options import baseline_arguments, baseline_options
from token_conformance.command_line.profile_options import environment, profile_options
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.selecting import is_silent, selection_arguments, selection_options, unknown_topics
from token_conformance.command_line.session_options import session_options
from token_conformance.command_line.start import end_lightly, without_collecting
from token_conformance.command_line.telling import tell, tell_problem
from token_conformance.layout import PACKAGE, ROOT, SUITES
from token_conformance.profile.claims import CLAIMS
from token_conformance.profile.files import ProfileError, find, name_of
from token_conformance.profile.folders import expanded
from token_conformance.profile.models import Profile
from token_conformance.profile.variables import variable_lines, variables_of
from token_conformance.report.folders import unwritable
from token_conformance.results.exit_status import CONFORMS, INTERRUPTED, NO_SESSION, worst
from token_conformance.results.shards import Manifest, Shard
from token_conformance.results.todo import ResumeError, announcement, read_to_dos, taken_up
from token_conformance.running.asking import choice_of, contradictions
from token_conformance.running.signals import end_at_once, is_heeded_from_the_start
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.selection import select

Parked = Literal["due", "later", "lost"]
"""What `--due` finds of a profile."""

UNUSED = (
    "cacheprovider",
    "doctest",
    "legacypath",
    "pastebin",
    "setuponly",
    "setupplan",
    "stepwise",
    "threadexception",
    "unraisableexception",
)
"""Plugins of pytest of which a run makes nothing, or less than nothing: the last two end it by what a library left open."""


@click.command()
@click.argument("profiles", metavar="PROFILE…", nargs=-1, required=True)
@click.option("--live", is_flag=True, help="Test the real provider at the profile's addresses.")
@click.option(
    "--recorded",
    is_flag=False,
    flag_value="",
    multiple=True,
    metavar="[HAR]",
    help="Judge a recording, a file or a folder; without HAR the profile's own; may be repeated.",
)
@click.option("--emulated", is_flag=True, help="Test the reference server taking on the profile.")
@click.option(
    "--plan", is_flag=True, help="Say how many logins and requests it needs, and how long it waits; run nothing."
)
@click.option(
    "--probe",
    is_flag=True,
    help="With --plan: ask for the metadata and once for tokens, and plan by the limits that the provider tells of.",
)
@click.option(
    "--resume",
    type=click.Path(exists=True, dir_okay=False),
    metavar="RESULTS.json",
    help="Do what an earlier run left to do, and wait as long as it takes.",
)
@click.option(
    "--park",
    is_flag=True,
    help="At its end log in once for each expiry that it could not wait for, and keep that for --due.",
)
@click.option("--due", is_flag=True, help="Only go on with what is parked and due, from cron or a schedule of your CI.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR", help="Where reports go.")
@click.option(
    "--shard", metavar="K/N", help="Test the K-th of N portions of the profiles alone; `merge` puts them together."
)
@click.option(
    "--write-facts",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write what was measured of the provider to FILE, as lines for its profile.",
)
@click.option(
    "--explore",
    type=click.IntRange(min=0),
    is_flag=False,
    flag_value=0,
    metavar="[N]",
    help="After the checks, search by N requests for what they do not look for; without N by limits.exploration, or 200.",
)
@click.option(
    "--explore-requests",
    type=click.IntRange(min=0),
    is_flag=False,
    flag_value=0,
    metavar="[N]",
    help="After the checks, try token requests that are changed in many ways, by N requests; without N as --explore.",
)
@click.option("--explore-seed", type=int, metavar="SEED", help="Explore as a run did that told this seed.")
@click.option(
    "--explore-stories",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Where the stories that exploring finds are kept, to be tried first next time.",
)
@click.option(
    "--require",
    multiple=True,
    type=click.Choice(CLAIMS),
    help="Hold the provider to this instead of what its profile claims; violations of anything else are warnings.",
)
@click.option("--no-repeat", is_flag=True, help="Tell a red check after a single run of its scenario.")
@click.option(
    "--evidence",
    is_flag=True,
    help="Write evidence.jsonl while an emulated or a recorded run goes on, as live runs do.",
)
@click.option("--no-evidence", is_flag=True, help="Write no evidence.jsonl while the run goes on.")
@baseline_options
@click.option("--no-recording", is_flag=True, help="Make no recording.har at the end of the run.")
@click.option("--strict", is_flag=True, help="Warnings and stale deviations fail the run.")
@click.option("--complete", is_flag=True, help="MUSTs of the claims that could not be judged fail the run (status 7).")
@click.option("--fault", multiple=True, metavar="NAME", help="Switch on a fault of the emulated server.")
@click.option(
    "--variation", multiple=True, metavar="NAME", help="Switch on an allowed variation of the emulated server."
)
@session_options
@profile_options
@click.option("--suites", multiple=True, type=click.Path(exists=True), help="Suites of your own to run beside ours.")
@click.option("-n", "workers", metavar="N", help="Worker processes for several profiles, as in pytest-xdist.")
@selection_options
@click.pass_context
def run(context: click.Context, /, profiles: tuple[str, ...], **options: object) -> None:
    """Test the providers of the given profiles (names, paths, or folders of them) and write their reports.

    Without --live, --recorded or --emulated, a profile is tested live where one of its environment variables is set
    or where it uses none, and emulated otherwise.
    """
    with without_collecting():  # what is imported and collected stays; the plugin collects from the first check on
        profiles, lost = announce(profiles, options)
        if not profiles:
            context.exit(NO_SESSION if lost else CONFORMS)
        status = worst([judged(pytest_arguments(profiles, options)), *[NO_SESSION] * lost])
    if status == INTERRUPTED and is_heeded_from_the_start():
        end_at_once()
    end_lightly()
    context.exit(status)


def judged(arguments: list[str]) -> int:
    """The exit status of pytest with these arguments, and with no plugin of the environment."""
    import pytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return int(pytest.main(arguments))


def pytest_arguments(profiles: tuple[str, ...], options: dict[str, object]) -> list[str]:
    """The pytest command line that a `run` stands for; plugins of the environment that it does not need stay out.

    Assertions stay as they are written: each says what it found by itself, or its check's fact does.
    """
    arguments = [str(SUITES), *_listed(options["suites"]), *machinery()]
    arguments += ["-p", "xdist.plugin", "-n", str(options["workers"])] if options["workers"] else []
    arguments += selection_arguments(options)
    for profile in profiles:
        arguments += ["--profile", profile]
    for name in ("live", "emulated"):
        arguments += [f"--tc-{name}"] if options[name] else []
    arguments += [
        f"--tc-recorded={recording}" if recording else "--tc-recorded" for recording in _listed(options["recorded"])
    ]
    arguments += [f"--tc-{name}" for name in ("plan", "probe") if options[name]]
    arguments += [f"--tc-resume={options['resume']}"] if options["resume"] else []
    arguments += [f"--tc-{name}" for name in ("park", "due") if options[name]]
    for name in ("explore", "explore_requests", "explore_seed", "explore_stories"):
        arguments += [f"--tc-{name.replace('_', '-')}={options[name]}"] if options.get(name) is not None else []
    arguments += ["--tc-no-repeat"] if options["no_repeat"] else []
    arguments += ["--tc-evidence"] if options["evidence"] else []
    arguments += ["--tc-no-evidence"] if options["no_evidence"] else []
    arguments += baseline_arguments(options)
    arguments += ["--tc-no-recording"] if options["no_recording"] else []
    arguments += ["--tc-strict"] if options["strict"] else []
    arguments += ["--tc-complete"] if options["complete"] else []
    arguments += [f"--tc-report-dir={options['report_dir']}"]
    arguments += [f"--tc-write-facts={options['write_facts']}"] if options["write_facts"] else []
    arguments += [f"--tc-session-file={options['session_file']}"] if options["session_file"] else []
    arguments += ["--tc-keyring"] if options["keyring"] else []
    arguments += [f"--tc-env-file={file}" for file in _listed(options["env_files"])]
    arguments += [f"--tc-proxy={options['proxy']}"] if options["proxy"] else []
    for name in ("fault", "variation", "require"):
        arguments += [f"--tc-{name}={value}" for value in _listed(options[name])]
    return arguments


def machinery() -> list[str]:
    """What makes pytest one of ours: where it is, its plugins, and how it speaks."""
    plugins = ("pytest_html.plugin", "token_conformance.plugin", *(f"no:{plugin}" for plugin in UNUSED))
    options = ["--tc-directly", "--assert=plain", "--no-header", "-rN"]
    named = [word for plugin in plugins for word in ("-p", plugin)]
    return [f"--rootdir={ROOT}", "-c", str(PACKAGE / "pytest.toml"), *named, *options]


def announce(given: tuple[str, ...], options: dict[str, object]) -> tuple[tuple[str, ...], bool]:
    """Say of each profile what will answer; a profile that cannot be used ends the command.

    Gives the profiles, one by one, that there is something to do for, and whether what `--due` goes on with is lost of one.
    """
    if problems := [*contradictions(options), *unknown_topics(options)]:
        refuse(problems)
    try:
        profiles, known = expanded(given), environment(Path(file) for file in _listed(options["env_files"]))
        shard = Shard.read(str(options["shard"])) if options.get("shard") else None
    except ProfileError as problem:
        refuse(problem.problems)
    except ValueError as problem:
        refuse([str(problem)])
    profiles = portion_of(shard, profiles)
    announced = [announce_one(one, options, known) for one in profiles]
    to_do = tuple(one for one, each in zip(profiles, announced, strict=True) if each.state == "due")
    problems = [problem for each in announced for problem in each.problems]
    if to_do and not problems and not options["plan"]:
        # pytest would need the temporary folder before the plugin can say so
        problems += unwritable(Path(str(options["report_dir"])))
    if problems:
        refuse(problems)
    if shard is not None and not options["plan"]:
        note_shard(shard, to_do, Path(str(options["report_dir"])))
    return to_do, any(each.state == "lost" for each in announced)


def portion_of(shard: Shard | None, profiles: list[str]) -> list[str]:
    """The profiles that are tested here, of all that were given; says which portion they are."""
    if shard is None:
        return profiles
    portion, number = shard.portion(profiles), len(profiles)
    told = f"{len(portion)} of {number} profile{'s' * (number != 1)}"
    tell(f"shard {shard}: {told if portion else f'nothing falls to it, of {number}: a profile is never divided'}")
    return portion


def note_shard(shard: Shard, profiles: tuple[str, ...], folder: Path) -> None:
    """Write down what is to be tested here, so that `merge` notices what is missing; ends the command where it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        manifest = Manifest(shard=shard.number, of=shard.of, profiles=tuple(map(name_of, profiles)))
        (folder / shard.file).write_text(manifest.model_dump_json(indent=2, by_alias=True) + "\n", "utf-8")
    except OSError as problem:
        refuse([f"{folder / shard.file} cannot be written: {problem.strerror}"])


@dataclass(frozen=True)
class Announced:
    """What was found out of a profile before anything runs; the problems keep the command from it."""

    problems: list[str]
    state: Parked = "due"


def announce_one(one: str, options: dict[str, object], known: Mapping[str, str]) -> Announced:
    """Say of one profile what will answer, which variables it takes, and what of it is left to do, or due."""
    try:
        name, profile, server = select(one, choice_of(options), known)
    except (ProfileError, RecordingError, ValueError) as problem:
        return Announced(str(problem).splitlines())
    if not is_silent(options):
        tell(f"{name}: {server.description}")
        announce_variables(one, known, options)
    problems = announce_resumption(name, profile, options["resume"])
    is_due = options["due"] and server.kind == "live"
    return Announced(problems, announce_due(one, name, profile, options) if is_due else "due")


def announce_due(given: str, name: str, profile: Profile, options: dict[str, object]) -> Parked:
    """Say what is parked and due, or else when the next of it is.

    Nothing parked at all is told by the exit status, once what is due of other profiles is done: a schedule that has lost
    what it waits for is not to look as if it waited.
    """
    from token_conformance.command_line.sessions import due_line  # other runs have no use for it, nor for sessions
    from token_conformance.sessions.problems import SessionError

    file, now = options["session_file"], datetime.now(UTC)
    try:
        due, line = due_line(
            given, name, profile, Path(str(file)) if file else None, now, keyring=bool(options["keyring"])
        )
    except SessionError as problem:
        tell_problem(str(problem))
        return "lost"
    tell(line)
    return "due" if due else "later"


def announce_variables(given: str, known: Mapping[str, str], options: dict[str, object]) -> None:
    """Before a plan, say which variables a live run needs, and whether they are set."""
    found = variables_of(find(given)) if options["plan"] else ()
    if found:
        click.echo("variables of a live run:")
    for line in variable_lines(found, known):
        click.echo(line)


def announce_resumption(name: str, profile: Profile, results: object) -> list[str]:
    """Say how long it takes to do what an earlier run left to do; give what prevents it."""
    try:
        if results:
            now = datetime.now(UTC)
            tell(announcement(name, taken_up(read_to_dos(Path(str(results)), name)), now, profile.login))
    except ResumeError as problem:
        return [str(problem)]
    return []


def _listed(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, tuple) else []
