"""What was handed over stands whatever comes later; what somebody else may have caused has to come again."""

import pytest

from token_conformance.judging.judgement import Judgement
from token_conformance.judging.refusal import Comparison
from token_conformance.judging.repetition import Sight, handed_over, told, told_alone
from token_conformance.verdict import Verdict

GRANTED = '{"access_token": "a-token", "token_type": "Bearer"}'
REFUSED = '{"error": "invalid_grant"}'
RED = Judgement(Verdict.FAIL, "it is wrong", "an-id")
PASSED = Sight(Judgement(Verdict.PASS))


@pytest.fixture
def granted(make_exchange):
    return make_exchange(GRANTED, number=1)


@pytest.fixture
def refused(make_exchange):
    return make_exchange(REFUSED, status=400, number=2)


@pytest.mark.parametrize(
    ("body", "more", "given"),
    [
        (GRANTED, {}, True),
        ('{"sub": "alice"}', {}, True),
        ('{"active": true}', {}, True),
        ('{"active": false}', {}, False),
        (REFUSED, {"status": 400}, False),
        (REFUSED, {"status": 200}, False),
        ("", {"status": 401}, False),
        ("", {"status": 503}, False),
        ("", {"answer": None, "failure": "no answer within 10 s"}, False),
        ("", {"status": 302, "headers": [("Location", "https://app.example/?code=x&state=y")]}, True),
        ("", {"status": 302, "headers": [("Location", "https://app.example/#error=login_required")]}, False),
        ("", {"status": 302, "headers": [("Location", "https://[app/?code=x")]}, True),
    ],
)
def test_what_is_handed_over(make_exchange, body, more, given):
    """Tokens, codes, claims and the word that a token is active; never a refusal, whatever its status, nor an outage."""
    assert handed_over(make_exchange(body, **more)) == given


def test_what_comes_again_is_told(granted, refused):
    """Seen twice, whatever it rests on."""
    for exchange in (granted, refused):
        found = told(Sight(RED, (exchange,)), Sight(Judgement(Verdict.WARNING, "it is wrong again")))
        assert (found.judgement, found.seen, found.exchanges) == (RED, (2, 2), (exchange,))


def test_what_was_handed_over_once_stands(granted):
    """It is a finding, seen once of two times."""
    found = told(Sight(RED, (granted,)), PASSED)
    assert (found.judgement.verdict, found.judgement.message) == (Verdict.FAIL, "it is wrong (seen 1 of 2)")
    assert (found.seen, found.judgement.violated) == ((1, 2), "an-id")


def test_a_refusal_that_goes_away_is_inconclusive(refused, granted):
    """It says what came instead, and both exchanges are there."""
    again = Sight(Judgement(Verdict.NOT_APPLICABLE, "the provider does not rotate"), (granted,))
    found = told(Sight(RED, (refused,)), again)
    assert found.judgement == Judgement(
        Verdict.INCONCLUSIVE,
        "not repeatable: it is wrong; alone, with a new login: the provider does not rotate",
    )
    assert (found.seen, found.exchanges) == ((1, 2), (refused, granted))


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_what_could_not_be_seen_again_stands_and_says_so(refused, verdict):
    """An outage the second time is no reason to take anything back."""
    found = told(Sight(RED, (refused,)), Sight(Judgement(verdict, "no answer")))
    assert (found.judgement, found.seen, found.unrepeated) == (RED, (1, 1), "no answer")


def test_what_nobody_tried_again_is_as_it_was(refused):
    """A recording is what it is, and so is a run that was told not to repeat."""
    found = told(Sight(RED, (refused,)), "")
    assert (found.judgement, found.seen) == (RED, (1, 1))


def test_the_exchange_that_a_message_names_decides(granted, refused):
    """Others, which the check looked at too, do not."""
    named = Judgement(Verdict.FAIL, f"expected this; seen: that to {refused}")
    assert told(Sight(named, (granted, refused)), PASSED).judgement.verdict is Verdict.INCONCLUSIVE
    named = Judgement(Verdict.FAIL, f"expected this; seen: that to {granted}")
    assert told(Sight(named, (granted, refused)), PASSED).judgement.verdict is Verdict.FAIL


def test_the_attempt_beside_a_control_decides(granted, refused):
    """The control, which was accepted, says nothing of the attempt."""
    compared = (Comparison(refused, granted),)
    assert told(Sight(RED, (refused, granted), compared), PASSED).judgement.verdict is Verdict.INCONCLUSIVE


def test_a_second_winner_stands(make_exchange):
    """In a race no exchange is named: one that won only in the first run decides."""
    won, lost = make_exchange(GRANTED), make_exchange(REFUSED, status=400)
    again = Sight(Judgement(Verdict.PASS), (lost, won, lost))
    assert told(Sight(RED, (won, won, lost)), again).judgement.verdict is Verdict.FAIL


def test_who_was_refused_only_the_first_time_may_have_had_a_neighbour(make_exchange):
    """Nothing was handed over that was not handed over later."""
    won, lost = make_exchange(GRANTED), make_exchange(REFUSED, status=400)
    again = Sight(Judgement(Verdict.PASS), (won, won))
    assert told(Sight(RED, (won, lost)), again).judgement.verdict is Verdict.INCONCLUSIVE
    assert told(Sight(RED, (lost, won)), again).judgement.verdict is Verdict.INCONCLUSIVE


def test_a_red_without_exchanges_has_to_come_again():
    """Nobody knows what it rests on."""
    assert told(Sight(RED), PASSED).judgement.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION])
def test_a_disturbed_scenario_proves_nothing(refused, verdict):
    """What was not seen alone is inconclusive, a pass like a red one, and says why."""
    first = Sight(Judgement(verdict, "something"), (refused,))
    found = told_alone(first, "there are no logins left")
    assert found.judgement.verdict is Verdict.INCONCLUSIVE
    assert found.judgement.message.endswith("could not run once more, alone: there are no logins left")


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.INCONCLUSIVE, Verdict.WARNING])
def test_what_a_disturbed_scenario_shows_alone_is_told(refused, granted, verdict):
    """Whatever the run had shown before, unless it had handed something over."""
    alone = Sight(Judgement(verdict, "alone"), (granted,))
    for first in (PASSED, Sight(RED, (refused,))):
        found = told_alone(first, alone)
        assert found.judgement.verdict is (Verdict.FAIL if first.red and alone.red else verdict)


def test_what_was_handed_over_stands_beside_neighbours(granted):
    """Nobody beside it has caused that."""
    first = Sight(Judgement(Verdict.FAIL, f"{granted} hands over"), (granted,))
    for again in (PASSED, "there are no logins left"):
        assert told_alone(first, again).judgement.verdict is Verdict.FAIL


def test_what_judged_nothing_stays_so(refused):
    """Where a disturbed scenario did not run again, a reason for not judging is told as it was."""
    first = Sight(Judgement(Verdict.NOT_APPLICABLE, "there is no resource"), (refused,))
    assert told_alone(first, "").judgement is first.judgement
