"""The commands `login` and `logout`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NoReturn

import click

from token_conformance.command_line.profile_options import environment, profile_options
from token_conformance.command_line.session_options import refuse_two_places, session_options
from token_conformance.command_line.telling import tell, tell_problem
from token_conformance.profile.files import ProfileError, find
from token_conformance.profile.loading import load
from token_conformance.results.exit_status import NO_SESSION, USAGE_ERROR
from token_conformance.sessions.browser_login import ByPasting, log_in, loopback_way
from token_conformance.sessions.device_login import log_in_by_device
from token_conformance.sessions.problems import LoginError, SessionError
from token_conformance.sessions.revoking import log_out
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import SessionStore, moment, store_for

Proxy = Literal["env", "none"] | None
"""What `--proxy` was given."""


@click.command()
@click.argument("profile", metavar="PROFILE")
@session_options
@profile_options
@click.option("--paste", is_flag=True, help="Ask for the address that a browser anywhere was redirected to.")
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option("--timeout", type=click.IntRange(min=1), default=300, show_default=True, help="Seconds to wait.")
def login(
    profile: str,
    session_file: Path | None,
    timeout: int,
    env_files: tuple[Path, ...],
    proxy: Proxy,
    *,
    keyring: bool,
    paste: bool,
    no_browser: bool,
) -> None:
    """Log in to the provider of PROFILE in a browser, and store the session for runs.

    The profile says login.strategy = "interactive" for its runs to use the session, or "device" where the user enters
    a code in a browser on any machine.
    """
    store = _store(profile, session_file, env_files, proxy, keyring=keyring)
    try:
        with store.locked():
            session = asyncio.run(_logging_in(store, timeout, paste=paste, open_browser=not no_browser))
            store.write(session)
    except SessionError as problem:
        _fail(USAGE_ERROR if isinstance(problem, LoginError) else NO_SESSION, str(problem))
    tell(f"Logged in; the session is in {store.place}{_until(session.refresh_token_expires)}.")
    login = store.profile.login
    if not login.stored:
        tell(f'Runs do not use it: login.strategy is "{login.strategy}" in the profile, and would be "interactive".')


@click.command()
@click.argument("profile", metavar="PROFILE")
@session_options
@profile_options
def logout(
    profile: str, session_file: Path | None, env_files: tuple[Path, ...], proxy: Proxy, *, keyring: bool
) -> None:
    """Forget the stored session of PROFILE, and revoke its tokens where the provider lets clients do so."""
    store = _store(profile, session_file, env_files, proxy, keyring=keyring)
    try:
        with store.locked():
            for line in asyncio.run(log_out(store)):
                tell(line)
    except SessionError as problem:
        _fail(NO_SESSION, str(problem))


def _logging_in(
    store: SessionStore, timeout: int, *, paste: bool, open_browser: bool
) -> Coroutine[Any, Any, StoredSession]:
    """The login as the profile has it: with a code at any browser, or redirected from one."""
    if store.profile.login.strategy == "device":
        return log_in_by_device(store, tell, timeout)
    redirect_uri = store.profile.user_client.redirect_uri
    if store.profile.grants.authorization_code is None or redirect_uri is None:
        _fail(
            USAGE_ERROR,
            f"{store.name} has no [grants.authorization_code] to log in by in a browser, "
            'and its login.strategy is not "device"',
        )
    if paste:
        return log_in(store, ByPasting(redirect_uri, tell, _pasted))
    return log_in(store, loopback_way(redirect_uri, tell, timeout, open_browser=open_browser))


def _store(
    given: str, session_file: Path | None, env_files: tuple[Path, ...], proxy: Proxy, *, keyring: bool
) -> SessionStore:
    refuse_two_places(session_file, keyring=keyring)
    try:
        profile = load(find(given), environment(env_files)).through(proxy)
        return store_for(given, profile, session_file, keyring=keyring)
    except ProfileError as problem:
        _fail(USAGE_ERROR, *problem.problems)
    except SessionError as problem:
        _fail(NO_SESSION, str(problem))


def _pasted() -> str:
    try:
        with _interruptible():
            return str(click.prompt("The address", prompt_suffix=": "))
    except click.Abort:
        raise LoginError("the login was given up: no address was pasted") from None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the first Ctrl-C end a question that is asked within the event loop, which has a handler of its own."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def _until(end: Any) -> str:
    return f", at most until {moment(end)}" if end is not None else ""


def _fail(status: int, *problems: str) -> NoReturn:
    for problem in problems:
        tell_problem(problem)
    sys.exit(status)
