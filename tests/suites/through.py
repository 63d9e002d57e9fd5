"""Finds the scenarios through which checks of a whole run are red at a fault, and writes them into `expected.toml`.

`python -m tests.suites.through [PART/OF]` looks at the rows that have a red check of a whole run: it performs each
scenario that the fault reaches alone, and keeps as few as make all checks of the row red. Where no few do, nothing is
written, and all are performed. The full matrix (`pytest --nightly`) compares what they give with the whole.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.suites.collecting import collected
from tests.suites.judging import judged, name_of, performed
from tests.suites.matrix import RED, Faultless, Matrix, alarms, looks_at_the_run, together
from tests.suites.test_faults import ROWS, title
from token_conformance.running.scenario import Scenario
from token_conformance.servers.emulated import EmulatedServer

TABLE = Path(__file__).parent / "expected.toml"

Row = Mapping[str, Any]


class Search:
    """Looks for the scenarios of one row."""

    def __init__(self, matrix: Matrix, row: Row) -> None:
        self.matrix, self.row = matrix, row
        self.faults, self.variations = row.get("faults", ()), row.get("variations", ())

    @cached_property
    def faultless(self) -> Faultless:
        """What the faultless server gives."""
        return self.matrix.faultless(self.row["profile"])

    @cached_property
    def of_the_run(self) -> set[str]:
        """The row's red checks that look at a whole run."""
        known = {name_of(check) for check in self.matrix.checks if looks_at_the_run(check)}
        return known & set(self.row["red"])

    def found(self) -> list[str]:
        """The names of a few scenarios through which these are red; none where there are no such few."""
        chosen = [scenario.name for scenario in self._enough()]
        return chosen if chosen and self._reds(chosen) == set(self.row["red"]) else []

    def _enough(self) -> Iterator[Scenario]:
        """Scenarios, those first that show most, until each of these checks is red through one."""
        missing = set(self.of_the_run)
        reds = {scenario: self._reds_alone(scenario) for scenario in self._reached}
        for scenario in sorted(reds, key=lambda each: -len(reds[each])):
            if missing & reds[scenario]:
                missing -= reds[scenario]
                yield scenario

    @property
    def _reached(self) -> Sequence[Scenario]:
        return self.faultless.reached_by(self.faults, self.variations)

    def _reds_alone(self, scenario: Scenario) -> set[str]:
        described = self.faultless.profile
        server = EmulatedServer(described, self.faults, self.variations)
        record = together([self.faultless.record, asyncio.run(performed(described, server, [scenario]))])
        concerned = [check for check in self.matrix.checks if name_of(check) in self.of_the_run]
        return {name_of(check) for check in concerned if judged(check, record).verdict in RED}

    def _reds(self, through: Collection[str]) -> set[str]:
        row = self.row
        return set(alarms(self.matrix.reached(row["profile"], self.faults, self.variations, row["red"], through)))


def written(block: str, through: Sequence[str]) -> str:
    """The text of a row with these scenarios in it, in place of those that it had."""
    bare = re.sub(r"^through = \[[^\]]*\]\n", "", block, flags=re.MULTILINE)
    if not through:
        return bare
    names = ", ".join(f'"{name}"' for name in through)
    return bare.replace("\nred = ", f"\nthrough = [{names}]\nred = ", 1)


def main(part: int, of: int) -> None:
    """Look for the scenarios of one row after the other, and write them."""
    matrix = Matrix(collected())
    for number, row in enumerate(ROWS):
        search = Search(matrix, row)
        if number % of == part - 1 and search.of_the_run and not row.get("together"):
            through = search.found()
            head, *blocks = TABLE.read_text("utf-8").split("[[rows]]")
            blocks[number] = written(blocks[number], through)
            TABLE.write_text("[[rows]]".join([head, *blocks]), "utf-8")
            print(title(row), through, flush=True)


if __name__ == "__main__":
    main(*map(int, (sys.argv[1] if len(sys.argv) > 1 else "1/1").split("/")))
