"""A recording gives verdict by verdict what the run gave that made it, whatever the server does wrong.

By day for faults that between them turn checks of every suite red, by night for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache

import pytest

from tests.suites.judging import judged, name_of, profile_named
from tests.suites.matrix import Matrix, looks_at_the_run, suite_of
from tests.suites.replaying import noted, recorded_in, replayed
from tests.suites.test_faults import ROWS, title
from token_conformance.plugin.selection import own_scenarios, scenarios_for
from token_conformance.running.record import Record
from token_conformance.running.scenario import Scenario
from token_conformance.running.watching import watched
from token_conformance.servers.emulated import EmulatedServer

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
