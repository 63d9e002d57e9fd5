"""The stored session of one profile: read and written by one process at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from token_conformance.profile.files import name_of
from token_conformance.profile.models import Profile
from token_conformance.sessions.problems import (
    DamagedSessionError,
    ExpiredSessionError,
    NoSessionError,
    SessionBusyError,
    StorageError,
)
from token_conformance.sessions.session import FORMAT, StoredSession
from token_conformance.sessions.vaults import OWNER_ONLY, Vault, make_folder, vault


class SessionStore:
    """Keeps the session of a profile in a vault.

    Args:
        name: the profile, as `login` and `run` are given it.
        profile: what it says, for a session belongs to one client at one provider.
        vault: where the session lies.
        given: what to call the profile in the command that logs in anew; `name` without it.

    """

    def __init__(self, name: str, profile: Profile, vault: Vault, *, given: str | None = None) -> None:
        self.name = name
        self.profile = profile
        self._vault = vault
        self.remedy = f"token-conformance login {given or name}"

    @property
    def place(self) -> str:
        """Where the session lies."""
        return self._vault.description

    @property
    def folder(self) -> Path:
        """Where it is locked, and written where it lies in a file."""
        return self._vault.lock.parent

    @property
    def provider(self) -> str:
        """The provider that sessions belong to: its issuer, or else its token endpoint."""
        return self.profile.server.address

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out; the lock of a process that was killed is gone with it.

        Raises:
            SessionBusyError: another process is using the session.
            StorageError: there is no place for the lock.

        """
        try:
            make_folder(self._vault.lock.parent)
            lock = FileLock(self._vault.lock, timeout=0, mode=OWNER_ONLY)
            lock.acquire()
        except Timeout:
            raise SessionBusyError(
                f"the session of {self.name} is in use by another process: wait for its end, or end it"
            ) from None
        except (OSError, NotImplementedError) as error:  # the latter is filelock's, of a file system without locks
            raise StorageError(f"the session of {self.name} cannot be locked in {self._vault.lock}: {error}") from None
        try:
            yield
        finally:
            lock.release()

    def usable(self) -> StoredSession:
        """The session, where there is one that the provider may still accept.

        Raises:
            NoSessionError: there is none.
            DamagedSessionError: what is stored is no session, or one of another client or provider.
            ExpiredSessionError: its time is over.
            StorageError: it cannot be read.

        """
        session = self.read()
        if session is None:
            raise NoSessionError(
                f"there is no stored session of {self.name} in {self.place}: log in with `{self.remedy}`"
            )
        if (session.provider, session.client_id) != (self.provider, self.profile.user_client.client_id):
            raise DamagedSessionError(
                f"the session in {self.place} belongs to client {session.client_id} at {session.provider}, "
                f"and not to that of the profile: log in with `{self.remedy}`"
            )
        if session.expired(datetime.now(UTC)):
            raise ExpiredSessionError(
                f"the stored session of {self.name} expired at {moment(session.refresh_token_expires)}: "
                f"log in anew with `{self.remedy}`"
            )
        return session

    def read(self) -> StoredSession | None:
        """The session as it lies there, None where there is none.

        Raises:
            DamagedSessionError: what is stored is no session.
            StorageError: it cannot be read.

        """
        text = self._vault.read()
        if text is None:
            return None
        try:
            return StoredSession.model_validate_json(text)
        except ValidationError as error:
            raise DamagedSessionError(
                f"the stored session of {self.name} in {self.place} {_damage(text, error)}: "
                f"log in anew with `{self.remedy}`"
            ) from None

    def write(self, session: StoredSession) -> None:
        """Store the session; it is on disk when this returns.

        Raises:
            StorageError: it cannot be written.

        """
        try:
            text = session.model_dump_json(indent=2, exclude_none=True).encode()
        except ValueError:
            raise StorageError(
                f"the session of {self.name} cannot be stored: a token holds what is no character"
            ) from None
        self._vault.write(text)

    def remove(self) -> None:
        """Forget the session.

        Raises:
            StorageError: it cannot be removed.

        """
        self._vault.remove()


def store_for(given: str, profile: Profile, session_file: Path | None, *, keyring: bool) -> SessionStore:
    """Where the session of a profile lies, which is given by name or path.

    Raises:
        StorageError: there is no keyring.

    """
    name = name_of(given)
    return SessionStore(name, profile, vault(name, file=session_file, keyring=keyring), given=given)


def moment(time: datetime | None) -> str:
    """A time as messages tell it."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time is not None else "an unknown time"


def _damage(text: bytes, error: ValidationError) -> str:
    """What is wrong with a stored session; nothing of it is repeated, for it holds tokens."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError):
        return "is damaged: it is no JSON"
    if not isinstance(written, dict):
        return "is damaged: it is no JSON object"
    version = written.get("version")
    if type(version) is int and version > FORMAT:
        return f"was written by a newer version of token-conformance (format {version})"
    places = sorted({".".join(str(part) for part in problem["loc"][:1]) for problem in error.errors()})
    known = [place if place in StoredSession.model_fields else "an unknown member" for place in places]
    return f"is damaged ({', '.join(dict.fromkeys(known))})"
