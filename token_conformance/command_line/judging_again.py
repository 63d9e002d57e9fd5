"""Judges evidence once more, in a process of its own: nothing of an earlier run is in it, and nothing of it stays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from token_conformance.layout import SUITES
from token_conformance.servers.evidence_lines import FILE

RESULTS, RECORDING = "results.json", "recording.har"
REPORTS = (RESULTS, "index.html", "report.html", "junit.xml", RECORDING)
"""What comes of the evidence; the recording where it is asked for."""

OF_A_JOB = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")
"""By what a run knows that it is a job of CI, to whose summary it adds: judging again is none."""

TOLD = "told.txt"
"""What the process says, beside the evidence."""


class NotJudgedAgainError(Exception):
    """Evidence could not be judged; the message says why."""


def judged_again(evidence: bytes, *, recording: bool = False) -> Mapping[str, bytes]:
    """The reports on some evidence, by their names: judged by all suites that come along, and by no others.

    With `recording`, what is a recording of it as well.

    Nothing is sent. What the evidence says of suites, of a selection or of files is not followed: a stranger may have
    written it.

    Raises:
        NotJudgedAgainError: it cannot be judged.

    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / FILE).write_bytes(evidence)
        process = get_context("spawn").Process(target=_judge, args=(name, recording))
        process.start()
        try:
            process.join()
        finally:
            process.kill()  # where the command is interrupted
        if not (folder / RESULTS).is_file():
            raise NotJudgedAgainError(_why(folder))
        made = filter(Path.is_file, (folder / report for report in REPORTS))
        return {path.name: path.read_bytes() for path in made}


def _judge(folder: str, recording: bool) -> None:  # noqa: FBT001 - a process takes its arguments by place
    """Judge what is in a folder, and say nothing on the terminal."""
    from token_conformance.command_line.run import judged, machinery

    told = os.open(Path(folder) / TOLD, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(told, 1)
    os.dup2(told, 2)
    for name in OF_A_JOB:
        os.environ.pop(name, None)
    options = ["--tc-complete", f"--tc-from-evidence={folder}", *([] if recording else ["--tc-no-recording"])]
    os._exit(judged([str(SUITES), *machinery(), "-q", *options]))


def _why(folder: Path) -> str:
    """What the process said that it could not do."""
    told: list[str] = []
    with suppress(OSError):
        told = (folder / TOLD).read_text("utf-8", "replace").replace(f"{folder}/", "").splitlines()
    errors = (line.removeprefix("ERROR: ") for line in told if line.startswith("ERROR: "))
    return next(errors, "the suite met a defect of its own, or was stopped")
