"""Reasons for not judging are told to every check that a scenario leaves without an answer."""

from __future__ import annotations

import pytest

from tests.conftest import NOON
from token_conformance.provider.login.browsing import AuthorizationAnswer, LedElsewhere
from token_conformance.running.parkable import PutAside
from token_conformance.verdict import Inconclusive, NotApplicable


@pytest.mark.parametrize(
    "reason",
    [
        NotApplicable("there is no moon"),
        Inconclusive("the moon was in the way", stopped_by="rfc6749-5.1-expires-in"),
        PutAside(60, NOON),
        LedElsewhere("it led elsewhere", AuthorizationAnswer({}, "query", None)),
    ],
    ids=lambda reason: type(reason).__name__,
)
def test_a_reason_is_told_anew_with_all_that_it_knows(reason):
    """Its kind, its words and what else it holds are the same, whatever its kind asks for when it is made."""
    same = reason.anew()
    assert type(same) is type(reason)
    assert same is not reason
    assert str(same) == str(reason)
    assert vars(same) == vars(reason)
