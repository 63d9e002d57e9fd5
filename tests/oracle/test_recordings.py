"""Of a recording made elsewhere nobody knows what is missing: what is not there decides nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.oracle.histories import INVALID_GRANT, SCOPE, History, tokens
from tests.oracle.test_recognition import BASIC, event_of, exchange
from token_conformance.oracle.events import (
    BY_A_BROWSER,
    Asker,
    Authorization,
    CodeGiven,
    Granted,
    NoDecision,
    Proof,
    Refused,
    TokenRequest,
)
from token_conformance.oracle.judgements import Ruling

HIDDEN = Asker(hidden=True)
REFRESH = {"grant_type": "refresh_token", "refresh_token": "r"}
TOKENS = b'{"access_token": "a", "token_type": "Bearer"}'


def recorded(**changes):
    """A history of which nobody knows whether it is whole."""
    return History(closed=False, whole=False, **changes)


def test_what_came_from_elsewhere_may_be_accepted():
    """The login may have been before the recording began."""
    history = recorded()
    history.exchange("a code of before", tokens("A", 0))
    assert history.ruling is Ruling.ALLOWED


def test_a_recording_with_gaps_explains_refusals():
    """The token may have been used where nobody was looking; in a history without gaps it has to work."""
    history = recorded()
    token = history.login("A")
    history.refresh(token, INVALID_GRANT)
    assert history.violated == "rfc6749-6-refresh-succeeds"
    history.refresh("a token of before", tokens("B", 0))
    assert history.forbidden == []


def test_a_client_that_was_left_out_may_be_any():
    """Sanitized recordings hold no Authorization: its absence is nobody's, and accuses nobody."""
    history = recorded()
    history.exchange(history.authorize("A"), tokens("A", 0), asker=HIDDEN)
    history.refresh("refresh A 0", tokens("A", 1), asker=HIDDEN)
    assert history.forbidden == []
    history.refresh("refresh A 0", tokens("A", 2), asker=HIDDEN)
    assert history.violated == "rfc9700-4.14.2-old-token-refused"


def test_a_refusal_without_authorization_proves_nothing():
    """The secret may have been wrong; and what it did to the session nobody knows."""
    history = recorded()
    token = history.login("A")
    history.refresh(token, INVALID_GRANT, asker=HIDDEN)
    assert history.ruling is Ruling.UNDECIDABLE


def test_a_replay_without_authorization_may_have_ended_the_session():
    """Or not, where the secret was wrong."""
    history = recorded()
    code = history.authorize("A")
    history.exchange(code, tokens("A", 0))
    history.exchange(code, INVALID_GRANT, asker=HIDDEN)
    history.refresh("refresh A 0", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


@pytest.mark.parametrize(("error", "ends"), [("invalid_grant", True), ("invalid_request", False)])
def test_reuse_from_a_page_ends_a_session(error, ends):
    """Where the token was looked at; a page may be refused for its origin, which ends nothing."""
    history = recorded()
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", Refused(error, 400), peculiar=BY_A_BROWSER)
    history.refresh("refresh A 1", tokens("A", 2))
    assert (history.violated == "rfc9700-4.14.2-reuse-revokes-family") is ends


def test_verifiers_that_fit_nothing_may_have_been_hashed():
    """One that fits its challenge shows that they were not."""
    history = recorded()
    asked = Authorization("app", "state of A", None, SCOPE, challenge="c" * 43, method="S256")
    history.note(asked, CodeGiven("code A", "state of A"))
    history.exchange("code A", tokens("A", 0), verifier="v" * 43, redirect_uri=None)
    assert history.forbidden == []
    fitting = replace(asked, state="state of B", challenge="7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM")
    history.note(fitting, CodeGiven("code B", "state of B"))
    history.exchange("code B", tokens("B", 0), verifier="v" * 43, redirect_uri=None)
    assert "rfc7636-4.6-verifier" in {requirement for requirement, _ in history.forbidden}


def test_what_was_masked_is_no_request():
    """It may have presented anything."""
    event = event_of(exchange("POST", "/token", REFRESH, [BASIC], undocumented=frozenset({"request"})))
    assert isinstance(event.asked, TokenRequest)
    assert (event.asked.credential, event.asked.asker.hidden) == (None, True)
    assert event.answered == NoDecision("the recording does not hold what was sent")


@pytest.mark.parametrize(
    ("form", "client_id", "proof", "hidden"),
    [
        ({}, None, Proof.UNKNOWN, True),
        ({"client_id": "app"}, "app", Proof.UNKNOWN, True),
        ({"client_id": "app", "client_secret": "s3cret"}, "app", Proof.RIGHT, False),
        ({"client_id": "app", "client_secret": "wr0ng"}, "app", Proof.WRONG, False),
    ],
)
def test_where_authorization_was_left_out_the_body_tells(form, client_id, proof, hidden):
    """As far as it does."""
    event = event_of(exchange("POST", "/token", REFRESH | form, undocumented=frozenset({"authorization"})))
    assert isinstance(event.asked, TokenRequest)
    asker = event.asked.asker
    assert (asker.client_id, asker.proof, asker.hidden) == (client_id, proof, hidden)


def test_a_body_that_was_not_recorded_tells_nothing():
    """Neither tokens nor an error."""
    lacking = exchange("POST", "/token", REFRESH, [BASIC], undocumented=frozenset({"body"}))
    assert event_of(lacking).answered == NoDecision("the recording does not hold the body")


@pytest.mark.parametrize(
    ("body", "answered"),
    [
        (TOKENS, Granted("a", token_type="bearer")),
        (b'{"error": "invalid_grant"}', NoDecision("the recording does not hold the status")),
    ],
)
def test_tokens_are_handed_over_whatever_the_status_was(body, answered):
    """Which was not recorded; what an error says is not known without it."""
    lacking = exchange("POST", "/token", REFRESH, [BASIC], (0, body, ()), undocumented=frozenset({"status"}))
    assert event_of(lacking).answered == answered
