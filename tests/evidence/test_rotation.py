"""A used refresh token has to die where something demands it, and a race counts only where requests met."""

from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.suites.judging import profile_named
from token_conformance.evidence.rotation import demanded_by, require_race
from token_conformance.profile.fact import unknown
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


def claiming(name, **rotation):
    """A profile of tests/suites, with other facts of its refresh tokens."""
    profile = profile_named(name)
    refresh_token = profile.grants.refresh_token.model_copy(update=rotation)
    return profile.model_copy(update={"grants": profile.grants.model_copy(update={"refresh_token": refresh_token})})


UNKNOWN = {"rotation": unknown(), "reuse_grace": unknown()}


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (claiming("everything"), "documents rotation"),
        (claiming("everything", **UNKNOWN), None),
        (claiming("public", **UNKNOWN), "public client"),
        (claiming("dpop-public", **UNKNOWN), None),
        (claiming("public-fapi2", **UNKNOWN), None),
    ],
    ids=["documented", "confidential", "public", "bound", "fapi2"],
)
def test_a_used_refresh_token_dies_where_it_is_documented_or_its_client_is_public(profile, reason):
    """RFC 9700 §4.14.2 speaks of public clients whose refresh tokens are not bound to a key."""
    found = demanded_by(profile)
    assert (found is None) if reason is None else (reason in found)
