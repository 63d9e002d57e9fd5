"""The command line of a conformance run, as pytest knows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from token_conformance.layout import SUITES
from token_conformance.plugin.baseline import unusable_baseline
from token_conformance.plugin.exploring import not_to_explore
from token_conformance.plugin.going_on import going_on
from token_conformance.plugin.internal_errors import InternalErrors
from token_conformance.plugin.interrupting import heed_signals
from token_conformance.plugin.stash import (
    DEFECTS,
    EXPLORED,
    EXPLORED_REQUESTS,
    INTERRUPTION,
    LEFT,
    PARKED,
    RECORDS,
    REPETITIONS,
    RESULTS,
    RUNS,
    UNPARKED,
)
from token_conformance.plugin.stored_evidence import stored_run, with_evidence
from token_conformance.profile.environment import environment_with
from token_conformance.profile.files import ProfileError, name_of
from token_conformance.profile.folders import expanded
from token_conformance.profile.models import Claim, Profile
from token_conformance.redaction import Redactor
from token_conformance.report.folders import unwritable
from token_conformance.results.todo import MARGIN, ToDo, longest_wait, read_to_dos, taken_up
from token_conformance.running.asking import choice_of, contradictions
from token_conformance.running.interruption import Interruption
from token_conformance.running.run import Run
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.selection import select

if TYPE_CHECKING:
    from token_conformance.sessions import SessionStore
    from token_conformance.sessions.parked import ParkingLot
    from token_conformance.wire.connection import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a conformance run."""
    group = parser.getgroup("token-conformance", "conformance of OAuth 2.0 and OpenID Connect token endpoints")
    group.addoption(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="the provider to test, by name or path; may be repeated",
    )
    group.addoption("--live", action="store_true", help="test the real provider at the profile's addresses")
    group.addoption("--emulated", action="store_true", help="test the reference server taking on the profile")
    group.addoption(
        "--recorded",
        action="append",
        nargs="?",
        const="",
        metavar="HAR",
        help="judge a recording, a file or a folder; without HAR the profile's own; may be repeated",
    )
    group.addoption(
        "--require",
        action="append",
        default=[],
        choices=get_args(Claim),
        metavar="CLAIM",
        help=f"hold the provider to {', '.join(get_args(Claim))} instead of what its profile claims; may be repeated",
    )
    group.addoption(
        "--plan",
        action="store_true",
        help="say how many logins and requests a run needs and how long it waits; run nothing",
    )
    group.addoption(
        "--probe",
        action="store_true",
        help="with --plan, ask the live provider for its metadata and once for tokens, and plan by the limits that it tells of",
    )
    group.addoption(
        "--resume",
        metavar="RESULTS",
        type=Path,
        help="do what an earlier run left to do, by its results.json: wait as long as it takes",
    )
    group.addoption(
        "--park",
        action="store_true",
        help="at the end of a live run, log in once for each expiry that it could not wait for, and keep that for --due",
    )
    group.addoption(
        "--due",
        action="store_true",
        help="go on with what is parked and due, and judge its checks; nothing else is done",
    )
    group.addoption("--report-dir", default="reports", metavar="DIR", help="where reports go (default: ./reports)")
    group.addoption(
        "--no-repeat",
        action="store_true",
        help="tell a red check after a single run; otherwise its scenario runs once more, alone, with a new login",
    )
    group.addoption(
        "--explore",
        nargs="?",
        const=0,
        type=int,
        metavar="N",
        help="after the checks, search by N requests for what the checks do not look for; without N by limits.exploration, or 200",
    )
    group.addoption(
        "--explore-requests",
        nargs="?",
        const=0,
        type=int,
        metavar="N",
        help="after the checks, try token requests that are changed in many ways by N requests; without N by limits.exploration, or 200",
    )
    group.addoption(
        "--explore-seed",
        type=int,
        metavar="SEED",
        help="explore as a run did that told this seed; without it by chance",
    )
    group.addoption(
        "--explore-stories",
        metavar="DIR",
        help="where the stories that exploring finds are kept, to be tried first next time (default: stories in the report folder)",
    )
    group.addoption(
        "--write-facts",
        metavar="FILE",
        help="write what was measured of the provider to FILE, as lines for its profile",
    )
    group.addoption(
        "--baseline",
        metavar="FILE",
        help="hold the findings against what FILE knows: new ones fail, status 6 says that it is out of date",
    )
    group.addoption(
        "--update-baseline",
        action="store_true",
        help="with --baseline: have FILE know what is found, with all that was said of it",
    )
    group.addoption(
        "--as-of",
        metavar="VERSION",
        help="with --baseline: findings of checks that came after this version of the suite only warn",
    )
    group.addoption("--warnings-fail", action="store_true", help="a warning or a stale deviation makes the run fail")
    group.addoption(
        "--complete",
        action="store_true",
        help="a MUST of the claims that could not be judged makes the run end with status 7",
    )
    group.addoption(
        "--fault", action="append", default=[], metavar="NAME", help="a fault of the emulated server; may be repeated"
    )
    group.addoption(
        "--variation", action="append", default=[], metavar="NAME", help="an allowed variation of the emulated server"
    )
    group.addoption(
        "--directly",
        action="store_true",
        help="judge checks that need nothing but transcripts without pytest's protocol around each, as `token-conformance run` does",
    )
    group.addoption(
        "--env-file",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="take variables that the environment does not set from lines of NAME=value; may be repeated",
    )
    group.addoption(
        "--proxy",
        choices=("env", "none"),
        help="go through the proxy of the environment, or through none, whatever the profile says",
    )
    group.addoption(
        "--from-evidence",
        action="append",
        default=[],
        metavar="DIR",
        help="judge the run anew whose evidence.jsonl is in DIR, and write its reports there; may be repeated",
    )
    group.addoption(
        "--evidence",
        action="store_true",
        help="write evidence.jsonl while an emulated run goes on, as live runs do",
    )
    group.addoption(
        "--no-evidence",
        action="store_true",
        help="write no evidence.jsonl while a run goes on, of which `token-conformance report` makes its reports anew",
    )
    group.addoption("--session-file", metavar="FILE", help="where `token-conformance login` has stored the session")
    group.addoption("--keyring", action="store_true", help="take the session from the keyring of this machine")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run for each profile; without one the plugin stays out of the way."""
    config.stash[RUNS], config.stash[RECORDS], config.stash[REPETITIONS], config.stash[RESULTS] = {}, {}, {}, {}
    config.stash[PARKED], config.stash[UNPARKED], config.stash[EXPLORED] = {}, {}, {}
    config.stash[EXPLORED_REQUESTS] = {}
    config.stash[INTERRUPTION], config.stash[DEFECTS] = Interruption(), {}
    if not config.option.profile and not config.option.from_evidence:
        return
    heed_signals(config)
    if not config.getoption("fulltrace", default=False):  # which pytest's terminal has, and it may be left out
        config.pluginmanager.register(InternalErrors())
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(SUITES)]
    try:
        config.stash[RUNS] = _runs(config)
    except (ProfileError, RecordingError, ValueError) as problem:
        raise pytest.UsageError(*str(problem).splitlines()) from None
    if problems := unusable_baseline(config):
        raise pytest.UsageError(*problems)
    _try_folders(config)
    # Verdicts have words of their own: the usual traceback would be thrown away, and takes longer than most checks.
    if getattr(config.option, "tbstyle", None) in {"auto", "long", "short"}:
        config.option.tbstyle = "native"


def _try_folders(config: pytest.Config) -> None:
    """Refuse to begin where nothing could be written at the end.

    Raises:
        pytest.UsageError: a folder does not take a file.

    """
    if config.option.plan or config.option.collectonly:
        return
    if config.option.from_evidence:
        return
    runs, parks = config.stash[RUNS].values(), config.option.park or config.option.due
    stores = [run.sessions.folder for run in runs if run.sessions is not None]
    lots = [run.lot.folder for run in runs if run.lot is not None and parks]
    folders: list[Path | None] = [*stores, *lots] or [None]
    problems = [each for folder in folders for each in unwritable(Path(config.option.report_dir), folder)]
    if problems:
        raise pytest.UsageError(*dict.fromkeys(problems))


def _runs(config: pytest.Config) -> dict[str, Run]:
    if problems := [*contradictions(vars(config.option))]:
        raise ProfileError(problems)
    choice = choice_of(vars(config.option))
    config.option.profile = expanded(config.option.profile)
    environment = environment_with(config.option.env_file, os.environ)
    if config.option.plan and getattr(config.option, "numprocesses", None):
        raise ProfileError(["--plan runs nothing: leave out -n"])
    if config.option.write_facts and len(config.option.profile) > 1:
        raise ProfileError(["--write-facts writes the facts of one profile: give one"])
    config.stash[LEFT] = left = _left(config)
    if longest_wait(left) and not config.option.park:
        choice = replace(choice, wait=longest_wait(left) + MARGIN)
    runs: dict[str, Run] = {}
    for given in config.option.profile:
        name, profile, server = select(given, choice, environment)
        profile = profile.requiring(config.option.require)
        redactor = Redactor()
        redactor.learn_profile(profile)
        if name in runs:
            raise ProfileError([f"profile {name!r} is given twice"])
        sessions = _store(given, profile, config) if server.kind == "live" and profile.login.stored else None
        lot = _lot(given, profile, config) if server.kind == "live" else None
        only = frozenset(each.scenario for each in left) or None
        told = config.stash[INTERRUPTION]
        run = Run(name, profile, server, redactor, sessions=sessions, only=only, lot=lot, interruption=told)
        run = going_on(run, config) if config.option.resume else run
        runs[name] = _of_what_is_due(run) if config.option.due else with_evidence(run, config)
        if problems := [*_of_live_servers_alone(server, config), *not_to_explore(profile, server, config)]:
            raise ProfileError(problems)
    for folder in config.option.from_evidence:
        stored = stored_run(Path(folder))
        if stored.name in runs:
            raise ProfileError([f"{folder}: evidence of profile {stored.name!r} is given twice"])
        runs[stored.name] = stored
    return runs


def _of_live_servers_alone(server: Server, config: pytest.Config) -> Iterator[str]:
    """What is asked for of a server that is not live, and cannot be had of it."""
    if config.option.probe and server.kind != "live":
        yield "--probe asks a live provider what it allows: give --live"
    if config.option.park and server.kind != "live":
        yield "--park keeps what a live server has issued: give --live"


def _of_what_is_due(run: Run) -> Run:
    """The run that goes on with what is parked and due, and does nothing else."""
    from token_conformance.sessions import SessionError

    if run.lot is None:
        raise ProfileError(["--due goes on with what a live server has issued: give --live"])
    try:
        due = frozenset(each.scenario for each in run.lot.due(run.started))
    except SessionError as problem:
        raise ProfileError([str(problem)]) from None
    return replace(run, only=due, due=True)


def _lot(given: str, profile: Profile, config: pytest.Config) -> ParkingLot:
    from token_conformance.sessions import SessionError
    from token_conformance.sessions.parked import lot_for

    file = config.option.session_file
    try:
        return lot_for(given, profile, Path(file) if file else None, keyring=config.option.keyring)
    except SessionError as problem:
        raise ProfileError([str(problem)]) from None


def _store(given: str, profile: Profile, config: pytest.Config) -> SessionStore:
    from token_conformance.sessions import SessionError, store_for  # the others have no use for a store

    file = config.option.session_file
    if file and len(config.option.profile) > 1:
        raise ProfileError(["--session-file keeps the session of one profile: give one"])
    try:
        return store_for(given, profile, Path(file) if file else None, keyring=config.option.keyring)
    except SessionError as problem:
        raise ProfileError([str(problem)]) from None


def _left(config: pytest.Config) -> tuple[ToDo, ...]:
    """What an earlier run of the profile left to do, where `--resume` names it."""
    if config.option.resume is None:
        return ()
    if len(config.option.profile) != 1:
        raise ProfileError(["--resume does what is left of one profile: give one"])
    return taken_up(read_to_dos(config.option.resume, name_of(config.option.profile[0])))
