"""A refusal counts only beside its control."""

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import refusal
from token_conformance.verdict import Inconclusive


@pytest.fixture
def accepted(make_exchange):
    return TokenResponse(make_exchange('{"access_token": "a"}'))


@pytest.fixture
def refused(make_exchange):
    return TokenResponse(make_exchange('{"error": "invalid_grant"}', status=400))


def test_a_refusal_beside_an_accepted_control_can_be_judged(accepted, refused):
    """The attempt is given back for judging."""
    assert refusal(refused, control=accepted) is refused


def test_an_acceptance_beside_an_accepted_control_can_be_judged(accepted):
    """What should have been refused is given back too, so that the check fails."""
    assert refusal(accepted, control=accepted) is accepted


def test_a_refusal_beside_a_refused_control_is_inconclusive(refused):
    """Where everything is refused nothing is learned."""
    with pytest.raises(Inconclusive, match="the control was not accepted: 400 invalid_grant"):
        refusal(refused, control=refused)


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_an_answer_of_another_family_is_inconclusive(make_exchange, accepted, status):
    """A rate limit, a failure or another server's page is no refusal."""
    with pytest.raises(Inconclusive, match=f"neither accepted nor refused: {status}"):
        refusal(TokenResponse(make_exchange("", status=status)), control=accepted)
