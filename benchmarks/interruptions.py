"""Sends signals to runs at random moments, and prints what became of each: its reports must be there, and sound.

    python benchmarks/interruptions.py [-n MOMENTS] [--profiles 1 8] [--seed SEED] [--workers N]

The provider is the reference server on loopback, which answers after 50 ms. The moments lie between the start of a run
and its end, evenly over what a run takes that nobody interrupts; the signals take turns: Ctrl-C, a time-out, a closed
terminal, Ctrl-C and then a time-out, Ctrl-C to the whole group as a terminal sends it. The exit status is 1 where one
left an exit status other than 2, a traceback, or a report that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep, time

from lxml import etree

WAYS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGINT SIGTERM", "SIGINT*")
"""The signals that are sent one after the other; a star: to the whole group of processes."""

APART = 0.5
"""Seconds between two signals of one interruption."""

EARLIEST = 0.1
"""Seconds that Python takes before any line of ours is run; a signal is its own until then."""

LONGEST = 120.0
"""Seconds after which a command that was interrupted is given up."""

PAGE_END = "</html>"
STATUS = 2


@dataclass(frozen=True)
class Ended:
    """How an interrupted run ended.

    Seconds are those from the first signal: until its last report lay on disk, and until it ended; `before` are those from
    its start to the first signal. `heads` counts the reports of each outcome.
    """

    way: str
    before: float
    status: int
    reports: int
    on_disk: float
    ended: float
    heads: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        told = "; ".join(self.problems) or "sound"
        return (
            f"{self.way:15} {self.before:6.2f} {self.status:6} {self.reports:7} {self.on_disk:8.2f} "
            f"{self.ended:6.2f}  {self.heads:28} {told}"
        )


HEADER = f"{'signals':15} {'after':>6} {'status':>6} {'reports':>7} {'on disk':>8} {'ended':>6}  outcomes"


def main() -> None:
    """Interrupt runs, and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", "--moments", type=int, default=60, help="interruptions for each number of profiles")
    parser.add_argument("--profiles", type=int, nargs="+", default=[1, 8], help="profiles of a run")
    parser.add_argument("--seed", default="20261129")
    parser.add_argument("--workers", help="processes, as `run -n` has them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, provider(Path(folder)) as profile:
        sound = [interrupted(Path(folder), profile, number, given) for number in given.profiles]
    sys.exit(0 if all(sound) else 1)


def interrupted(folder: Path, profile: Path, number: int, given: argparse.Namespace) -> bool:
    """Interrupt runs of so many profiles at random moments; gives whether all ended as they must."""
    draw = random.Random(f"{given.seed} {number}")  # noqa: S311 - reproducible on purpose
    words = [str(each) for each in copies(profile, number)] + (["-n", given.workers] if given.workers else [])
    longest = uninterrupted(folder, words)
    print(f"\n{number} profile{'s' * (number > 1)}; without an interruption a run takes {longest:.1f} s\n{HEADER}")
    all_ended: list[Ended] = []
    while len(all_ended) < given.moments:
        place, moment = len(all_ended), draw.uniform(EARLIEST, longest)
        if (ended := interrupt(folder / f"{number}-{place}", words, WAYS[place % len(WAYS)], moment)) is not None:
            all_ended.append(ended)
            print(ended, flush=True)
    print(summary(all_ended))
    return not any(each.problems for each in all_ended)


def summary(all_ended: Sequence[Ended]) -> str:
    """What all of them came to."""
    reported = sorted(each.on_disk for each in all_ended if each.reports)
    shown = (
        f"reports on disk after {reported[len(reported) // 2]:.2f} s (median), {reported[-1]:.2f} s at most; "
        if reported
        else ""
    )
    unsound = sum(bool(each.problems) for each in all_ended)
    return f"{len(all_ended)} interruptions, {len(reported)} with reports; {shown}{unsound} not as they must be"


@contextmanager
def provider(folder: Path) -> Iterator[Path]:
    """The slow provider, and the profile that describes it."""
    script = Path(__file__).with_name("slow_provider.py")
    serving = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(script), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout is not None
        yield Path(serving.stdout.readline().strip())
    finally:
        serving.communicate()


def copies(profile: Path, number: int) -> list[Path]:
    """So many profiles of one provider, under names of their own."""
    made = [profile.with_name(f"slow-{place}.toml") for place in range(number)]
    for path in made:
        path.write_text(profile.read_text("utf-8"), "utf-8")
    return made


def begun(reports: Path, words: Sequence[str]) -> subprocess.Popen[str]:
    """A run in a process group of its own."""
    command = [sys.executable, "-m", "token_conformance", "run", *words, "--live", "--report-dir", str(reports)]
    return subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def uninterrupted(folder: Path, words: Sequence[str]) -> float:
    """Seconds that a run takes which nobody interrupts."""
    began = monotonic()
    begun(folder / "whole", words).communicate()
    return monotonic() - began


def interrupt(reports: Path, words: Sequence[str], way: str, moment: float) -> Ended | None:
    """Interrupt a run after so many seconds; None where it has ended by then."""
    process = begun(reports, words)
    sleep(moment)
    if process.poll() is not None:
        process.communicate()
        shutil.rmtree(reports, ignore_errors=True)
        return None
    first, since = time(), monotonic()
    for place, name in enumerate(way.split()):
        sleep(APART * (place > 0))
        send(process, name)
    try:
        shown, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        shown, _ = process.communicate()
    ended = monotonic() - since
    paths = sorted(reports.glob("*/*/*"))
    results = [json.loads(path.read_text("utf-8"))["outcome"] for path in paths if path.name == "results.json"]
    return Ended(
        way=way,
        before=moment,
        status=process.returncode,
        reports=len(results),
        on_disk=max((path.stat().st_mtime - first for path in paths), default=0.0),
        ended=ended,
        heads=", ".join(f"{results.count(each)} {each}" for each in sorted(set(results))),
        problems=tuple(problems(process.returncode, shown, paths)),
    )


def send(process: subprocess.Popen[str], name: str) -> None:
    """Send a signal to a command that has not ended, or to its whole group."""
    if process.poll() is None:
        tell = os.killpg if name.endswith("*") else os.kill
        tell(process.pid, getattr(signal, name.removesuffix("*")))


def problems(status: int, shown: str, paths: Sequence[Path]) -> Iterator[str]:
    """What is not as it must be after an interruption."""
    if status != STATUS:
        yield f"exit status {status}"
    if "Traceback" in shown:
        yield f"a traceback:\n{shown[shown.index('Traceback') :]}"
    for path in paths:
        if problem := unreadable(path):
            yield f"{path.parent.parent.name}/{path.name}: {problem}"
    for folder in {path.parent for path in paths}:
        if missing := {"results.json", "junit.xml", "index.html", "report.html"} - {
            path.name for path in folder.iterdir()
        }:
            yield f"{folder.parent.name}: no {' and no '.join(sorted(missing))}"


def unreadable(path: Path) -> str:
    """Why a report cannot be read; empty where it can."""
    text = path.read_text("utf-8")
    try:
        if path.suffix in {".json", ".jsonl"}:
            for part in text.splitlines() if path.suffix == ".jsonl" else [text]:
                json.loads(part)
        elif path.suffix == ".xml":
            etree.fromstring(text.encode())
        elif not text.rstrip().endswith(PAGE_END):
            return "is not whole"
    except (ValueError, etree.XMLSyntaxError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
