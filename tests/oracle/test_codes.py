"""What a code is good for, and for whom (RFC 6749 §4.1)."""

from __future__ import annotations

import pytest

from tests.oracle.histories import INVALID_GRANT, ME, OTHER, History, no_answer, tokens
from token_conformance.oracle.events import Authorization, CodeGiven, Granted, Proof, Refused
from token_conformance.oracle.judgements import Ruling

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_a_code_works_once():
    """Its second use is forbidden, and its refusal allowed."""
    history = History()
    code = history.authorize("A")
    history.exchange(code, tokens("A", 0))
    history.exchange(code, INVALID_GRANT)
    assert history.ruling is Ruling.ALLOWED
    history.exchange(code, tokens("A", 1))
    assert history.violated == "rfc6749-10.5-code-single-use"


def test_a_good_code_must_work():
    """Nothing explains the refusal of a fresh code that its client presents rightly."""
    history = History()
    history.exchange(history.authorize("A"), INVALID_GRANT)
    assert history.violated == "rfc6749-4.1.3-exchange-succeeds"


@pytest.mark.parametrize(
    "wrong",
    [
        {"asker": OTHER},
        {"asker": ME.__class__("app", Proof.WRONG)},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": None},
        {"verifier": VERIFIER},
        {"peculiar": "a parameter stands in it twice"},
    ],
    ids=str,
)
def test_a_wrong_exchange_may_be_refused(wrong):
    """Whatever is wrong with it explains the refusal."""
    history = History()
    history.exchange(history.authorize("A"), INVALID_GRANT, **wrong)
    assert history.forbidden == []


@pytest.mark.parametrize(
    ("wrong", "requirement"),
    [
        ({"asker": OTHER}, "rfc6749-4.1.3-code-bound-to-client"),
        ({"asker": ME.__class__("app", Proof.WRONG)}, "rfc6749-4.1.3-client-authentication-required"),
        ({"redirect_uri": "https://elsewhere.example/"}, "rfc6749-4.1.3-redirect-uri"),
        ({"verifier": VERIFIER}, "rfc9700-2.1.1-pkce-downgrade"),
    ],
    ids=str,
)
def test_a_wrong_exchange_must_not_be_served(wrong, requirement):
    """Each part of the request is bound to the code."""
    history = History()
    history.exchange(history.authorize("A"), tokens("A", 0), **wrong)
    assert history.forbidden == [(requirement, "story/2")]


@pytest.mark.parametrize(
    ("verifier", "violated"),
    [(VERIFIER, None), ("x" * 43, "rfc7636-4.6-verifier"), (None, "rfc9700-2.1.1-verifier-required")],
)
def test_a_challenge_wants_its_verifier(verifier, violated):
    """The example of RFC 7636, appendix B."""
    history = History()
    asked = Authorization("app", "s", "https://app.example/callback", challenge=CHALLENGE, method="S256")
    history.note(asked, CodeGiven("code", "s"))
    history.exchange("code", tokens("A", 0), verifier=verifier)
    assert history.violated == violated


def test_a_code_does_not_live_for_ever():
    """After ten minutes it is dead; refused after five, nobody can tell."""
    history = History()
    late, later = history.authorize("A"), history.authorize("B")
    history.wait(300)
    history.exchange(late, INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE
    history.wait(400)
    history.exchange(later, tokens("B", 0))
    assert history.violated == "rfc6749-expiry-code"


def test_a_code_that_nobody_handed_over():
    """What resembles a code that was handed over is told apart from what is made up; elsewhere it may come from."""
    history = History()
    history.authorize("the first session")
    history.exchange("CODE OF THE FIRST SESSION", tokens("A", 0))
    assert history.violated == "rfc6749-1.9-case-sensitive"
    history.exchange("made up", tokens("B", 0))
    assert history.violated == "rfc6749-4.1.3-unknown-code"
    open_world = History(closed=False)
    open_world.exchange("made up", tokens("B", 0))
    assert open_world.violated is None


def test_a_replay_ends_the_session():
    """The refresh token of a replayed code must not work any more."""
    history = History()
    token = history.login("A")
    history.exchange("code of A", INVALID_GRANT)
    history.refresh(token, INVALID_GRANT)
    assert history.ruling is Ruling.ALLOWED
    history.refresh(token, tokens("A", 1))
    assert history.violated == "rfc6749-4.1.2-replay-revokes"


def test_a_wrong_replay_does_no_harm():
    """Who lacks what belongs to the code cannot end a session by it."""
    history = History()
    token = history.login("A")
    history.exchange("code of A", INVALID_GRANT, asker=OTHER)
    history.refresh(token, INVALID_GRANT)
    assert history.violated == "oauth2.1-7.5.2-invalid-replay-harmless"


def test_what_a_lost_answer_leaves_nobody_knows():
    """A code whose exchange got no answer may be used up or not."""
    history = History()
    code = history.authorize("A")
    history.exchange(code, no_answer())
    history.exchange(code, INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


def test_other_errors_are_no_decision_about_the_code():
    """A server that is overloaded has refused nothing."""
    history = History()
    history.exchange(history.authorize("A"), Refused("temporarily_unavailable", 400))
    assert history.ruling is Ruling.UNDECIDABLE


def test_first_id_tokens_hold_the_nonce():
    """An unreadable ID token is no finding of the oracle's."""
    history = History()
    history.exchange(history.authorize("A"), Granted(access_token="a", id_token="no JWT"))
    assert history.forbidden == []
