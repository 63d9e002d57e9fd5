"""A scenario says what it needs and how far it reaches; a mistake is told where it is made."""

import pytest

from token_conformance import scenario
from token_conformance.running.scenario import named


def declared(name, **settings):
    async def perform(provider):
        """Do nothing."""

    perform.__name__ = name
    scenario(**settings)(perform)
    return named(name)


def test_a_scenario_spares_what_it_does_not_reach():
    """Without a word it reaches nothing."""
    assert declared("plain").spares
    assert not declared("wrong_use", reach="session").spares
    assert not declared("theft", reach="user").spares


def test_suites_of_before_are_understood():
    """`ends_session=True` reaches as far as there is to reach."""
    assert declared("old", ends_session=True).reach == "user"


def test_an_unknown_reach_is_refused():
    """The message names the scenario and what there is."""
    with pytest.raises(
        ValueError, match=r"scenario far of .*: expected reach to be one of nothing, session, user, not"
    ):
        declared("far", reach="everybody")


def test_an_unknown_feature_is_refused():
    """A need that nobody can meet is a mistake of the suite."""
    with pytest.raises(ValueError, match="needs telepathy, which is none of the features"):
        declared("needy", needs="telepathy")


def test_what_reaches_less_far_is_not_tried_out():
    """Others outlive it anyway."""
    with pytest.raises(ValueError, match="tried_out is said of what reaches every token of its user"):
        declared("near", reach="session", tried_out=True)
