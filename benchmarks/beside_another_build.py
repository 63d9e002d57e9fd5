"""What a run costs beside an older build of the same repository: both are installed, and measured in turn.

Prints a table of ratios: user CPU of an emulated run and of the commands that send nothing, wall time of a live run
against a provider that answers after 50 ms, beside a bare script of the same requests, the size of report.html, peak
memory, and what each further profile adds to it. `--profiles N` runs N profiles with two workers instead.

Builds that judge different checks are compared twice: with all that each judges, and with those checks alone whose ids
both have, the others deselected as pytest does it. Ratios are medians of those of single turns, since the machine's mood
changes from turn to turn and both builds of a turn share it.

    python benchmarks/beside_another_build.py COMMIT [--times 5] [--profiles 100]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Literal

import httpx

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
CONCURRENCY = 8
QUIET = {
    "--help": ["--help"],
    "profiles": ["profiles"],
    "requirements": ["requirements"],
    "explain ID": ["explain", "rfc6749-5.1-access-token"],
}


@dataclass(frozen=True)
class Build:
    """A build in an environment of its own."""

    name: str
    python: Path

    def command(self, *arguments: str) -> list[str]:
        """The command line of `token-conformance`."""
        return [str(self.python), "-m", "token_conformance", *arguments]


Builds = tuple[Build, Build]
"""The older one, and the newer one."""


@dataclass(frozen=True)
class Cost:
    """What a process took: user CPU and wall time in seconds, peak memory in MB."""

    cpu: float
    wall: float
    memory: float


def built(commit: str | None, folder: Path) -> Build:
    """Install a commit, or with None the working tree, into an environment of its own."""
    source = folder / "source"
    if commit is None:
        source = REPOSITORY
    else:
        source.mkdir(parents=True)
        archive = subprocess.run(["git", "archive", commit], cwd=REPOSITORY, check=True, capture_output=True)  # noqa: S603, S607 - our own repository
        subprocess.run(["tar", "-x", "-C", str(source)], input=archive.stdout, check=True)  # noqa: S603, S607 - likewise
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)  # noqa: S603 - our own Python
    python = environment / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", str(source)], check=True)  # noqa: S603 - likewise
    return Build(commit or "working tree", python)


def cost(command: list[str], folder: Path, without: Path | None = None) -> Cost:
    """Run a command in a folder and give what it and its children took; `without` names a file of pytest's arguments."""
    # Without compiled modules every start would be measured with the compiler's work in it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTEST_ADDOPTS": f"@{without}"} if without is not None else {}
    began = perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(usage.ru_utime, perf_counter() - began, usage.ru_maxrss / 1024)


Pair = tuple[float, float]
"""What the older build took, and the newer one."""


def in_turn(builds: Builds, times: int, measure: Callable[[Build], float]) -> list[Pair]:
    """What each build takes, turn by turn, so that the machine's mood is the same for both."""
    for build in builds:
        measure(build)  # compiles what it imports
    return [(measure(builds[0]), measure(builds[1])) for _ in range(times)]


def copies(folder: Path, number: int) -> list[str]:
    """The paths of that many profiles, which are alike but for their names."""
    text = (REPOSITORY / "profiles" / "generic-oidc.toml").read_text("utf-8")
    paths = [folder / f"provider-{index:03}.toml" for index in range(number)]
    for path in paths:
        path.write_text(text, "utf-8")
    return [str(path) for path in paths]


@contextmanager
def slow_provider(build: Build, folder: Path) -> Iterator[Path]:
    """A provider on loopback that answers after 50 ms; gives the profile for it."""
    command = [str(build.python), str(HERE / "slow_provider.py"), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    try:
        yield Path(process.stdout.readline().strip())
    finally:
        process.stdin.close()
        process.wait(30)


def live(build: Build, newest: Build, folder: Path, without: Path | None = None) -> float:
    """Seconds of a live run against a new slow provider."""
    with slow_provider(newest, folder) as profile:
        return cost(build.command("run", str(profile), "--live", "--report-dir", str(folder)), folder, without).wall


def bare(newest: Build, folder: Path) -> float:
    """Seconds that a script takes for the requests of the last live run, eight at a time."""
    asked = json.loads((folder / "requests.json").read_text())
    with slow_provider(newest, folder) as profile:
        base = profile.read_text().split('issuer = "')[1].split('"')[0]
        began = perf_counter()
        asyncio.run(_send(base, asked))
        return perf_counter() - began


async def _send(base: str, requests: list[dict]) -> None:
    turn = asyncio.Semaphore(CONCURRENCY)
    async with httpx.AsyncClient(trust_env=False) as client:

        async def one(request: dict) -> None:
            headers = [(name, value) for name, value in request["headers"] if name not in {"host", "content-length"}]
            async with turn:
                await client.request(
                    request["method"], base + request["target"], headers=headers, content=request["body"]
                )

        await asyncio.gather(*(one(request) for request in requests))


def judged(build: Build, folder: Path) -> frozenset[str]:
    """The ids of the checks that a build judges."""
    (results,) = report(build, folder).rglob("results.json")
    return frozenset(check["id"] for check in json.loads(results.read_text("utf-8"))["checks"])


def report(build: Build, folder: Path) -> Path:
    """The folder of a new report of an emulated run."""
    target = Path(tempfile.mkdtemp(dir=folder))
    cost(build.command("run", "generic-oidc", "--emulated", "--report-dir", str(target)), folder)
    return target


def without_others(builds: Builds, folder: Path) -> dict[Build, Path]:
    """For each build a file of arguments for pytest by which it leaves out the checks that the other one lacks."""
    known = {build: judged(build, folder) for build in builds}
    shared = frozenset.intersection(*known.values())
    print(f"{len(shared)} checks are the same, of {' and '.join(str(len(ids)) for ids in known.values())}\n")
    files = {}
    for place, (build, ids) in enumerate(known.items()):
        files[build] = folder / f"without-{place}.txt"
        files[build].write_text("".join(f"--deselect={id_}\n" for id_ in sorted(ids - shared)), "utf-8")
    return files


def report_size(build: Build, folder: Path) -> float:
    """The size of report.html in kB."""
    (page,) = report(build, folder).rglob("report.html")
    return page.stat().st_size / 1000


def row(what: str, unit: str, pairs: list[Pair]) -> None:
    """Print a line of the table: the medians, and the median of the ratios."""
    before, after = (median(pair[place] for pair in pairs) for place in (0, 1))
    ratio = median(after / before for before, after in pairs)
    print(f"| {what} | {before:.2f} {unit} | {after:.2f} {unit} | {ratio:.2f} |", flush=True)


def compare(builds: Builds, times: int, folder: Path) -> None:
    """Print the table."""
    old, new = builds
    same = without_others(builds, folder)
    print(f"| what | {old.name} | {new.name} | ratio |\n|---|---|---|---|", flush=True)
    for which, without in (("all checks", dict.fromkeys(builds)), ("the same checks", same)):
        row(f"emulated run, {which}, user CPU", "s", emulated(builds, times, folder, without, "cpu"))
        row(f"emulated run, {which}, peak memory", "MB", emulated(builds, 3, folder, without, "memory"))
        run = partial(_live, newest=new, folder=folder, without=without)
        row(f"live run at 50 ms, {which}, wall", "s", in_turn(builds, max(times // 2, 1), run))
    for name, arguments in QUIET.items():
        row(f"`{name}`, user CPU", "s", cpu(builds, times, arguments, folder))
    row("report.html", "kB", in_turn(builds, 1, lambda build: report_size(build, folder)))
    row("memory of each further profile", "MB", [(further(old, folder), further(new, folder))])
    beside_a_script(new, folder)


def _live(build: Build, newest: Build, folder: Path, without: Mapping[Build, Path | None]) -> float:
    return live(build, newest, folder, without[build])


def emulated(
    builds: Builds, times: int, folder: Path, without: Mapping[Build, Path | None], what: Literal["cpu", "memory"]
) -> list[Pair]:
    """What an emulated run takes with each build."""
    run = ("run", "generic-oidc", "--emulated", "--report-dir", str(folder / "reports"))
    return in_turn(builds, times, lambda build: getattr(cost(build.command(*run), folder, without[build]), what))


def cpu(builds: Builds, times: int, arguments: Sequence[str], folder: Path) -> list[Pair]:
    """The user CPU that a command takes with each build, in seconds."""
    return in_turn(builds, times, lambda build: cost(build.command(*arguments), folder).cpu)


def beside_a_script(new: Build, folder: Path) -> None:
    """Print how long a live run takes beside a bare script of its requests and the start of a run that judges nothing."""
    taken = live(new, new, folder)
    start = cost(new.command("run", "generic-oidc", "--emulated", "-k", "test_metadata"), folder).wall
    floor = bare(new, folder) + start
    print(f"| live run beside a bare script and start-up | {floor:.2f} s | {taken:.2f} s | {taken / floor:.2f} |")


def further(build: Build, folder: Path, number: int = 8) -> float:
    """The MB that each further profile of a run adds to its peak memory."""

    def peak(profiles: int) -> float:
        given = copies(folder, profiles)
        return cost(build.command("run", *given, "--emulated", "--report-dir", str(folder / "further")), folder).memory

    return (peak(number) - peak(1)) / (number - 1)


def many(build: Build, number: int, folder: Path) -> None:
    """Print how time and memory grow with the number of profiles, two workers sharing them."""
    print("| profiles | wall | user CPU for each | peak memory of a process |\n|---|---|---|---|")
    for profiles in (number // 4, number // 2, number):
        given = copies(folder, profiles)
        taken = cost(
            build.command("run", *given, "--emulated", "-n", "2", "--report-dir", str(folder / "many")), folder
        )
        print(f"| {profiles} | {taken.wall:.1f} s | {taken.cpu / profiles:.2f} s | {taken.memory:.0f} MB |", flush=True)


def main() -> None:
    """Install, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the older build")
    parser.add_argument("--times", type=int, default=5, help="how often each is measured")
    parser.add_argument("--profiles", type=int, help="run so many profiles with two workers instead")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        newest = built(None, folder / "new")
        if asked.profiles:
            many(newest, asked.profiles, folder)
        else:
            compare((built(asked.commit, folder / "old"), newest), asked.times, folder)


if __name__ == "__main__":
    main()
