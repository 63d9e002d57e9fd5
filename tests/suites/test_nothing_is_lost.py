"""What is peculiar about a server costs no verdict but those on the peculiarity: everything else is judged as ever."""

from __future__ import annotations

from functools import cache

import pytest

PECULIARITIES = [
    ("everything", {"variations": ["offline-access-demands-consent"]}, {}),
]
"""A profile, what is peculiar about its server, and the verdicts that change by it."""


@pytest.fixture(scope="module")
def usual(judge_all):
    """The verdicts on the faultless server, by profile."""
    return cache(lambda profile: verdicts(judge_all(profile)))


def verdicts(judged):
    """The verdicts by the checks' names."""
    return {name: each.verdict.value for name, each in judged.items()}


@pytest.mark.parametrize(
    ("profile", "peculiarity", "changed"), PECULIARITIES, ids=lambda each: str(each) if isinstance(each, str) else ""
)
def test_a_peculiarity_costs_no_other_verdict(judge_all, usual, profile, peculiarity, changed):
    """Each check has the verdict that it has at the faultless server, but for those that judge the peculiarity."""
    found = verdicts(judge_all(profile, **peculiarity))
    assert {name: verdict for name, verdict in found.items() if verdict != usual(profile)[name]} == changed
