"""What servers in use are like: a habit has one cause, and keeps nothing else from being judged."""

from __future__ import annotations

import pytest

from tests.suites.matrix import alarms

BY_CODE = {"device_grant", "device_requests", "error_codes", "errors", "odd_bodies", "second_attempts"}
"""The topics in which some checks cannot tell without the code of an error."""


@pytest.fixture
def lost(matrix):
    """The checks with another verdict than at the faultless server, and those of them that are red."""

    def lost(fault):
        found, before = matrix.reached("everything", [fault]), matrix.faultless("everything").verdicts
        red = set(alarms(found))
        return {name for name in found if found[name].verdict is not before[name].verdict} - red, red

    return lost


@pytest.mark.parametrize("fault", ["token-type-absent", "error-description-newline"])
def test_a_habit_keeps_nothing_else_from_being_judged(lost, fault):
    """Where all answers lack a member, or say it in another way, the rest is judged as ever."""
    assert lost(fault)[0] == set()


def test_json_by_another_name_is_read(lost):
    """Refusals that say they are text/plain are read as the JSON that they are, and one check says so."""
    assert lost("error-json-as-plain-text") == (
        {"odd_bodies::test_error_is_json_for_browsers_too"},
        {"errors::test_refusal_says_that_it_is_json"},
    )


def test_refusals_in_plain_words_are_one_finding(lost):
    """A word in place of JSON is one red; what can be told by the status alone is judged."""
    unjudged, red = lost("error-plain")
    assert red == {"errors::test_refusal_is_a_json_object_with_error"}
    assert {name.partition("::")[0] for name in unjudged} <= BY_CODE
