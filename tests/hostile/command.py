"""Runs of the whole command against hostile providers, each in a process of its own, and what became of them.

    python -m tests.hostile.command FOLDER --runs 0,1,2

prints a line of JSON for each run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from argparse import ArgumentParser
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from tests.hostile.corpus import CLASSES
from tests.hostile.dealing import Dealer, HostileEmulated, HostileLive
from tests.hostile.worst import WORST
from token_conformance.layout import ROOT

PROFILES = tuple(ROOT / "tests" / "suites" / f"{name}.toml" for name in ("everything", "hybrid", "dpop", "public"))

ENDPOINTS = {
    "everything": ("",),
    "token": ("token",),
    "authorization": ("authorize", "login", "consent"),
    "resources": ("introspect", "revo", "userinfo", "resource", "device"),
    "publications": ("well-known", "jwks"),
}
"""What of a provider a run spoils, by words of paths; the empty word is in all."""

WEIGHTS = (5, 4, 2, 2, 1)
"""How often each is chosen: of some there are few requests in a run."""

MOST_ANSWERS = 150
"""Hostile answers of a run; the others are as they should be, so that it goes on."""

SOME = "refresh or userinfo or code"
"""Checks that are enough to have large answers of all endpoints."""

LONGEST = 300
"""Seconds after which a run is ended."""


@dataclass
class Ran:
    """What became of a run: its exit status, seconds, peak memory in bytes, and the size of each file in bytes."""

    seed: int
    about: str
    status: int
    seconds: float
    cpu: float
    memory: int
    dealt: dict[str, int]
    said: str
    folder: str
    sizes: dict[str, int] = field(default_factory=dict)


def ran(seed: int, answers: int, folder: Path, *, worst: bool = False) -> Ran:
    """Run the command once, in a process that is forked from this one, where all is imported.

    The `worst` answers take up as much as they can; half of all are such, and some checks are enough.
    """
    folder.mkdir(parents=True, exist_ok=True)
    began = perf_counter()
    process = os.fork()
    if not process:
        _run(seed, answers, folder, worst)
    _, status, usage = os.wait4(process, 0)
    files = {path.name: path.stat().st_size for path in folder.glob("reports/*/*/*")}
    told = folder / "dealt.json"
    dealt = json.loads(told.read_text()) if told.exists() else {"about": "", "dealt": {}}
    return Ran(
        seed=seed,
        about=dealt["about"],
        status=os.waitstatus_to_exitcode(status),
        seconds=round(perf_counter() - began, 2),
        cpu=round(usage.ru_utime + usage.ru_stime, 2),
        memory=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        dealt=dealt["dealt"],
        said=(folder / "said").read_text("utf-8", "backslashreplace"),
        folder=str(folder),
        sizes=files,
    )


def _run(seed: int, answers: int, folder: Path, worst: bool) -> None:
    """Run the command in this process, and end it."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LONGEST)
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    status = 70
    try:
        status = _worst(seed, folder) if worst else _command(seed, answers, folder)
    finally:
        sys.stdout.flush()
        os._exit(status)


def _command(seed: int, answers: int, folder: Path) -> int:
    random = Random(seed)  # noqa: S311 - the same for the same seed
    profile, live = random.choice(PROFILES), random.random() < 0.4
    (what,) = random.choices(list(ENDPOINTS), WEIGHTS)
    rate = random.choice((0.2, 0.4) if what in {"everything", "token"} else (0.6, 1.0))
    classes = (random.choice(CLASSES),) if random.random() < 0.2 else CLASSES
    dealer = Dealer(seed, answers, ENDPOINTS[what], rate, classes)
    kinds = "all" if len(classes) > 1 else classes[0].__name__
    about = f"{profile.stem}, {'live' if live else 'emulated'}, {what} at {rate}, {kinds}"
    return _against(dealer, [str(profile)], folder, about, live=live)


def _worst(seed: int, folder: Path) -> int:
    dealer, live = Dealer(seed, sys.maxsize, ("",), 0.5, WORST), bool(seed % 2)
    about = f"everything, {'live' if live else 'emulated'}, the worst"
    return _against(dealer, [str(PROFILES[0]), "-k", SOME], folder, about, live=live)


def _against(dealer: Dealer, arguments: list[str], folder: Path, about: str, *, live: bool) -> int:
    """Run the command against a dealer, in the given folder."""
    _select(dealer, live=live)
    try:
        import_module("token_conformance.command_line.main").main(
            ["run", *arguments, "--report-dir", str(folder / "reports")]
        )
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        (folder / "dealt.json").write_text(json.dumps({"about": about, "dealt": dealer.dealt}))
    return 70


def _select(dealer: Dealer, *, live: bool) -> None:
    """Have the command choose a hostile server, and let pauses pass in no time."""
    from token_conformance.command_line import run
    from token_conformance.plugin import options
    from token_conformance.servers import selection
    from token_conformance.wire import pace, presence

    pace.RESPITE, presence.INTERVALS = 0.0, (0, 0, 0)

    def select(given: str, choice: Any, environment: Any) -> Any:
        name, profile, server = selection.select(given, selection.Choice("emulated"), environment)
        limits = profile.limits.model_copy(update={"request_timeout": 0.5, "max_wait": 0 if live else 90})
        profile = profile.model_copy(update={"limits": limits})
        return name, profile, HostileLive.of(profile, dealer) if live else HostileEmulated(server, dealer)

    run.select = options.select = select


def prepare() -> None:
    """Import what every run needs."""
    for module in (
        "pytest",
        "pytest_html.plugin",
        "token_conformance.command_line.run",
        "token_conformance.plugin.hooks",
    ):
        import_module(module)


def main() -> None:
    """Run the command as often as asked."""
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", default="0,1,2", help="seeds")
    parser.add_argument("--answers", type=int, default=MOST_ANSWERS, help="hostile answers of a run at most")
    parser.add_argument("--worst", action="store_true", help="answers that take up as much as they can")
    given = parser.parse_args()
    prepare()
    for seed in map(int, given.runs.split(",")):
        print(json.dumps(asdict(ran(seed, given.answers, given.folder / str(seed), worst=given.worst))), flush=True)


if __name__ == "__main__":
    main()
