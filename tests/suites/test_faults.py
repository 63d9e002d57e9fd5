"""Every fault of the reference server turns the right checks red, every check can turn red, and no variation alarms.

`expected.toml` pins, for each fault, the checks that it concerns.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from token_conformance.reference.faults import FAULTS
from token_conformance.reference.variations import VARIATIONS

from token_conformance.verdict import Verdict

EXPECTED = tomllib.loads((Path(__file__).parent / "expected.toml").read_text("utf-8"))
RED = {Verdict.FAIL, Verdict.WARNING}
PROFILES = ("everything", "hybrid", "public")


def alarms(verdicts):
    """The checks that are red, or broken, with their messages."""
    return {name: judged.message for name, judged in verdicts.items() if judged.verdict in RED | {Verdict.ERROR}}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_faultless_server_alarms_nobody(judge_all, profile):
    """The reference server keeps every requirement that it is judged by."""
    assert alarms(judge_all(profile)) == {}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_turns_just_its_checks_red(judge_all, fault):
    """A single fault is found by the checks that it concerns, and by no other."""
    expected = EXPECTED["faults"][fault]
    found = alarms(judge_all(expected.get("profile", "everything"), faults=[fault]))
    assert sorted(found) == sorted(expected["red"]), found
    assert expected["red"], "a fault that no check finds"


@pytest.mark.parametrize("variation", sorted(VARIATIONS))
def test_an_allowed_variation_alarms_nobody(judge_all, variation):
    """What the specifications allow is no finding."""
    profile = EXPECTED.get("variations", {}).get(variation, "everything")
    assert alarms(judge_all(profile, variations=[variation])) == {}


def test_every_check_has_been_seen_to_fail(checks):
    """For each check there is a fault that turns it red."""
    from tests.suites.conftest import name_of

    reds = {name for expected in EXPECTED["faults"].values() for name in expected["red"]}
    assert {name_of(check) for check in checks} - reds == set()


@pytest.mark.parametrize("pair", EXPECTED.get("pairs", []), ids=" and ".join)
def test_one_fault_does_not_hide_another(judge_all, pair):
    """Two faults at once are both found."""
    found = alarms(judge_all("everything", faults=pair))
    for fault in pair:
        assert set(EXPECTED["faults"][fault]["red"]) & set(found), f"{fault} is hidden"
