"""What a server did where a check is red is read from exchanges, not from messages."""

from base64 import b64encode
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.habit import Did, differences, habit_of, what_was_done
from token_conformance.judging.refusal import compare, comparing, refusal
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request

TOKENS = '{"access_token": "a", "token_type": "Bearer"}'


def basic(client, secret):
    return ("Authorization", f"Basic {b64encode(f'{client}:{secret}'.encode()).decode()}")


def asked(exchange, parameters=None, *headers, method="POST", url="https://op.example/token"):
    form = ("Content-Type", "application/x-www-form-urlencoded")
    body = urlencode(parameters or {"grant_type": "x"}, doseq=True).encode()
    return replace(exchange, request=Request(method, url, (form, *headers), body))


@pytest.mark.parametrize(
    ("status", "body", "did"),
    [
        (200, TOKENS, Did.ACCEPTED),
        (200, "{}", Did.ACCEPTED),
        (302, "", Did.ACCEPTED),
        (200, '{"error": "invalid_grant"}', Did.WRONG_STATUS),
        (403, '{"error": "invalid_grant"}', Did.WRONG_STATUS),
        (401, '{"error": "invalid_grant"}', Did.WRONG_STATUS),
        (401, '{"error": "unauthorized_client"}', Did.WRONG_CODE),
        (400, '{"error": "invalid_request"}', Did.WRONG_CODE),
        (401, "Unauthorized", Did.WITHOUT_CODE),
        (400, '{"error": 7}', Did.WITHOUT_CODE),
        (500, '{"error": "invalid_grant"}', Did.SERVER_ERROR),
        (501, "", Did.SERVER_ERROR),
    ],
)
def test_an_answer_is_a_refusal_of_some_form_or_none(make_exchange, status, body, did):
    """Whether somebody was let in, and if not, what is wrong with the refusal."""
    assert what_was_done(make_exchange(body, status=status)) is did


def test_no_answer_is_nothing(make_exchange):
    """Where nothing came, nothing is blamed."""
    assert what_was_done(replace(make_exchange(), answer=None, failure="timeout")) is Did.NOTHING


@pytest.mark.parametrize(
    ("offence", "differs"),
    [
        ((None, basic("app", "wrong")), ["client_secret"]),
        ((None, basic("other", "right")), ["client_id"]),
        ((), ["authorization", "client_id", "client_secret"]),
        (({"grant_type": "x", "client_id": "app"}, basic("app", "right")), ["form.client_id"]),
        (({"grant_type": ["x", "x"]}, basic("app", "right")), ["grant_type"]),
        ((None, basic("app", "right")), []),
        ((None, basic("app", "r%69ght")), []),
        ((None, basic("app", "right"), ("DPoP", "proof")), ["dpop"]),
    ],
)
def test_requests_differ_in_what_oauth_calls_it(make_exchange, offence, differs):
    """The client's credentials are named, wherever they stand; a second use differs in nothing."""
    control = asked(make_exchange(), None, basic("app", "right"))
    found = list(differences(asked(make_exchange(), *offence), control))
    assert found == [f"request.{name}" for name in differs]


def test_method_query_and_body_count_too(make_exchange):
    """Whatever a request consists of is compared."""
    control = asked(make_exchange())
    changed = asked(make_exchange(), method="PUT", url="https://op.example/other?secret=x")
    assert list(differences(changed, control)) == ["request.method", "request.path", "request.query.secret"]
    other_type = replace(control, request=replace(control.request, headers=(("Content-Type", "text/plain"),)))
    assert list(differences(other_type, control)) == ["request.content_type", "request.body", "request.grant_type"]


def test_a_habit_is_what_was_compared_last(make_exchange):
    """The attempt for which a check failed, beside its control."""
    control = make_exchange(TOKENS, number=1)
    refused = make_exchange('{"error": "invalid_grant"}', status=400, number=2)
    let_in = make_exchange(TOKENS, number=3)
    with comparing() as compared:
        for attempt in (refused, let_in):
            refusal(TokenResponse(attempt), control=TokenResponse(control))
    habit = habit_of([control, refused, let_in], compared)
    assert (habit.did, habit.offence, habit.control) == (Did.ACCEPTED, "example/3", "example/1")
    assert (habit.at, habit.came, habit.endpoint) == ("response.status", 200, "/token")


def test_without_a_control_it_is_what_was_seen_last(make_exchange):
    """A check that looks at one answer rests on that."""
    habit = habit_of([make_exchange(), make_exchange('{"error": "x"}', status=400, number=2)])
    assert (habit.offence, habit.control, habit.at, habit.came) == ("example/2", None, "response.error", "x")
    assert habit_of([]) is None


def test_what_is_compared_outside_of_checks_is_not_kept(make_exchange):
    """Nothing is remembered where nobody asks."""
    answer = TokenResponse(make_exchange(TOKENS))
    refusal(answer, control=answer)
    with comparing() as compared:
        pass
    assert compared == []


@pytest.mark.parametrize(
    ("grant_type", "stopped_by"), [("refresh_token", "rfc6749-6-refresh-succeeds"), ("urn:example:other", None)]
)
def test_a_refused_control_says_what_stands_in_the_way(make_exchange, grant_type, stopped_by):
    """A right request that is refused violates a requirement of its own."""
    control = asked(make_exchange('{"error": "invalid_grant"}', status=400), {"grant_type": grant_type})
    with pytest.raises(Inconclusive) as caught:
        refusal(TokenResponse(make_exchange(TOKENS)), control=TokenResponse(control))
    assert caught.value.stopped_by == stopped_by


def test_the_offence_that_a_check_tells_counts(make_exchange):
    """Of many answers the one that is told, beside its own control, and not what was looked at last."""
    control, wrong, other = (asked(make_exchange(), {"grant_type": name}) for name in "abc")
    with comparing() as compared:
        compare(wrong, control)
        compare(other, control)
    habit = habit_of([control, wrong, other], compared, wrong)
    assert (habit.offence, habit.control) == (wrong.id, control.id)
    assert habit_of([wrong, other], (), wrong).control is None
