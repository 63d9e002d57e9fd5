"""What an answer violates depends on the row that changed the request, and on nothing that a server may rightly do."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.exploring.requests.test_mutation import DRAFTS
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.requests.judging import disagreements
from token_conformance.exploring.requests.mutation import Grant, Mutation, One, mutated
from token_conformance.exploring.requests.of_parameters import MARKUP
from token_conformance.exploring.requests.table import rows
from token_conformance.wire.exchange import Exchange, Response

JSON = "application/json"
TOKENS = (200, {"access_token": "a", "token_type": "Bearer"}, JSON)
REFUSAL = (400, {"error": "invalid_request"}, JSON)
PAGE = (400, "<h1>Bad Request</h1>", "text/html")


def judged(names, answer):
    """The requirements that an answer to a request with the first way of these changes violates."""
    status, body, kind = answer
    ones = tuple(One(rows()[name].number, 0) for name in names.split())
    changed = mutated(DRAFTS[0], Mutation(Grant.REFRESH_TOKEN, ones))
    assert len(changed.rows) == len(ones)
    written = (body if isinstance(body, str) else json.dumps(body)).encode()
    request = changed.draft.written("https://op.example/token")
    answered = Response(status, (("Content-Type", kind),), written)
    response = TokenResponse(Exchange("x", 1, request, answered, datetime(2026, 1, 1, tzinfo=UTC)))
    return {each.requirement for each in disagreements(changed, response, "it")}


@pytest.mark.parametrize(
    ("names", "answer", "violated"),
    [
        ("doubled", TOKENS, {"rfc6749-3.2-duplicate"}),
        ("doubled", REFUSAL, set()),
        ("order doubled", TOKENS, {"rfc6749-3.2-duplicate"}),
        ("doubled long-value", TOKENS, {"rfc6749-3.2-duplicate"}),
        ("doubled unauthenticated", TOKENS, {"rfc6749-3.2-duplicate", "rfc6749-3.2.1-empty-secret"}),
        ("order", TOKENS, set()),
        ("order", REFUSAL, {"rfc6749-3.2-order-free"}),
        ("order long-value", REFUSAL, set()),
        ("client-id-beside", REFUSAL, set()),
        ("client-id-beside", TOKENS, set()),
        ("unknown-parameter", (400, {"error": "invalid_grant"}, JSON), {"rfc6749-3.2-unknown-ignored"}),
        ("unknown-parameter", (400, {"error": "slow_down"}, JSON), set()),
        ("unknown-parameter", (403, "<h1>Blocked</h1>", "text/html"), set()),
        ("unknown-parameter", (429, {"error": "invalid_request"}, JSON), set()),
        ("charset-utf-8", (415, "", "text/plain"), {"rfc6749-3.2-form"}),
        ("markup", (403, "<h1>Blocked</h1>", "text/html"), set()),
        ("markup", (400, {"error": "invalid_request", "error_description": MARKUP}, JSON), set()),
        ("markup", (400, f"<p>{MARKUP}</p>", "text/html"), {"endpoint-no-reflected-markup", "rfc6749-5.2-json-error"}),
        ("markup", (400, "<p>&lt;x-token-conformance&gt;</p>", "text/html"), {"rfc6749-5.2-json-error"}),
        ("markup", (400, json.dumps({"error": MARKUP}), "text/plain"), {"rfc6749-5.2-content-type"}),
        ("long-value", (413, "", "text/html"), set()),
        ("long-value", (400, "", "text/html"), set()),
        ("long-value", (500, "", "text/html"), {"endpoint-oversized"}),
        ("long-value", (503, "", "text/html"), set()),
        ("method", (405, "", "text/html"), set()),
        ("method", (501, "", "text/html"), set()),
        ("method", (500, "", "text/html"), {"endpoint-no-server-error"}),
        ("method", (302, "", "text/html"), {"endpoint-no-redirect"}),
        ("json", (415, "", "text/html"), set()),
        ("json", (400, "", "text/html"), set()),
        ("json", TOKENS, {"rfc6749-3.2-form"}),
        ("long-header", (431, "", "text/html"), set()),
        ("doubled", PAGE, {"rfc6749-5.2-json-error"}),
        ("doubled", (400, {"error": "invalid_request"}, "text/plain"), {"rfc6749-5.2-content-type"}),
        ("doubled", (200, {"error": "invalid_request"}, JSON), {"rfc6749-5.2-status-400"}),
        ("doubled", (401, {"error": "invalid_client"}, JSON), set()),
        ("doubled", (500, {"error": "invalid_request"}, JSON), set()),
        (
            "doubled",
            (400, {"error": "invalid_request", "error_description": 'twice "x"'}, JSON),
            {"rfc6749-5.2-description-charset"},
        ),
    ],
)
def test_answers_are_judged_by_the_table(names, answer, violated):
    assert judged(names, answer) == violated


def test_no_answer_is_no_finding():
    """Whoever ends the connection at a request of 150 kB has said nothing that could be wrong."""
    changed = mutated(DRAFTS[0], Mutation(Grant.REFRESH_TOKEN, (One(rows()["doubled"].number, 0),)))
    request = changed.draft.written("https://op.example/token")
    silent = Exchange("x", 1, request, None, datetime(2026, 1, 1, tzinfo=UTC), failure="no answer within 10 s")
    assert [*disagreements(changed, TokenResponse(silent), "it")] == []
