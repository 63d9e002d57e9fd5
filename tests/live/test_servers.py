"""Runs against servers that nobody of this project wrote: each set-up's verdicts are those that were read by hand."""

from __future__ import annotations

import os

import pytest

from tests.live.pins import differences, read, seen, unread
from tests.live.running import UnavailableError, told_otherwise
from tests.live.setups import listed_as_unavailable, set_ups

ALL = set_ups()

DEMANDED = "TOKEN_CONFORMANCE_DEMAND_SERVERS"
"""The environment variable by which a server that is not to be had, and not listed as such, fails its tests."""


def cases(*, nightly):
    """The set-ups, those of the night marked where that matters."""
    return [
        pytest.param(set_up, id=id_, marks=[pytest.mark.nightly] if nightly and set_up.nightly else [])
        for id_, set_up in ALL.items()
    ]


FIRST = {set_up.server: set_up.id for set_up in reversed(ALL.values()) if not set_up.nightly}
"""The set-ups whose recordings are judged by day, one of each server: by night those of all are."""


@pytest.mark.starts_ahead
@pytest.mark.parametrize("set_up", cases(nightly=True))
def test_verdicts_are_the_pinned_ones(set_up, tmp_path, pytestconfig):
    """Every verdict but passes, what the set-up is there to prove, and what the run costs; its recording tells the same."""
    try:
        results, version = set_up.judged(tmp_path)
    except UnavailableError as problem:
        demanded = DEMANDED in os.environ and set_up.server not in listed_as_unavailable()
        (pytest.fail if demanded else pytest.skip)(f"{set_up.server} cannot be had: {problem}")
    if pytestconfig.getoption("nightly") or set_up.id in FIRST.values():
        assert told_otherwise(tmp_path, results) == []
    found = differences(set_up, read(set_up.pins), seen(results, version), results)
    assert not found, "\n".join([f"{set_up.id} is other than pinned:", *found])


@pytest.mark.parametrize("set_up", cases(nightly=False))
def test_every_red_was_read(set_up):
    """A red check stands in the set-up's file with its reason, or the pins are not to be trusted."""
    pinned = read(set_up.pins)
    assert pinned is not None, f"{set_up.id} has no pins"
    assert unread(set_up, pinned) == set()
