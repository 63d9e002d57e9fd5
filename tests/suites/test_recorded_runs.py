"""A recording gives verdict by verdict what the run gave that made it, whatever the server does wrong.

By day for faults that between them turn checks of every suite red, by night for all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache

import pytest

from tests.suites.judging import judged, name_of, profile_named
from tests.suites.matrix import Matrix, looks_at_the_run, suite_of
from tests.suites.replaying import noted, recorded_in, replayed
from tests.suites.test_faults import ROWS, title
from token_conformance.layout import ROOT
from token_conformance.plugin.selection import own_scenarios, scenarios_for
from token_conformance.running.record import Record
from token_conformance.running.scenario import Scenario
from token_conformance.running.watching import watched
from token_conformance.servers.emulated import EmulatedServer

A_FEW = 50
"""Checks that can be judged without labels, at least."""

OF_EACH_SUITE = 2
"""Rows by day that turn checks of a suite red, where there are so many."""


@cache
def of_the_day() -> frozenset[str]:
    """The rows that are told again by day: those that turn most checks red come first."""
    covered: Counter[str] = Counter()
    chosen = set()
    for row in sorted(ROWS, key=lambda each: (-len(each["red"]), title(each))):
        suites = {suite_of(name) for name in row["red"]}
        if any(covered[suite] < OF_EACH_SUITE for suite in suites):
            covered.update(suites)
            chosen.add(title(row))
    return frozenset(chosen)


def rows() -> Iterator[object]:
    """All rows of the table of faults, those of the night marked."""
    for row in ROWS:
        yield pytest.param(row, id=title(row), marks=[] if title(row) in of_the_day() else [pytest.mark.nightly])


@pytest.mark.parametrize("row", [*rows()])
def test_a_fault_is_told_again_from_a_recording(matrix, row, tmp_path):
    """The checks that are red, those beside them, and what the oracle forbids; nothing is sent."""
    then, now = performed_twice(matrix, row, tmp_path)
    told = {name_of(check) for check in matrix.checks if rests_on(check, then)}
    assert not told.isdisjoint(row["red"]), "none of the checks that are to be red is looked at"
    for check in matrix.checks:
        if name_of(check) in told:
            before, after = judged(check, then), judged(check, now)
            assert after.verdict == before.verdict, f"{name_of(check)}: {before.message} -> {after.message}"
    assert forbidden(now) == forbidden(then)


@pytest.mark.parametrize(
    "profile",
    ["everything", *(pytest.param(name, marks=pytest.mark.nightly) for name in ("dpop", "hybrid", "signing"))],
)
def test_without_labels_less_is_told_and_nothing_false(matrix, profile, tmp_path):
    """It is judged like a recording from elsewhere: by a profile that is drafted from it, and by its own keys."""
    described = profile_named(profile)
    noted(described, EmulatedServer(described), matrix.scenarios, tmp_path)
    stripped = tmp_path / "stripped.har"
    stripped.write_text(json.dumps(without_labels(json.loads(recorded_in(tmp_path).read_text("utf-8")))), "utf-8")
    command = [sys.executable, "-m", "token_conformance", "judge", stripped.name, "--report-dir", "again"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    (path,) = tmp_path.glob("again/*/*/results.json")
    found = json.loads(path.read_text("utf-8"))
    red = [each["message"] for each in found["checks"] if each["verdict"] in {"fail", "warning", "error"}]
    assert (red, [each["message"] for each in found["seen_on_the_way"]]) == ([], []), ended.stdout
    assert found["summary"]["pass"] > A_FEW


def without_labels(value):
    """A part of a HAR without members of our own."""
    if isinstance(value, dict):
        return {name: without_labels(each) for name, each in value.items() if not name.startswith("_")}
    return [without_labels(each) for each in value] if isinstance(value, list) else value


def performed_twice(matrix: Matrix, row, folder) -> tuple[Record, Record]:
    """What the scenarios leave that a fault reaches, and what they leave in the recording of that."""
    profile, faults, variations = profile_named(row["profile"]), row.get("faults", ()), row.get("variations", ())
    faultless = matrix.faultless(row["profile"])
    told_by = None if row.get("together") else faultless.told_by(row["red"], row.get("through", ()))
    reached = (
        {each.name for each in faultless.reached_by(faults, variations, told_by)} if faults or variations else set()
    )
    needed = {each.name for check in matrix.checks if name_of(check) in row["red"] for each in asked_for(check)}
    scenarios = [each for each in matrix.scenarios if each.name in reached | needed]
    record = noted(profile, EmulatedServer(profile, faults, variations), scenarios, folder)
    return record, replayed(recorded_in(folder), scenarios)


def rests_on(check: pytest.Function, record: Record) -> bool:
    """Whether all that a check asks for is in a record."""
    return {each.name for each in asked_for(check)} <= record.outcomes.keys()


def asked_for(check: pytest.Function) -> Collection[Scenario]:
    """The scenarios without which a check cannot be judged."""
    return own_scenarios(check) if looks_at_the_run(check) else scenarios_for(check)


def forbidden(record: Record) -> list[str]:
    """What the oracle forbids in a run; tokens have other names in a recording, stories have the same."""
    return sorted(each.requirement for seen in watched([record]) for each in seen.forbidden)
