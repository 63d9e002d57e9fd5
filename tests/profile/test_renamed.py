"""A requirement that was renamed is still known to profiles by its former id."""

import pytest

from token_conformance.profile.files import ProfileError
from token_conformance.profile.loading import load

DEVIATION = '[[deviations]]\nrequirement = "old"\nexpect = { status = 401 }\nbecause = "documented"\n'
FACT = '[[facts]]\nstatement = "so it is"\nsource = "here"\nseen_in = ["old", "other"]\n'


def test_former_ids_are_taken(spoilt):
    """Deviations and facts hold the present ids, whichever they were written by."""
    profile = load(spoilt(more=DEVIATION + FACT), {}, requirements=["new", "other"], renamed={"old": "new"})
    assert profile.deviations[0].requirement == "new"
    assert profile.facts[0].seen_in == ["new", "other"]


def test_an_id_that_never_was_is_a_mistake(spoilt):
    """Nothing is guessed."""
    with pytest.raises(ProfileError, match='expected the id of a requirement, not "old"'):
        load(spoilt(more=DEVIATION), {}, requirements=["new"], renamed={"older": "new"})


def test_what_is_no_table_is_told_as_before(spoilt):
    """A mistake in the place of a deviation is one sentence."""
    with pytest.raises(ProfileError, match="deviations"):
        load(spoilt("[grants.refresh_token]", "deviations = 3\n[grants.refresh_token]"), {}, renamed={"old": "new"})
