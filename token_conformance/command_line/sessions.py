"""The command `sessions`, and what `run --due` finds to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from token_conformance.command_line.profile_options import env_file_option, environment
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.session_options import refuse_two_places, session_options
from token_conformance.command_line.telling import tell, tell_problem
from token_conformance.profile.files import ProfileError, find
from token_conformance.profile.loading import load
from token_conformance.profile.models import Profile
from token_conformance.results.exit_status import NO_SESSION
from token_conformance.sessions.parked import ParkedScenario, lot_for
from token_conformance.sessions.problems import NoSessionError, SessionError
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import moment, store_for


@click.command()
@click.argument("profile", metavar="PROFILE")
@session_options
@env_file_option
@click.option("--forget", is_flag=True, help="Forget what is parked.")
def sessions(
    profile: str, session_file: Path | None, env_files: tuple[Path, ...], *, keyring: bool, forget: bool
) -> None:
    """List the stored session of PROFILE, and what is parked until a token of it has expired."""
    refuse_two_places(session_file, keyring=keyring)
    try:
        loaded = load(find(profile), environment(env_files))
        store = store_for(profile, loaded, session_file, keyring=keyring)
        lot = lot_for(profile, loaded, session_file, keyring=keyring)
        for each in lot.parked() if forget else ():
            lot.drop(each)
        tell(session_line(store.read(), store.place))
        for line in parked_lines(lot.parked(), lot.place, datetime.now(UTC)):
            tell(line)
    except ProfileError as problem:
        refuse(str(problem).splitlines())
    except SessionError as problem:
        _give_up(str(problem))


def session_line(session: StoredSession | None, place: str) -> str:
    """The stored session, without anything that is secret."""
    if session is None:
        return f"no session is stored in {place}"
    end = f", at most until {moment(session.refresh_token_expires)}" if session.refresh_token_expires else ""
    return f"a session of client {session.client_id}, logged in at {moment(session.logged_in)}{end}, is in {place}"


def parked_lines(parked: tuple[ParkedScenario, ...], place: str, now: datetime) -> Iterator[str]:
    """What is parked: since when and until when, and what may have ended it meanwhile."""
    yield f"parked in {place}:" if parked else f"nothing is parked in {place}"
    for each in parked:
        yield f"  {each.scenario}  since {moment(each.parked)}, {_state(each, now)}"
        yield from (f"    in doubt: {why}" for why in each.endangered)


def due_line(
    given: str, name: str, profile: Profile, session_file: Path | None, now: datetime, *, keyring: bool
) -> tuple[bool, str]:
    """Whether anything parked is due, and a line that says what, or when the next is.

    Raises:
        SessionError: nothing is parked, or it cannot be read.

    """
    parked = lot_for(given, profile, session_file, keyring=keyring).parked()
    if not parked:
        raise NoSessionError(f"nothing of {name} is parked: `token-conformance run {given} --live --park` does it")
    due = [each.scenario for each in parked if each.is_due(now)]
    if due:
        return True, f"{name}: goes on with {', '.join(due)}"
    return False, f"{name}: nothing is due; the next is {parked[0].scenario}, at {moment(parked[0].due)}"


def _state(parked: ParkedScenario, now: datetime) -> str:
    if parked.presented is not None:
        return f"presented at {moment(parked.presented)} by a run that did not come to its end"
    return f"due {'since' if parked.is_due(now) else 'at'} {moment(parked.due)}"


def _give_up(problem: str) -> NoReturn:
    tell_problem(str(problem))
    sys.exit(NO_SESSION)
