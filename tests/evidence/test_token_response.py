"""An answer of the token endpoint is accepted, refused, or neither."""

import json
from urllib.parse import urlencode

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request

HTML = (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    ("status", "body", "accepted", "refused"),
    [
        (200, '{"access_token": "a"}', True, False),
        (201, '{"access_token": "a"}', True, False),
        (200, '{"access_token": ""}', False, False),
        (200, '{"access_token": null}', False, False),
        (200, "[]", False, False),
        (200, '{"error": "invalid_grant"}', False, True),
        (400, '{"error": "invalid_grant"}', False, True),
        (401, "", False, True),
        (403, '{"error": "invalid_grant"}', False, True),
        (403, "", False, True),
        (403, "<h1>blocked</h1>", False, False),
        (403, "Forbidden", False, True),
        (422, '{"error": "invalid_grant"}', False, True),
        (404, "", False, False),
        (429, '{"error": "slow_down"}', False, False),
        (400, '{"error": "temporarily_unavailable"}', False, False),
        (500, '{"error": "server_error"}', False, False),
        (500, '{"error": "invalid_grant"}', False, True),
        (500, '{"error": "bad_grant"}', False, False),
        (503, "", False, False),
    ],
)
def test_decision_of_the_token_endpoint(make_exchange, status, body, accepted, refused):
    """Only the token endpoint's own no is a refusal; rate limits, failures and other servers' pages are neither."""
    response = TokenResponse(make_exchange(body, status=status))
    assert (response.accepted, response.refused) == (accepted, refused)


@pytest.mark.parametrize(
    ("status", "body", "method", "failed"),
    [
        (500, "", "POST", True),
        (500, '{"error": "server_error"}', "POST", True),
        (500, '{"error": "invalid_request"}', "POST", False),
        (501, '{"error": "unsupported_grant_type"}', "POST", False),
        (503, "", "POST", False),
        (500, "", "HEAD", False),
        (400, "", "POST", False),
    ],
)
def test_who_names_a_mistake_has_not_failed(make_exchange, status, body, method, failed):
    """A 5xx is a server that came to grief, unless it tells what is wrong with the request."""
    asked = Request(method, "https://op.example/token")
    assert TokenResponse(make_exchange(status=status, body=body, request=asked)).failed is failed


def test_a_failure_that_comes_again_is_a_refusal(make_exchange):
    """The same 5xx twice to one request is the answer to it."""
    assert TokenResponse(make_exchange("", status=500, repeated=True)).refused
    assert not TokenResponse(make_exchange('{"error": "server_error"}', status=500, repeated=True)).refused


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "id_token"])
def test_any_token_is_handed_over(make_exchange, name):
    """What a refusal must not do is to hand over a token, of whatever kind; with an error status none counts."""
    body = json.dumps({name: "a"})
    assert TokenResponse(make_exchange(body)).handed_over
    assert not TokenResponse(make_exchange(body, status=400)).handed_over
    assert not TokenResponse(make_exchange("{}")).handed_over


@pytest.mark.parametrize(
    ("grant", "code", "waits"),
    [
        ("urn:ietf:params:oauth:grant-type:device_code", "authorization_pending", True),
        ("urn:ietf:params:oauth:grant-type:device_code", "slow_down", True),
        ("urn:ietf:params:oauth:grant-type:device_code", "invalid_grant", False),
        ("refresh_token", "slow_down", False),
    ],
)
def test_a_polling_client_waits(make_exchange, grant, code, waits):
    """A client that polls with a good code is told to wait, which is neither tokens nor a refusal."""
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    request = Request("POST", "https://op.example/token", form, urlencode({"grant_type": grant}).encode())
    response = TokenResponse(make_exchange(f'{{"error": "{code}"}}', status=400, request=request))
    assert response.waits == waits
    assert not (waits and response.refused)


@pytest.mark.parametrize("value", ["3600", True, 3600.5, None, [3600], {}])
def test_expires_in_is_a_number_without_fraction(make_exchange, value):
    """What is no JSON integer is no expires_in."""
    assert TokenResponse(make_exchange(json.dumps({"expires_in": value}))).expires_in is None


def test_scope_is_a_set_of_values(make_exchange):
    """Scope values are compared without order; an absent scope is None."""
    assert TokenResponse(make_exchange('{"scope": "b a"}')).scope == {"a", "b"}
    assert TokenResponse(make_exchange('{"scope": ["a"]}')).scope is None


def test_a_response_says_itself_in_few_words(make_exchange):
    """The words of a response are the status and the error code, never a token."""
    assert str(TokenResponse(make_exchange('{"access_token": "secret"}'))) == "200 with an access token"
    assert str(TokenResponse(make_exchange('{"error": "invalid_grant"}', status=400))) == "400 invalid_grant"
    assert str(TokenResponse(make_exchange("", status=401))) == "401 without an error code"


def refused(make_exchange, description):
    return str(TokenResponse(make_exchange(json.dumps({"error": "x", "error_description": description}), status=400)))


def test_the_server_s_own_words_are_shown(make_exchange):
    """They say what no code does; on one line, and with nothing that a terminal obeys."""
    assert refused(make_exchange, "Missing client_id") == '400 x "Missing client_id"'
    assert refused(make_exchange, "two\r\nlines \x1b[31m") == '400 x "two lines \\x1b[31m"'
    assert refused(make_exchange, ["a", "list"]) == "400 x"
    assert refused(make_exchange, " \n ") == "400 x"


def test_long_words_are_cut_between_words(make_exchange):
    """Half a token would be known to no redaction."""
    assert refused(make_exchange, "word " * 100) == f'400 x "{" ".join(["word"] * 40)}…"'
    assert refused(make_exchange, "no " + "s" * 300) == '400 x "no…"'
    assert refused(make_exchange, "s" * 300) == '400 x "…"'


@pytest.mark.parametrize(
    ("status", "body", "repeated", "decided"),
    [
        (400, '{"error": "invalid_grant"}', False, True),
        (401, "Unauthorized", False, True),
        (500, '{"error": "invalid_grant"}', False, True),
        (503, "", True, False),
        (503, "", False, False),
    ],
)
def test_a_failure_that_comes_again_is_no_decision(make_exchange, status, body, repeated, decided):
    """Beside an accepted control it is a refusal in the wrong form; by itself it may be an outage."""
    answer = TokenResponse(make_exchange(body, status=status, repeated=repeated))
    assert answer.decided == decided
    assert answer.refused == (decided or repeated)


def test_tokens_came_where_a_recorder_has_lost_the_status(make_exchange):
    """Firefox notes 0 for what came while the page was left: what reads the status is undecided, the tokens are there."""
    lost = TokenResponse(make_exchange('{"access_token": "at-1"}', status=0, undocumented=frozenset({"status"})))
    assert lost.accepted
    assert lost.handed_over
    with pytest.raises(Inconclusive):
        lost.exchange.status  # noqa: B018 - raises
    assert not TokenResponse(make_exchange('{"access_token": "at-1"}', status=0)).accepted
