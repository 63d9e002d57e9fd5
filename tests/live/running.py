"""Providers in processes of their own, live runs against them, and what the results say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from token_conformance.layout import ROOT

RED = ("fail", "warning", "error")
Results = dict[str, Any]


class UnavailableError(Exception):
    """A server cannot be had on this machine."""

    def __init__(self, command: str, error: str) -> None:
        super().__init__(f"{command}: {error}")
        self.command, self.error = command, error


def unavailable(problem: UnavailableError) -> None:
    """Say as a launcher, in the place of the line that says where the server is, why there is none."""
    print(json.dumps({"unavailable": problem.command, "error": problem.error}), flush=True)


def begun(command: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    """A provider that starts; nobody waits for it yet."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)


@contextmanager
def awaited(process: subprocess.Popen[str], patience: float = 60) -> Iterator[dict[str, str]]:
    """What a provider prints as one line of JSON, its issuer among it; it ends with its input, and that with the block.

    One that prints nothing within so many seconds is killed.

    Raises:
        UnavailableError: its launcher says so.

    """
    try:
        line = _first_line(process, patience)
        assert line, f"{process.args!r:.60} did not start: it ended with {process.wait(timeout=10)}"
        said = json.loads(line)
        if "unavailable" in said:
            raise UnavailableError(said["unavailable"], said["error"])
        yield said
    finally:
        end(process)


@contextmanager
def serving(command: Sequence[str], folder: Path, patience: float = 60) -> Iterator[dict[str, str]]:
    """What a provider says that starts now; see `awaited`."""
    with awaited(begun(command, folder), patience) as said:
        yield said


def _first_line(process: subprocess.Popen[str], patience: float) -> str:
    """What a provider prints first; one that has no patience left is killed, and has printed nothing."""
    assert process.stdout is not None
    late = threading.Timer(patience, process.kill)
    late.start()
    try:
        return process.stdout.readline()
    finally:
        late.cancel()


def end(process: subprocess.Popen[str]) -> None:
    """Close the provider's input, at which it ends and cleans up; a deaf one is terminated."""
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.communicate(timeout=10)


def command_line(profile: Path, *arguments: str) -> list[str]:
    """The command of a live run."""
    return [sys.executable, "-m", "token_conformance", "run", str(profile), "--live", *arguments]


def run(
    profile: Path,
    folder: Path,
    *arguments: str,
    said: Mapping[str, str] | None = None,
    status: Collection[int] = (0, 1),
) -> Results:
    """The results of a live run; what the provider said of itself are the variables of the profile."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | {name.upper(): value for name, value in (said or {}).items()}
    ended = subprocess.run(
        command_line(profile, *arguments), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode in status, ended.stdout + ended.stderr
    (path,) = folder.glob(f"reports/{profile.stem}/*/results.json")
    results: Results = json.loads(path.read_text())
    return results


def told_otherwise(folder: Path, results: Results) -> list[str]:
    """What is another verdict when the recording of a live run in a folder is judged by itself: a line for each check."""
    (recording,) = folder.glob("reports/*/*/recording.har")
    again = folder / "again"
    command = [sys.executable, "-m", "token_conformance", "judge", str(recording), "--report-dir", str(again)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = {each["id"]: each for each in judged_again(folder)["checks"]}
    assert found.keys() == {each["id"] for each in results["checks"]}, ended.stdout + ended.stderr
    return [
        f"{each['id']}: {each['verdict']} ({each['message']}) -> {now['verdict']} ({now['message']})"
        for each in results["checks"]
        if (now := found[each["id"]])["verdict"] != each["verdict"]
    ]


def judged_again(folder: Path) -> Results:
    """The results of the recording in a folder that was judged last."""
    results: Results = json.loads(max((folder / "again").glob("*/*/results.json")).read_text())
    return results


def verdicts(results: Results) -> dict[str, str]:
    """The verdicts by the names of the checks."""
    return {check["id"].split("::")[1]: check["verdict"] for check in results["checks"]}


def red(results: Results) -> dict[str, str]:
    """The findings that no deviation of the profile explains, by their checks."""
    return findings(results, *RED)


def among(results: Results, known: Collection[str]) -> set[str]:
    """Those of the known findings whose checks were run: a run of a few topics cannot show the others."""
    return {name for name in known if f"test_{name}" in verdicts(results)}


def findings(results: Results, *kinds: str) -> dict[str, str]:
    """The messages of those verdicts, by their checks."""
    return {
        check["id"].split("::test_")[1]: check["message"] for check in results["checks"] if check["verdict"] in kinds
    }
