"""What counts as a refusal of the token endpoint, and what is said in its place."""

from dataclasses import replace

import pytest

from token_conformance.evidence.answers import Evidence
from token_conformance.verdict import Inconclusive

TOKEN_ENDPOINT = "https://op.example/token"


@pytest.fixture
def refusals(make_exchange):
    """The refusals in a run with one answer."""
    return lambda *answer, **more: Evidence((make_exchange(*answer, **more),), TOKEN_ENDPOINT).refusals


@pytest.mark.parametrize("body", ["", '{"error": "too_many_requests"}', '{"error": "rate limit exceeded"}'])
def test_a_rate_limit_in_its_own_words_is_no_refusal(refusals, body):
    """It speaks of the pace of a client, and RFC 6749 §5.2 does not say how."""
    with pytest.raises(Inconclusive, match="no token request of this run was refused"):
        refusals(body, status=429)


@pytest.mark.parametrize(("status", "error"), [(429, "slow_down"), (429, "invalid_grant"), (400, "too_many_requests")])
def test_a_code_of_oauth_or_a_status_of_its_own_is_one(refusals, status, error):
    """Who names one of the registered codes speaks OAuth, with whatever status; 400 is the token endpoint's own."""
    (refusal,) = refusals(f'{{"error": "{error}"}}', status=status)
    assert (refusal.status, refusal.error) == (status, error)


@pytest.mark.parametrize(("form", "counts"), [("token=a-token", 0), ("grant_type=refresh_token&token=a-token", 1)])
def test_what_asks_about_a_token_at_the_same_address_is_no_token_request(make_exchange, form, counts):
    """Revocation and introspection may share the address of the token endpoint, and answer in their own way."""
    asked = make_exchange()
    exchange = replace(asked, request=replace(asked.request, body=form.encode()))
    assert len(Evidence((exchange,), TOKEN_ENDPOINT).token_responses) == counts
