"""What is left out of the table of faults makes no difference, and where it would, the full matrix says so."""

from __future__ import annotations

import pytest

from tests.suites.judging import Judged
from tests.suites.matrix import Matrix, alarms
from tests.suites.test_faults import ROWS
from tests.suites.through import Search, written
from token_conformance.verdict import Verdict


@pytest.mark.parametrize("fault", ["code-replay-accepted", "pkce-wrong-verifier-invalid-client", "jwks-short-key"])
def test_what_is_left_out_makes_no_difference(matrix, fault):
    """A fault that reaches a few scenarios is found by the same checks where all of them are performed."""
    reached = matrix.faultless("everything").reached_by([fault], [])
    assert 0 < len(reached) < len(matrix.scenarios) / 2
    assert alarms(matrix.compared("everything", [fault]))


def test_the_suites_of_its_red_checks_are_enough(matrix):
    """Of the scenarios that a fault reaches, those of the suites that find it give the same red checks."""
    fault, red = "refresh-narrowing-shrinks-grant", ["refresh::test_narrowing_does_not_shrink_the_grant"]
    faultless = matrix.faultless("everything")
    reached = faultless.reached_by([fault], [])
    assert 0 < len(faultless.reached_by([fault], [], faultless.told_by(red))) < len(reached)
    assert sorted(alarms(matrix.reached("everything", [fault], red=red))) == red


def test_a_check_of_the_whole_run_needs_all_that_is_reached(matrix):
    """What a check of all answers looks at may be in any scenario."""
    told = matrix.faultless("everything").told_by(["errors::test_refusal_is_400_or_401"])
    assert told == [scenario.name for scenario in matrix.scenarios]


def test_scenarios_through_which_it_is_red_are_enough(matrix):
    """Where it is known in which scenario a check of all answers finds what it is red for, no other is performed."""
    told = matrix.faultless("everything").told_by(["errors::test_refusal_is_400_or_401"], ["bad_refreshes"])
    assert told == ["bad_refreshes"]


def test_a_check_of_the_whole_run_is_red_beside_scenarios_that_are_not_reached(matrix):
    """It looks at those that are reached first, and where it is red, at those beside them, as it would in a run."""
    fault, red = "error-plain-unauthorized", ["errors::test_refusal_is_a_json_object_with_error"]
    unexpected = matrix.reached("everything", [fault], red=[], through=["bad_refreshes"])
    assert red[0] in alarms(unexpected)
    assert red[0] in alarms(matrix.reached("everything", [fault], red=red, through=["bad_refreshes"]))


def test_such_scenarios_are_found(matrix):
    """Of the scenarios that a fault reaches, a few are found that make all checks of its row red."""
    (row,) = [row for row in ROWS if row.get("faults") == ["refresh-expired-forbidden"]]
    assert Search(matrix, row).found() == row["through"]


def test_found_scenarios_stand_in_their_row():
    """They take the place of those that stood there, and a row in which none are found has none."""
    row = '\nprofile = "everything"\nfaults = ["a"]\nred = [\n    "errors::test_b",\n]\n'
    once = written(row, ["login", "reuse"])
    assert '\nthrough = ["login", "reuse"]\nred = [' in once
    assert written(once, ["race"]) == written(row, ["race"])
    assert written(once, []) == row


def test_what_no_scenario_asks_for_costs_nothing(matrix):
    """A behaviour that nobody has seen in a profile leaves its verdicts as they are."""
    assert matrix.reached("password-against-bcp") is matrix.faultless("password-against-bcp").verdicts


def test_a_difference_between_them_is_told(monkeypatch):
    """A check that is red in whole runs alone must not be missed."""
    red, green = Judged(Verdict.FAIL, "it is not so"), Judged(Verdict.PASS, "")
    matrix = Matrix([])
    monkeypatch.setattr(matrix, "whole", lambda *_: {"refresh::test_rotation": red})
    monkeypatch.setattr(matrix, "reached", lambda *_: {"refresh::test_rotation": green})
    with pytest.raises(AssertionError, match="left out"):
        matrix.compared("everything", ["a fault"])
