"""What there is to run against: set-ups of servers, each a table of the setups.toml in the folder of its server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tests.certificates import certificates
from tests.live.running import Results, UnavailableError, awaited, begun, end, run

HERE = Path(__file__).parent
FOUND = "setups.toml"

STARTING: dict[str, subprocess.Popen[str]] = {}
"""Servers that were begun and nobody has waited for yet, by the ids of their set-ups."""

PATIENCE = 1200
"""How long a server may take to be downloaded, built and started, in seconds."""


class SetUp(BaseModel):
    """A server with some settings, the profile that a user would write of it, and what was read of its reds by hand.

    What the tables of all set-ups of a server have in common stands above them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str
    name: str
    folder: Path
    needs: tuple[str, ...] = Field((), description="Commands, and with a slash files, without which it cannot be had.")
    start: tuple[str, ...] = Field(description="What starts it in its folder; its settings follow as JSON.")
    settings: dict[str, object] = {}
    certificates: bool = Field(default=False, description="Whether it is told of the certificates of the tests.")
    profile: str
    options: tuple[str, ...] = Field((), description="Further options of the run.")
    known: dict[str, str] = Field(
        {}, description="Red checks, and requirements that were seen violated on the way, and why they are right to be."
    )
    sometimes: dict[str, str] = Field({}, description="Checks whose verdict is another one from run to run, and why.")
    proves: dict[str, str] = Field({}, description="Verdicts that must be seen, by checks.")
    nightly: bool = False

    @property
    def id(self) -> str:
        """What it is called on the command line: `keycloak/default`."""
        return f"{self.server}/{self.name}"

    @property
    def pins(self) -> Path:
        """The file of its pins."""
        return self.folder / "pins" / f"{self.name}.json"

    @property
    def missing(self) -> str | None:
        """What it needs and this machine has not got."""
        return next((need for need in self.needs if not _is_there(need, self.folder)), None)

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """What the running server says of itself: the variables of its profile, and its version.

        Raises:
            UnavailableError: it cannot be had on this machine; the message says what was tried, and what came of it.

        """
        if self.missing is not None:
            raise UnavailableError(self.missing, "it is not there")
        with awaited(STARTING.pop(self.id, None) or self._begun(), PATIENCE) as said:
            yield self._certificates | said

    def begin(self) -> None:
        """Have the server start already, while something else is done; `running` waits for it."""
        if self.missing is None and self.id not in STARTING:
            STARTING[self.id] = self._begun()

    def _begun(self) -> subprocess.Popen[str]:
        told = {"certificates": self._certificates["CERTIFICATES"]} if self.certificates else {}
        start = [sys.executable if word == "python" else word for word in self.start]
        return begun([*start, json.dumps(told | self.settings)], self.folder)

    @property
    def _certificates(self) -> dict[str, str]:
        return certificates() if self.certificates else {}

    def judged(self, folder: Path) -> tuple[Results, str]:
        """The results of a live run in a folder, and the version of the server."""
        with self.running() as said:
            return run(self.folder / self.profile, folder, *self.options, said=said), said["version"]


def forsake() -> None:
    """End the servers that nobody has come for."""
    while STARTING:
        end(STARTING.popitem()[1])


def _is_there(need: str, folder: Path) -> bool:
    return (folder / need).exists() if "/" in need else shutil.which(need) is not None


def set_ups() -> dict[str, SetUp]:
    """All set-ups by their ids, those of a server in the order of its file."""
    found = [set_up for path in sorted(HERE.glob(f"*/{FOUND}")) for set_up in _read(path)]
    return {set_up.id: set_up for set_up in found}


def _read(path: Path) -> Iterator[SetUp]:
    common = tomllib.loads(path.read_text("utf-8"))
    for name, own in common.pop("setups").items():
        tables = {key: {**common[key], **own[key]} for key in own if isinstance(own[key], dict) and key in common}
        place = {"server": path.parent.name, "name": name, "folder": path.parent}
        yield SetUp.model_validate({**common, **own, **tables, **place})


def listed_as_unavailable() -> set[str]:
    """The servers that cannot be had where the tests run in full, by what unavailable.toml says."""
    listed = tomllib.loads((HERE / "unavailable.toml").read_text("utf-8")).get("server", [])
    assert all(each["command"] and each["error"] for each in listed), "unavailable.toml says what was tried, and seen"
    return {each["name"] for each in listed}


def chosen(names: tuple[str, ...], among: dict[str, SetUp]) -> list[SetUp]:
    """Those set-ups: a name is that of a server, for all of its set-ups, or the id of one; without a name, all.

    Raises:
        LookupError: a name is that of none.

    """
    known = {*among, *(set_up.server for set_up in among.values())}
    if unknown := sorted(set(names) - known):
        raise LookupError(f"{unknown[0]} is no set-up; there are {', '.join(sorted(known))}")
    return [each for each in among.values() if not names or not {each.server, each.id}.isdisjoint(names)]
