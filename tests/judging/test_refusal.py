"""A refusal counts only beside its control, and tells one thing: whether something was handed over."""

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import comparing, decision, refusal, stranger
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request

PLAIN = (("Content-Type", "text/plain"),)


@pytest.fixture
def accepted(make_exchange):
    return TokenResponse(make_exchange('{"access_token": "a"}'))


@pytest.fixture
def refused(make_exchange):
    return TokenResponse(make_exchange('{"error": "invalid_grant"}', status=400))


@pytest.fixture
def answered(make_exchange):
    """An answer of the token endpoint."""
    return lambda *arguments, **more: TokenResponse(make_exchange(*arguments, **more))


def test_a_refusal_beside_an_accepted_control_can_be_judged(accepted, refused):
    """The attempt is given back for judging."""
    assert refusal(refused, control=accepted) is refused


def test_an_acceptance_beside_an_accepted_control_can_be_judged(accepted):
    """What should have been refused is given back too, so that the check fails."""
    assert refusal(accepted, control=accepted).handed_over


def test_a_refusal_beside_a_refused_control_is_inconclusive(refused):
    """Where everything is refused nothing is learned."""
    with pytest.raises(Inconclusive, match="the control was not accepted: 400 invalid_grant"):
        refusal(refused, control=refused)


def test_yes_and_no_are_decisions(accepted, refused, answered):
    """And so is an answer that was meant to be a yes, and holds no token, or that leads elsewhere."""
    for answer in (accepted, refused, answered("{}"), answered("", status=302)):
        assert decision(answer) is answer


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_is_neither_yes_nor_no_is_no_decision(answered, status):
    """A rate limit is no refusal of a right request, nor is a failure that may be over in a second."""
    with pytest.raises(Inconclusive, match=f"neither accepted nor refused: {status}"):
        decision(answered("", status=status))


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_an_answer_of_another_family_is_inconclusive(answered, accepted, status):
    """A rate limit, a failure or another server's page is no refusal."""
    with pytest.raises(Inconclusive, match=f"neither accepted nor refused: {status}"):
        refusal(answered("", status=status), control=accepted)


def test_a_poll_that_was_too_soon_says_nothing(answered, accepted):
    """Who is told to slow down may yet be told anything."""
    form, grant = ("Content-Type", "application/x-www-form-urlencoded"), "urn:ietf:params:oauth:grant-type:device_code"
    polled = Request("POST", "https://op.example/token", (form,), f"grant_type={grant}".encode())
    slow, pending = (
        answered(f'{{"error": "{code}"}}', status=400, request=polled)
        for code in ("slow_down", "authorization_pending")
    )
    with pytest.raises(Inconclusive, match="neither accepted nor refused: 400 slow_down"):
        refusal(slow, control=accepted)
    assert refusal(pending, control=accepted).waits


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("Unauthorized", {"status": 401, "headers": PLAIN}),
        ("Forbidden", {"status": 403, "headers": PLAIN}),
        ("", {"status": 400}),
        ('{"error": "bad_grant"}', {"status": 422}),
        ('{"error": "invalid_grant"}', {"status": 500}),
        ("<h1>500</h1>", {"status": 500, "repeated": True}),
    ],
)
def test_a_refusal_in_the_wrong_form_is_one(answered, accepted, body, how):
    """Nothing was handed over: how that was said is for other checks."""
    assert not refusal(answered(body, **how), control=accepted).handed_over


@pytest.mark.parametrize("code", ["server_error", "temporarily_unavailable", "slow_down"])
@pytest.mark.parametrize("how", [{"status": 400}, {"status": 500}, {"status": 500, "repeated": True}])
def test_a_code_that_tells_nothing_proves_nothing(answered, accepted, code, how):
    """A server that came to no decision has not refused."""
    with pytest.raises(Inconclusive, match="neither accepted nor refused"):
        refusal(answered(f'{{"error": "{code}"}}', **how), control=accepted)


def test_a_control_that_is_refused_afterwards_takes_a_refusal_back(accepted, refused):
    """What the attempts have used up refuses them as well; what was handed over was handed over."""
    with pytest.raises(Inconclusive, match="the control was accepted before and not after"):
        refusal(refused, control=accepted, afterwards=refused)
    assert refusal(accepted, control=accepted, afterwards=refused).handed_over


def test_a_stranger_that_is_let_in_is_refused_for_the_grant(answered, accepted, refused):
    """It could have succeeded, as its own request shows, or else the refusal says that the grant is not good."""
    wordless = answered("", status=401)
    assert stranger(refused, control=accepted, let_in=None) is refused
    assert stranger(wordless, control=accepted, let_in=accepted) is wordless
    assert stranger(accepted, control=accepted, let_in=None).handed_over


@pytest.mark.parametrize("code", ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_request"])
def test_a_stranger_that_is_not_let_in_proves_nothing(answered, accepted, code):
    """A client that is refused whatever it presents says nothing of the grant."""
    with pytest.raises(Inconclusive, match="nothing shows that the other client would be let in"):
        stranger(answered(f'{{"error": "{code}"}}', status=400), control=accepted, let_in=None)


def test_what_is_compared_is_known(accepted, refused):
    """A test can ask in what a request differs from its control."""
    with comparing() as compared:
        refusal(refused, control=accepted, differs=("code",))
    (one,) = compared
    assert (one.attempt, one.control, one.differs) == (refused.exchange, accepted.exchange, ("code",))
