"""What evidence and recording cost a live run, and an emulated one: ratios to the same run without them.

    python -m benchmarks.recording --times 3

The provider answers on loopback after 50 ms (`slow_provider.py`); runs with and without them follow one another.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
KINDS = {"nothing": ["--no-evidence"], "evidence": ["--no-recording"], "both": []}


class Cost(NamedTuple):
    """What a run took, in seconds."""

    wall: float
    cpu: float


def cost(arguments: list[str], folder: Path) -> Cost:
    """The cost of a command in a process of its own."""
    command = [sys.executable, "-m", "token_conformance", "run", *arguments, "--report-dir", str(folder / "reports")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    began = perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, _, usage = os.wait4(process.pid, 0)
    return Cost(perf_counter() - began, usage.ru_utime + usage.ru_stime)


@contextmanager
def slow_provider(folder: Path) -> Iterator[Path]:
    """The profile of a provider that runs meanwhile."""
    command = [sys.executable, str(ROOT / "benchmarks" / "slow_provider.py"), str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own script
        command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None
        yield Path(process.stdout.readline().strip())
        process.communicate("")


def measured(times: int, folder: Path, *, live: bool) -> dict[str, list[Cost]]:
    """Costs by kinds, in turns."""
    found: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    for _ in range(times):
        for kind, options in KINDS.items():
            if live:
                with slow_provider(folder) as profile:
                    found[kind].append(cost([str(profile), "--live", *options], folder))
            else:
                asked = options if kind == "nothing" else ["--evidence", *options]
                found[kind].append(cost(["generic-oidc", "--emulated", *asked], folder))
    return found


def tell(what: str, costs: dict[str, list[Cost]]) -> None:
    """Print the medians beside those of a run without anything."""
    for kind in ("evidence", "both"):
        pairs = list(zip(costs[kind], costs["nothing"], strict=True))
        wall = median(one.wall / other.wall for one, other in pairs)
        cpu = median(one.cpu / other.cpu for one, other in pairs)
        more = median(one.cpu - other.cpu for one, other in pairs)
        print(f"| {what} | {kind} | {wall:.3f} | {cpu:.3f} | {more:.2f} s |", flush=True)


def main() -> None:
    """Measure, and print a table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    print("| run | with | wall | CPU | more CPU |\n|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        tell("emulated", measured(times, Path(folder), live=False))
        tell("live, 50 ms", measured(times, Path(folder), live=True))


if __name__ == "__main__":
    main()
