"""Has the evidence of a run written while it goes on, and takes one up again that is over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from token_conformance.plugin.again import called_in
from token_conformance.redaction import Redactor
from token_conformance.running.record import Record
from token_conformance.running.run import Run

if TYPE_CHECKING:
    from token_conformance.servers.evidence_lines import Selection

BEGAN = "%Y%m%dT%H%M%S.%fZ"
"""How a folder tells when its run began; names and times have the same order."""


def folder_of(run: Run, config: pytest.Config) -> Path:
    """Where what a run leaves behind goes: beside its evidence, where that is what answers."""
    if run.replayed:
        from token_conformance.running.replaying import stored_of

        return stored_of(run).evidence.folder
    return Path(config.option.report_dir) / run.name / run.started.strftime(BEGAN)


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


def stored_run(folder: Path) -> Run:
    """The run whose evidence is in a folder.

    Raises:
        RecordingError: it cannot be read.

    """
    from token_conformance.servers.stored import StoredEvidence, StoredServer

    evidence = StoredEvidence.read(folder)
    redactor, begin = Redactor(), evidence.begin
    redactor.learn_profile(evidence.profile)
    return Run(
        name=begin.profile,
        profile=evidence.profile,
        server=StoredServer(evidence),
        redactor=redactor,
        started=begin.started,
        only=frozenset(begin.selection.only) if begin.selection.only is not None else None,
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
