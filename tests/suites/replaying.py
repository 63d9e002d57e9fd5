"""Performs runs whose evidence is written, and performs them again from it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from token_conformance.archive.evidence_file import EvidenceFile
from token_conformance.archive.recording import write_recording
from token_conformance.plugin.stored_evidence import stored_run
from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.record import Record
from token_conformance.running.replaying import replay
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.evidence_lines import Selection
from token_conformance.wire.connection import Server


def noted(profile: Profile, server: Server, scenarios: Iterable[Scenario], folder: Path) -> Record:
    """The record of a run, whose evidence is in a folder then."""
    listed, redactor = list(scenarios), Redactor()
    redactor.learn_profile(profile)
    run = Run("example", profile, server, redactor)
    file = EvidenceFile(folder, run, Selection())
    file.begin(each.name for each in listed)
    record = asyncio.run(gather(replace(run, noting=file), listed, lambda *progress: None))
    file.end()
    assert file.problem is None, file.problem
    return record


def replayed(path: Path, scenarios: Iterable[Scenario]) -> Record:
    """The record of the run whose evidence is in a folder, or in a recording, made by performing its scenarios again."""
    return asyncio.run(replay(stored_run(path), scenarios))


def recorded_in(folder: Path) -> Path:
    """The recording of the run whose evidence is in a folder."""
    path = write_recording(folder)
    assert path is not None, "nothing was exchanged"
    return path
