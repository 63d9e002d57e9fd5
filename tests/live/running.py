"""Providers in processes of their own, live runs against them, and what the results say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from token_conformance.layout import ROOT

RED = ("fail", "warning", "error")
Results = dict[str, Any]


@contextmanager
def serving(command: Sequence[str], folder: Path) -> Iterator[str]:
    """The issuer of a provider that prints it as one line of JSON, and ends with the block or with its input."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"{' '.join(command[:2])} did not start: it ended with {process.wait(timeout=10)}"
        yield json.loads(line)["issuer"]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def command_line(profile: Path, *arguments: str) -> list[str]:
    """The command of a live run."""
    return [sys.executable, "-m", "token_conformance", "run", str(profile), "--live", *arguments]


def run(profile: Path, folder: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Results:
    """The results of a live run."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | dict(variables or {})
    ended = subprocess.run(
        command_line(profile, *arguments), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode in {0, 1}, ended.stdout + ended.stderr
    (path,) = folder.glob(f"reports/{profile.stem}/*/results.json")
    results: Results = json.loads(path.read_text())
    return results


def verdicts(results: Results) -> dict[str, str]:
    """The verdicts by the names of the checks."""
    return {check["id"].split("::")[1]: check["verdict"] for check in results["checks"]}


def red(results: Results) -> dict[str, str]:
    """The findings that no deviation of the profile explains, by their checks."""
    return findings(results, *RED)


def findings(results: Results, *kinds: str) -> dict[str, str]:
    """The messages of those verdicts, by their checks."""
    return {
        check["id"].split("::test_")[1]: check["message"] for check in results["checks"] if check["verdict"] in kinds
    }
