"""Tries the folders that a run will write to, before it sends anything."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

ATTEMPT = bytes(65_536)
"""What is written to see whether anything can be: a full disk may still have room for a name."""


def unwritable(report_dir: Path, sessions: Path | None = None) -> Iterator[str]:
    """Why a run cannot write where it will have to: a sentence for each folder that does not take a file.

    Args:
        report_dir: where reports go; it is made.
        sessions: where the session lies that the run renews, if it has one.

    """
    if reason := _refusal(report_dir):
        yield f"the folder of --report-dir, {report_dir}, cannot be written: {reason}; choose another one"
    if sessions is not None and (reason := _refusal(sessions, mode=0o700)):
        yield f"the session's folder, {sessions}, cannot be written: {reason}; choose another one by --session-file"
    yield from _without_temporary_folder()


def _without_temporary_folder() -> Iterator[str]:
    try:
        folder = Path(tempfile.gettempdir())
    except OSError as error:
        yield f"there is no temporary folder that can be written ({error.strerror}): name one by TMPDIR"
        return
    if reason := _refusal(folder):
        yield f"the temporary folder, {folder}, cannot be written: {reason}; name another one by TMPDIR"


def _refusal(folder: Path, mode: int = 0o777) -> str:
    """Why a folder does not take a file, empty where it does; nothing stays in it."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=".tried-by-token-conformance-") as attempt:
            attempt.write(ATTEMPT)
            attempt.flush()
    except OSError as error:
        return error.strerror or str(error)
    return ""
