"""Has the evidence of a run written while it goes on, and takes one up again that is over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from token_conformance.plugin.again import called_in
from token_conformance.redaction import Redactor
from token_conformance.running.defect import described
from token_conformance.running.record import Record
from token_conformance.running.run import Run

if TYPE_CHECKING:
    from token_conformance.profile.models import Profile
    from token_conformance.servers.evidence_lines import Selection
    from token_conformance.servers.stored import StoredServer
    from token_conformance.wire.connection import Server, ServerKind

BEGAN = "%Y%m%dT%H%M%S.%fZ"
"""How a folder tells when its run began; names and times have the same order."""


def folder_of(run: Run, config: pytest.Config) -> Path:
    """Where what a run leaves behind goes: beside its evidence, where that is what answers, but not beside a recording."""
    began = run.started
    if run.replayed:
        from token_conformance.running.replaying import stored_of

        server = stored_of(run)
        if server.recorded is None:
            return server.evidence.folder
        began = server.since
    return Path(config.option.report_dir) / run.name / began.strftime(BEGAN)


def evidence_left_of(run: Run, config: pytest.Config) -> Path | None:
    """The folder in which a process that died has left evidence of a run, the newest one without results; None for none."""
    from token_conformance.servers.evidence_lines import FILE

    written = (Path(config.option.report_dir) / run.name).glob(f"*/{FILE}")
    left = (path.parent for path in written if not (path.parent / "results.json").exists())
    return max((folder for folder in left if _is_of(folder, run)), default=None)


def _is_of(folder: Path, run: Run) -> bool:
    """Whether a folder is of this session: workers begin their runs after the process that begins them."""
    return folder.name >= run.started.strftime(BEGAN)


def with_evidence(run: Run, config: pytest.Config) -> Run:
    """The run with a file for its evidence: a live one, or another one of which it is asked for."""
    option = config.option
    wanted = run.server.kind == "live" or option.evidence
    if not wanted or option.no_evidence or option.plan:
        return run
    from token_conformance.archive.evidence_file import EvidenceFile  # what needs no evidence does not import it

    folder = folder_of(run, config)
    called = called_in(run, config, folder)
    return replace(run, noting=EvidenceFile(folder, run, selection_in(run, config), called))


def leave_recording(run: Run, folder: Path, config: pytest.Config) -> tuple[Path | None, str | None]:
    """Make a recording of the evidence that a run has left, unless there is one; gives its path, or why there is none.

    Where there is no evidence, or nobody wants a recording, neither is given.
    """
    asks_nobody = run.server.kind != "live" and not (run.replayed or config.option.evidence)
    if config.option.no_recording or asks_nobody:
        return None, None
    from token_conformance.archive.recording import FILE, write_recording
    from token_conformance.servers.evidence_lines import FILE as EVIDENCE

    path = folder / FILE
    if not (folder / EVIDENCE).exists():
        return None, None
    if run.replayed and path.exists():
        return path, None
    try:
        return write_recording(folder), None
    except OSError as error:
        why = error.strerror or str(error)
    except Exception as problem:
        why = run.redactor.text(described(problem))
    return None, f"{path} was not written: {why}"


def stored_run(path: Path) -> Run:
    """The run whose evidence is in a folder, or in a recording.

    Raises:
        RecordingError: it cannot be read.

    """
    from token_conformance.servers.recorded_run import is_recording, read_evidence
    from token_conformance.servers.stored import StoredServer

    evidence = read_evidence(path)
    server = StoredServer(evidence, path.name if is_recording(path) else None)
    return run_of_then(evidence.begin.profile, evidence.profile, server)


def recorded_run(name: str, profile: Profile, server: Server, config: pytest.Config) -> Run | None:
    """The run that a recording is of, where it is one of a run.

    Raises:
        RecordingError: evidence is to be written of it, which it holds itself.

    """
    from token_conformance.servers.problems import RecordingError
    from token_conformance.servers.stored import StoredServer

    if not isinstance(server, StoredServer):
        return None
    if config.option.evidence:
        raise RecordingError(
            f"{server.recorded} is what a run has recorded, and holds its evidence: leave out --evidence; "
            "`token-conformance certify --evidence DIR` certifies the run itself"
        )
    return run_of_then(name, profile, server)


def run_of_then(name: str, profile: Profile, server: StoredServer) -> Run:
    """The run that stored evidence is of, for a profile by which it is judged now: it is over, and began when it did."""
    evidence, redactor = server.evidence, Redactor()
    selected = evidence.begin.selection.only
    redactor.learn_profile(profile)
    return Run(
        name=name,
        profile=profile,
        server=server,
        redactor=redactor,
        started=evidence.begin.started,
        only=frozenset(selected) if selected is not None else None,
        until=evidence.until,
    )


def found_enough(run: Run) -> str | None:
    """By what a run was stopped since it had found enough; None where it was not."""
    if run.interruption.satisfied:
        return run.interruption.by
    if not breaks_off(run):
        return None
    from token_conformance.running.replaying import stored_of

    why = (stored_of(run).evidence.broken_off or "").removeprefix("by ")
    return why if why.startswith("--max-failures ") else None


def kind_of(run: Run) -> ServerKind:
    """What is said of a run to have answered it: a recording, where it is judged from one, whatever answered then."""
    if not run.replayed:
        return run.server.kind
    from token_conformance.running.replaying import stored_of

    return "recorded" if stored_of(run).recorded is not None else run.server.kind


def breaks_off(run: Run) -> bool:
    """Whether a run is judged from its evidence, and that ends before the run had come to its end."""
    if not run.replayed:
        return False
    from token_conformance.running.replaying import stored_of

    return not stored_of(run).evidence.whole


def why_cut_short(run: Run) -> str | None:
    """Why the evidence that a run is judged from could not be written to its end; None where it could, or nobody knows."""
    if not run.replayed:
        return None
    from token_conformance.running.replaying import stored_of

    why = stored_of(run).evidence.cut_short
    return run.redactor.text(why) if why is not None else None


def why_interrupted(run: Run, record: Record, defect: str | None = None) -> str | None:
    """What kept a run from its end: a signal, or a defect of ours, met in gathering or later; None where nothing is known to."""
    if breaks_off(run):
        from token_conformance.running.replaying import stored_of

        return stored_of(run).evidence.broken_off
    if run.interruption.asked:
        return f"by {run.interruption.by}"
    met = record.defect or defect
    return f"by {run.redactor.text(met)}" if met is not None else None


def selection_in(run: Run, config: pytest.Config) -> Selection:
    """What was asked of a run beside its profile."""
    from token_conformance.servers.evidence_lines import Selection

    option = config.option
    return Selection(
        keywords=option.keyword or "",
        marks=option.markexpr or "",
        only=sorted(run.only) if run.only is not None else None,
        suites=[str(given) for given in config.args],
        strict=option.warnings_fail,
        complete=option.complete,
        repeats=not option.no_repeat,
        most_failures=option.maxfail or 0,
        levels=list(option.level),
    )
