"""A race counts only where requests met."""

from datetime import timedelta

import pytest

from tests.conftest import NOON
from token_conformance.evidence.rotation import require_race
from token_conformance.verdict import Inconclusive


@pytest.mark.parametrize("starts", [(0, 0.5), (0, 2, 2.9, 1.5)])
def test_requests_that_meet_are_a_race(make_exchange, starts):
    """Two of them are enough."""
    require_race(make_exchange(started=NOON + timedelta(seconds=start), seconds=1.0) for start in starts)


@pytest.mark.parametrize("starts", [(), (0,), (0, 1, 2, 3)])
def test_requests_in_a_row_are_none(make_exchange, starts):
    """Each left when the one before was answered."""
    with pytest.raises(Inconclusive, match="one after the other"):
        require_race(make_exchange(started=NOON + timedelta(seconds=start), seconds=1.0) for start in starts)
