"""Runs a profile several times in a row, and says which verdicts differ from run to run.

    python benchmarks/steadiness.py PROFILE [-n RUNS] [-- options of the run]

A verdict that changes without the server having changed is a defect of the suite: a neighbour's doing, or an answer
that depends on what came before. The exit status is 1 where one does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Finished:
    """What one run took, and its verdicts by the ids of the checks."""

    status: int
    seconds: float
    requests: int
    logins: int
    verdicts: Mapping[str, str]
    messages: Mapping[str, str]

    def __str__(self) -> str:
        counted = Counter(self.verdicts.values())
        told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
        return f"{self.seconds:6.1f} s {self.requests:5} requests {self.logins:3} logins, status {self.status}: {told}"


def run(profile: str, options: Sequence[str]) -> Finished:
    """Run once, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "token_conformance", "run", profile, "--report-dir", folder, *options]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        found = list(Path(folder).rglob("results.json"))
        if not found:
            raise SystemExit(f"the run left no results:\n{ended.stdout}{ended.stderr}")
        return finished(json.loads(found[0].read_text("utf-8")), ended.returncode)


def finished(results: Mapping[str, Any], status: int) -> Finished:
    """What a results.json says."""
    checks = results["checks"]
    return Finished(
        status=status,
        seconds=results["seconds"],
        requests=results["requests"],
        logins=results["logins"],
        verdicts={check["id"]: check["verdict"] for check in checks},
        messages={check["id"]: check["message"] for check in checks},
    )


def unsteady(runs: Sequence[Finished]) -> dict[str, list[str]]:
    """The verdicts of each check that has not the same one in every run."""
    ids = dict.fromkeys(id_ for each in runs for id_ in each.verdicts)
    verdicts = {id_: [each.verdicts.get(id_, "absent") for each in runs] for id_ in ids}
    return {id_: found for id_, found in verdicts.items() if len(set(found)) > 1}


def main() -> int:
    """Run, print, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile")
    parser.add_argument("-n", "--runs", type=int, default=5)
    own, options = sys.argv[1:], ["--live"]
    if "--" in own:
        place = own.index("--")
        own, options = own[:place], own[place + 1 :]
    given = parser.parse_args(own)
    runs = []
    for _ in range(given.runs):
        runs.append(run(given.profile, options))
        print(runs[-1], flush=True)
    different = unsteady(runs)
    for id_, verdicts in different.items():
        print(f"{id_}: {', '.join(verdicts)}")
        print("\n".join(f"    {message}" for message in dict.fromkeys(each.messages.get(id_, "") for each in runs)))
    print(f"{len(different)} of {len(runs[0].verdicts)} verdicts differ in {len(runs)} runs")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
