"""What a session is asked for by its options: a run for each profile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
from token_conformance.plugin.stored_evidence import recorded_run, stored_run, with_evidence
from token_conformance.profile.environment import environment_with
from token_conformance.profile.files import ProfileError, name_of
from token_conformance.profile.folders import expanded
from token_conformance.profile.models import Profile
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


def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run for each profile."""
    config.stash[RUNS], config.stash[RECORDS], config.stash[REPETITIONS], config.stash[RESULTS] = {}, {}, {}, {}
    config.stash[PARKED], config.stash[UNPARKED], config.stash[EXPLORED] = {}, {}, {}
    config.stash[EXPLORED_REQUESTS] = {}
    config.stash[INTERRUPTION], config.stash[DEFECTS] = Interruption(), {}
    heed_signals(config)
    if config.getoption("verbose", default=0) <= 0:  # which pytest's terminal has, and it may be left out
        config.option.force_short_summary = True  # in CI pytest would tell a failure there with all that it has seen
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
        if name in runs:
            raise ProfileError([f"profile {name!r} is given twice"])
        if config.option.recorded and (then := recorded_run(name, profile, server, config)) is not None:
            runs[name] = then
            continue
        sessions = _store(given, profile, config) if server.kind == "live" and profile.login.stored else None
        lot = _lot(given, profile, config) if server.kind == "live" else None
        only = frozenset(each.scenario for each in left) or None
        told = config.stash[INTERRUPTION]
        redactor = Redactor()
        redactor.learn_profile(profile)
        run = Run(name, profile, server, redactor, sessions=sessions, only=only, lot=lot, interruption=told)
        run = going_on(run, config) if config.option.resume else run
        runs[name] = _of_what_is_due(run) if config.option.due else with_evidence(run, config)
        if problems := [*_of_live_servers_alone(server, config), *not_to_explore(profile, server, config)]:
            raise ProfileError(problems)
    return _with_those_of_then(runs, config)


def _with_those_of_then(runs: dict[str, Run], config: pytest.Config) -> dict[str, Run]:
    """The runs, and those that are judged anew from what they left."""
    for given in config.option.from_evidence:
        stored = stored_run(Path(given))
        if stored.name in runs:
            raise ProfileError([f"{given}: evidence of profile {stored.name!r} is given twice"])
        runs[stored.name] = replace(stored, profile=stored.profile.requiring(config.option.require))
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
