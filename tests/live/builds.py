"""Servers that are downloaded and built once, in a folder that machines of CI may keep."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from tests.live.running import UnavailableError

FOLDER = "TOKEN_CONFORMANCE_SERVERS"
"""The environment variable that names the folder, if it is another one than the user's cache folder."""


def cache() -> Path:
    """Where what was built is kept."""
    return Path(os.environ.get(FOLDER) or user_cache_path("token-conformance") / "servers")


def built(name: str, build: Callable[[Path], None]) -> Path:
    """The folder of that name in the cache, which `build` has filled; what was left half done is made anew.

    Raises:
        UnavailableError: a command of the build failed.

    """
    place = cache() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_name(f"{name}.lock")):
        if not place.is_dir():
            unfinished = place.with_name(f"{name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            build(unfinished)
            unfinished.rename(place)
    return place


def environment(name: str, requirements: Path) -> Path:
    """The Python of an environment in the cache in which that is installed; its version of Python is the one at hand.

    Raises:
        UnavailableError: it cannot be installed.

    """

    def install(folder: Path) -> None:
        perform([sys.executable, "-m", "venv", "--copies", str(folder)], folder)
        perform([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "-r", str(requirements)], folder)

    edition_ = f"{name}-{sys.version_info.major}.{sys.version_info.minor}-{edition([requirements])}"
    return built(edition_, install) / "bin" / "python"


def packaged(name: str) -> str:
    """The version of a package of Debian."""
    asked = ["dpkg-query", "-W", "-f", "${Version}", name]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def copied(sources: Sequence[Path], folder: Path) -> None:
    """Copy what is built into the folder in which it is built."""
    for source in sources:
        shutil.copy(source, folder)


def edition(sources: Sequence[Path]) -> str:
    """What changes as soon as a file changes of which something is built: a part of its name in the cache."""
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()[:12]


def perform(command: Sequence[str], folder: Path) -> None:
    """Run a step of a build.

    Raises:
        UnavailableError: it failed; the message has its last line.

    """
    try:
        ended = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as problem:
        raise UnavailableError(" ".join(command), str(problem)) from problem
    if ended.returncode:
        lines = (ended.stderr + ended.stdout).strip().splitlines() or ["it says nothing"]
        raise UnavailableError(" ".join(command), f"status {ended.returncode}: {lines[-1]}")
