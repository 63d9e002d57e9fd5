"""Folders of profiles: which of their files are profiles that can be tested."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from token_conformance.profile.files import EXTENDS, ProfileError, extended_by, names, read, tables

WHOLE = frozenset({"profile", "server", "clients", "grants"})
"""The tables without which a profile describes no provider."""


def expanded(given: Iterable[str]) -> list[str]:
    """What was given by name or path, with the profiles of a folder in its place.

    Raises:
        ProfileError: a folder holds none.

    """
    return [each for name in given for each in (_profiles_in(Path(name)) if _is_folder(name) else [name])]


def _is_folder(name: str) -> bool:
    try:
        return name not in names() and Path(name).is_dir()
    except (OSError, ValueError):
        return False  # a name that no file can have


def _profiles_in(folder: Path) -> list[str]:
    """The profiles of a folder by name; what others extend and is no whole profile by itself is none of them."""
    found = [file for file in sorted(folder.glob("*.toml")) if _is_profile(file)]
    extended = {base.resolve() for file in found for base in _extended_by(file)}
    whole = [str(file) for file in found if file.resolve() not in extended or _is_whole(file)]
    if not whole:
        raise ProfileError([f"{folder}: a folder without profiles; expected .toml files with a table [profile]"])
    return whole


def _is_profile(file: Path) -> bool:
    """Whether a file is meant as a profile; one that cannot be read is, so that its mistake is told."""
    try:
        return not {"profile", EXTENDS}.isdisjoint(tables(file))
    except ProfileError:
        return True


def _extended_by(file: Path) -> list[Path]:
    try:
        return extended_by(file)
    except ProfileError:
        return []


def _is_whole(file: Path) -> bool:
    return read(file).keys() >= WHOLE
