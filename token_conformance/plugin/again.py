"""How a run was called, and the command that does what it leaves to do."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from token_conformance.layout import PROFILES, SUITES
from token_conformance.profile.files import ProfileError, find, name_of
from token_conformance.running.run import Run

if TYPE_CHECKING:
    from token_conformance.servers.evidence_lines import Called


def called_in(run: Run, config: pytest.Config, folder: Path) -> Called:
    """How a run was called, with paths as they are from a folder."""
    from token_conformance.servers.evidence_lines import Called

    option, path = config.option, _file_of(run, config)
    return Called(
        profile=_seen_from(folder, path) if path is not None else None,
        env_files=[_seen_from(folder, each) for each in option.env_file],
        session_file=_seen_from(folder, option.session_file) if option.session_file else None,
        keyring=option.keyring,
        proxy=option.proxy,
    )


def resuming(run: Run, results: Path, config: pytest.Config) -> str:
    """The command that does what a run leaves to do, whose results.json is at that path."""
    called, folder = _called(run, config)
    given = _from_here(folder, called.profile) if called.profile is not None else run.name
    files = [("--session-file", [called.session_file] if called.session_file else []), ("--env-file", called.env_files)]
    options = [word for name, paths in files for path in paths for word in (name, _from_here(folder, path))]
    options += ["--keyring"] if called.keyring else []
    options += ["--proxy", called.proxy] if called.proxy else []
    options += [word for each in _own_suites(config.args) for word in ("--suites", each)]
    options += [word for claim in sorted(run.profile.required or ()) for word in ("--require", claim)]
    options += ["--baseline", config.option.baseline] if config.option.baseline else []
    options += ["--strict"] if config.option.warnings_fail else []
    options += ["--complete"] if config.option.complete else []
    words = ["token-conformance", "run", given, f"--{run.server.kind}", *options, "--resume", str(results)]
    return shlex.join(words)


def _called(run: Run, config: pytest.Config) -> tuple[Called, Path]:
    """How a run is called, or was by its evidence, and the folder from which its paths are seen."""
    from token_conformance.servers.evidence_lines import Called

    if not run.replayed:
        return called_in(run, config, Path()), Path()
    from token_conformance.running.replaying import stored_of

    evidence = stored_of(run).evidence
    return evidence.begin.called or Called(), evidence.folder


def _file_of(run: Run, config: pytest.Config) -> Path | None:
    """The file of a run's profile, unless it is one that comes along, and is known by its name."""
    given = next((each for each in config.option.profile if name_of(each) == run.name), run.name)
    try:
        path = find(given)
    except ProfileError:
        return None
    return path if path.parent != PROFILES else None


def _own_suites(arguments: Iterable[str]) -> Iterator[str]:
    """The paths of suites that are not ours."""
    for each in arguments:
        path = Path(each)
        if path.exists() and not path.resolve().is_relative_to(SUITES.resolve()):
            yield each


def _seen_from(folder: Path, path: str | os.PathLike[str]) -> str:
    """A path as it is from a folder; the whole one where none leads there, as from one drive to another."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:
        return str(Path(path).absolute())


def _from_here(folder: Path, path: str) -> str:
    """A path that is seen from a folder, as it is from here where it lies below, and else the whole one."""
    here = os.path.relpath(folder / path)
    return here if not here.startswith(os.pardir) else os.path.abspath(here)  # noqa: PTH100 - Path leaves the dots in it
