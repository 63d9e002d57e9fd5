"""Where no wrong password may be presented, what needs one is not judged, and everything beside it is."""

import pytest

from token_conformance.verdict import Verdict


@pytest.fixture(scope="module")
def verdicts(matrix):
    return matrix.whole("no-wrong-password")


@pytest.mark.parametrize("check", ["test_wrong_password_is_refused", "test_unknown_user_and_wrong_password_look_alike"])
def test_what_needs_a_wrong_password_is_left_out(verdicts, check):
    """The setting is named as the reason."""
    judged = verdicts[f"password::{check}"]
    assert judged.verdict == Verdict.NOT_APPLICABLE
    assert "limits.wrong_password = false" in judged.message


@pytest.mark.parametrize("check", ["test_right_password_yields_tokens", "test_unknown_user_is_refused"])
def test_what_needs_none_is_judged(verdicts, check):
    """The other wrong requests of the same scenario are made."""
    assert verdicts[f"password::{check}"].verdict == Verdict.PASS


def test_nothing_is_broken(verdicts):
    """No check meets a request that was not made."""
    assert [name for name, judged in verdicts.items() if judged.verdict in {Verdict.ERROR, Verdict.FAIL}] == []
