"""Chooses what answers a run: the live provider, a recording, or the reference server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.profile.files import ProfileError, examples, find, variables
from token_conformance.profile.loading import load
from token_conformance.profile.models import Profile
from token_conformance.wire.connection import Server, ServerKind


@dataclass(frozen=True)
class Choice:
    """What the user asked for; `kind` None leaves the choice to the environment, `wait` None to the profile how long
    a run waits at a time, and `proxy` None which proxy a live one goes through.
    """

    kind: ServerKind | None = None
    recordings: tuple[Path, ...] = ()
    faults: tuple[str, ...] = ()
    variations: tuple[str, ...] = ()
    wait: int | None = None
    proxy: Literal["env", "none"] | None = None


def select(name: str, choice: Choice, environment: Mapping[str, str]) -> tuple[str, Profile, Server]:
    """The name of the run, the profile and the server for a profile given by name or path.

    Each kind of server is imported when it is asked for: what it takes is a good part of a run's start.

    Raises:
        ProfileError: the profile cannot be used with that server.

    """
    path = find(name)
    match choice.kind or usual_kind(path, environment):
        case "emulated":
            from token_conformance.servers.emulated import EmulatedServer

            profile = _load(path, examples(path)).waiting(choice.wait)
            return path.stem, profile, EmulatedServer(profile, faults=choice.faults, variations=choice.variations)
        case "recorded":
            return path.stem, *_recorded(path, choice.recordings or (shipped_recording(path),), environment)
        case _:
            from token_conformance.servers.live import LiveServer

            profile = _load(path, environment).waiting(choice.wait).through(choice.proxy)
            return path.stem, profile, LiveServer(profile)


def _recorded(path: Path, recordings: Sequence[Path], environment: Mapping[str, str]) -> tuple[Profile, Server]:
    """The profile and what answers from recordings: a replay for our scenarios, or what was captured elsewhere."""
    from token_conformance.servers.captured.endpoints import with_endpoints
    from token_conformance.servers.captured.exchanges import captured
    from token_conformance.servers.captured.server import CapturedServer
    from token_conformance.servers.har_files import read_all
    from token_conformance.servers.recorded import RecordedServer

    recording, name = read_all(recordings), ", ".join(each.name for each in recordings)
    if recording.of_run and len(recordings) == 1:
        from token_conformance.servers.recorded_run import evidence_of
        from token_conformance.servers.stored import StoredServer

        evidence = evidence_of(recording, recordings[0])
        profile = _load(path, environment, recorded=evidence.begin.described)
        return profile.requiring(evidence.required), StoredServer(evidence, name)
    if recording.labelled:
        return _load(path, {**examples(path), **recording.variables}), RecordedServer(recording, name)
    profile = _load(path, {**examples(path), **environment})
    exchanges = captured(recording, profile)
    return with_endpoints(profile, exchanges), CapturedServer(exchanges, name)


def _load(path: Path, environment: Mapping[str, str], recorded: Mapping[str, Any] | None = None) -> Profile:
    return load(path, environment, requirements=catalogue(), renamed=renamed(catalogue()), recorded=recorded)


def usual_kind(path: Path, environment: Mapping[str, str]) -> ServerKind:
    """Live where a variable of the profile is set, or where it uses none; emulated otherwise."""
    used = variables(path)
    return "live" if not used or any(environment.get(variable) for variable in used) else "emulated"


def shipped_recording(path: Path) -> Path:
    """The recording that comes with a profile."""
    from token_conformance.servers.recorded import recordings_of

    found = recordings_of(path.stem)
    if not found:
        raise ProfileError([f"{path}: no recording comes with this profile: give one with --recorded FILE"])
    return found[0]
