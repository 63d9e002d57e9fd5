"""What is left out of the table of faults makes no difference, and where it would, the full matrix says so."""

from __future__ import annotations

import pytest

from tests.suites.judging import Judged
from tests.suites.matrix import Matrix, alarms
from token_conformance.verdict import Verdict


@pytest.mark.parametrize("fault", ["code-replay-accepted", "pkce-wrong-verifier-invalid-client", "jwks-short-key"])
def test_what_is_left_out_makes_no_difference(matrix, fault):
    """A fault that reaches a few scenarios is found by the same checks where all of them are performed."""
    reached = matrix.faultless("everything").reached_by([fault], [])
    assert 0 < len(reached) < len(matrix.scenarios) / 2
    assert alarms(matrix.compared("everything", [fault]))


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
