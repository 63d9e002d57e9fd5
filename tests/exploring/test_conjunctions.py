"""Faults in which several things have to come together: the oracle sees each in its shortest story, and none without it."""

from __future__ import annotations

import asyncio

import pytest

from tests.exploring.conjunctions import STORIES, story
from tests.exploring.explored import played
from token_conformance.reference.faults import FAULTS
from token_conformance.reference.faults.conjunctions import CONJUNCTIONS

OF_TWO_USERS = {"another-user-mixed-up-after-refresh"}


def profile_of(fault: str) -> str:
    return "two-users" if fault in OF_TWO_USERS else "everything"


@pytest.mark.parametrize("fault", STORIES)
def test_the_oracle_sees_it_in_its_shortest_story(fault):
    """By a requirement that the fault is said to violate."""
    assert asyncio.run(played(story(STORIES[fault]), profile_of(fault), [fault])) & set(FAULTS[fault].violates)


@pytest.mark.parametrize("fault", STORIES)
def test_a_sound_server_is_quiet_in_that_story(fault):
    assert asyncio.run(played(story(STORIES[fault]), profile_of(fault))) == set()


@pytest.mark.parametrize("fault", STORIES)
def test_each_step_of_the_story_is_needed(fault):
    """Without the step before the last one there is nothing to be seen: it is the conjunction that counts."""
    steps = story(STORIES[fault])
    assert not asyncio.run(played((*steps[:-2], steps[-1]), profile_of(fault), [fault])) & set(FAULTS[fault].violates)


def test_each_has_a_story():
    assert {fault.name for fault in CONJUNCTIONS} == set(STORIES)
