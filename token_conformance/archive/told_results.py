"""Finds and reads results.json, whichever suite wrote it."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from token_conformance.results.told import ToldRun

RESULTS = "results.json"

PAGES = ("index.html", "report.html")
"""The pages that a run may have left for people, the first to read first."""

KNOWN_SCHEMA = 1


class ResultsError(ValueError):
    """Results that cannot be read; the message is a sentence that names the file."""


def results_file(given: Path) -> Path:
    """The results.json that somebody means: the file, that of a run's folder, or the newest in the folder of a profile.

    Raises:
        ResultsError: there is none.

    """
    if not given.is_dir():
        return given
    if (given / RESULTS).is_file():
        return given / RESULTS
    runs = sorted(given.glob(f"*/{RESULTS}"))
    if not runs:
        hint = (
            "give one of its folders" if any(given.glob(f"*/*/{RESULTS}")) else "give the folder of a run, or the file"
        )
        raise ResultsError(f"{given}: no {RESULTS} in it; {hint}")
    return runs[-1]


def page_of(folder: Path) -> Path | None:
    """The page of a run that people read first; None where there is none."""
    return next((folder / name for name in PAGES if (folder / name).is_file()), None)


def read_told(given: Path) -> ToldRun:
    """What a run found, by its results.json or the folder in which that is.

    Raises:
        ResultsError: the file cannot be read, or is none that this suite knows.

    """
    path = results_file(given)
    try:
        text = path.read_bytes()
        return ToldRun.model_validate_json(text)
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; expected a {RESULTS} or the folder of a run") from None
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ResultsError(f"{path}: {_wrong(text, error)}") from None


def _wrong(text: bytes, error: ValidationError) -> str:
    """What is wrong with a file that is no results.json of ours, in a few words."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError):
        return f"expected a {RESULTS}, and it is no JSON"
    schema = written.get("schema") if isinstance(written, dict) else None
    if isinstance(schema, int) and schema > KNOWN_SCHEMA:
        return f"its schema is {schema}, and this suite knows {KNOWN_SCHEMA}: take a newer one"
    mistake = error.errors(include_url=False)[0]
    place = ".".join(map(str, mistake["loc"])) or "the whole"
    return f"expected a {RESULTS}, and {place} is wrong or missing ({mistake['msg'].lower()})"
