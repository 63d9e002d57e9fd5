"""A deviation excuses exactly what it documents."""

import pytest

from token_conformance.judging.deviation import documented, matches
from token_conformance.profile.models import Deviation, Expectation


@pytest.mark.parametrize(
    ("expect", "status", "body", "matched"),
    [
        ({"status": 401}, 401, "", True),
        ({"status": 401}, 403, "", False),
        ({"status": 400, "error": "unauthorized_client"}, 400, '{"error": "unauthorized_client"}', True),
        ({"status": 400, "error": "unauthorized_client"}, 400, '{"error": "invalid_client"}', False),
        ({"status": 200}, 200, '{"access_token": "a"}', False),
        ({"accepted": True}, 200, '{"access_token": "a"}', True),
        ({"accepted": True}, 400, '{"error": "invalid_grant"}', False),
        ({"absent": ["token_type"]}, 200, '{"access_token": "a"}', True),
        ({"absent": ["token_type"]}, 200, '{"access_token": "a", "token_type": "mac"}', False),
        ({"members": {"token_type": "bot"}}, 200, '{"access_token": "a", "token_type": "bot"}', True),
        ({"message": "in the query"}, 200, "", True),
        ({"message": "in the fragment"}, 200, "", False),
    ],
)
def test_everything_named_must_be_seen(make_exchange, expect, status, body, matched):
    """A deviation matches the answer that it describes, and an unexpected acceptance only where it says so."""
    seen = make_exchange(body, status=status)
    assert matches(Expectation.model_validate(expect), seen, "the answer came in the query") is matched


def test_a_deviation_of_another_requirement_excuses_nothing(make_exchange):
    """A deviation holds for its own requirement."""
    deviation = Deviation(requirement="a", expect=Expectation(status=401), because="documented")
    seen = make_exchange(status=401)
    assert documented([deviation], ["a", "b"], seen, "") is deviation
    assert documented([deviation], ["b"], seen, "") is None


def test_without_an_answer_only_a_message_matches():
    """Where no exchange was read, an expectation of an answer is not met."""
    assert not matches(Expectation(status=401), None, "anything")
    assert matches(Expectation(message="any"), None, "anything")
