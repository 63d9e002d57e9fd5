"""Where sessions lie: in a file that only its owner can read, or in the keyring of the platform."""

from __future__ import annotations

import os
from pathlib import Path
from time import sleep
from typing import Protocol

import platformdirs

from token_conformance.sessions.problems import StorageError

OWNER_ONLY = 0o600
OWNER_ONLY_FOLDER = 0o700

WINDOWS = os.name == "nt"

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds after which Windows is asked again to replace a file."""

SERVICE = "token-conformance"
"""The name under which the keyring keeps sessions."""


class Vault(Protocol):
    """A place for the text of one session; what it writes is there as a whole, or not at all."""

    @property
    def description(self) -> str:
        """The place, as messages name it."""
        ...

    @property
    def lock(self) -> Path:
        """The file that is locked while a process uses the session."""
        ...

    def read(self) -> bytes | None:
        """What was written last, None where nothing is there.

        Raises:
            StorageError: it cannot be read.

        """
        ...

    def write(self, text: bytes) -> None:
        """Replace what is there; it is durable when this returns.

        Raises:
            StorageError: it cannot be written.

        """
        ...

    def remove(self) -> None:
        """Forget what is there, if anything is.

        Raises:
            StorageError: it cannot be removed.

        """
        ...


class FileVault:
    """A file with the mode 0600, in a folder that is made with the mode 0700."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.description = str(path)
        self.lock = path.with_name(f"{path.name}.lock")

    def read(self) -> bytes | None:
        """What was written last, None where there is no file."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"the session file {self._path} cannot be read: {error.strerror}") from None

    def write(self, text: bytes) -> None:
        """Write a new file beside the old one, and put it in its place when it is on disk."""
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            make_folder(self._path.parent)
            _write_durably(new, text)
            _put_in_place(new, self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            raise StorageError(f"the session file {self._path} cannot be written: {error.strerror}") from None

    def remove(self) -> None:
        """Remove the file, and what a process that was killed may have left beside it."""
        try:
            self._path.unlink(missing_ok=True)
            self._path.with_name(f"{self._path.name}.new").unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"the session file {self._path} cannot be removed: {error.strerror}") from None


class KeyringVault:
    """An entry of the platform's keyring, through the library `keyring`, which is an extra of this package.

    Raises:
        StorageError: the library is not installed.

    """

    def __init__(self, profile: str) -> None:
        try:
            import keyring
        except ImportError:
            raise StorageError(
                "the keyring needs a library that is not installed: pip install 'token-conformance[keyring]'"
            ) from None
        self._keyring = keyring
        self._profile = profile
        self.description = "the keyring"
        self.lock = data_folder() / f"{profile}.keyring.lock"

    def read(self) -> bytes | None:
        """The entry, None where there is none."""
        try:
            text = self._keyring.get_password(SERVICE, self._profile)
        except self._keyring.errors.KeyringError as error:
            raise StorageError(f"the keyring cannot be read: {_first_line(error)}") from None
        return text.encode() if text is not None else None

    def write(self, text: bytes) -> None:
        """Replace the entry."""
        try:
            self._keyring.set_password(SERVICE, self._profile, text.decode())
        except self._keyring.errors.KeyringError as error:
            raise StorageError(f"the keyring cannot be written: {_first_line(error)}") from None

    def remove(self) -> None:
        """Delete the entry."""
        if self.read() is None:
            return
        try:
            self._keyring.delete_password(SERVICE, self._profile)
        except self._keyring.errors.KeyringError as error:
            raise StorageError(f"the keyring's entry cannot be removed: {_first_line(error)}") from None


def vault(profile: str, *, file: Path | None = None, keyring: bool = False) -> Vault:
    """Where the session of a profile lies: in the file that is named, in the keyring, or in the platform's data folder.

    Raises:
        StorageError: there is no keyring.

    """
    if keyring:
        return KeyringVault(profile)
    return FileVault(file if file is not None else data_folder() / f"{profile}.json")


def data_folder() -> Path:
    """The folder of sessions among the data of the user, by the custom of the platform."""
    return platformdirs.user_data_path("token-conformance", appauthor=False) / "sessions"


def make_folder(folder: Path) -> None:
    """Make the folder of sessions, for its owner alone; one that is there stays as it is, unless it is our own."""
    folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    if folder == data_folder():
        folder.chmod(OWNER_ONLY_FOLDER)


def _write_durably(path: Path, text: bytes) -> None:
    """Write a file from its beginning, and wait until it is on disk; what is left of an earlier attempt goes first."""
    path.unlink(missing_ok=True)
    flags = (
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    )  # Windows would write lines of its own kind
    with os.fdopen(os.open(path, flags, OWNER_ONLY), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(new: Path, path: Path) -> None:
    """Replace a file; Windows refuses that while somebody looks into it, such as who searches for viruses."""
    for pause in PAUSES if WINDOWS else ():
        try:
            new.replace(path)
        except PermissionError:
            sleep(pause)
        else:
            return
    new.replace(path)


def _sync_folder(folder: Path) -> None:
    """Wait until the folder's entries are on disk; Windows has no way to ask for that."""
    if WINDOWS:
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
