"""A refusal is held against the codes that fit, whatever else is wrong with it."""

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.findings import Findings
from token_conformance.judging.mistakes import judge_codes, mistaken, mistakes_in
from token_conformance.verdict import Inconclusive, NotApplicable


@pytest.fixture
def mistakes(make_exchange):
    """Mistakes that were answered so, which should be called invalid_grant."""
    accepted = TokenResponse(make_exchange('{"access_token": "a"}'))

    def mistakes(*answers, refused_by="single-use"):
        attempts = {f"mistake {n}": TokenResponse(make_exchange(*answer)) for n, answer in enumerate(answers)}
        return mistaken(accepted, attempts, "invalid_grant", "invalid_request", refused_by=refused_by)

    return mistakes


@pytest.fixture
def make_exchange(make_exchange):
    """An exchange with a body and a status."""
    return lambda body, status=200: make_exchange(body, status=status)


RIGHT = ('{"error": "invalid_grant"}', 400)
TOLERATED = ('{"error": "invalid_request"}', 401)
WRONG = ('{"error": "bad_grant"}', 400)
WORDLESS = ("Unauthorized", 401)
SERVED = ('{"access_token": "b"}', 200)


def test_codes_that_fit_pass(mistakes):
    """The best code and the tolerated ones are right, whatever their status."""
    judge_codes(mistakes(RIGHT, TOLERATED))


def test_each_other_code_is_a_finding(mistakes):
    """What was wrong, what came, and what should have come is told of each."""
    with pytest.raises(Findings) as raised:
        judge_codes(mistakes(RIGHT, WRONG, WRONG, WORDLESS))
    first, second = raised.value.findings
    assert first.message == "mistake 1 was answered by 400 bad_grant, not by invalid_grant or invalid_request"
    assert (second.requirement, second.also) == ("rfc6749-5.2-invalid-grant", "single-use")


def test_a_refusal_without_code_is_not_judged_by_its_code(mistakes):
    """Its form is judged elsewhere."""
    with pytest.raises(Inconclusive, match="refused without an error code"):
        judge_codes(mistakes(WORDLESS))
    judge_codes(mistakes(WORDLESS, RIGHT))


def test_what_was_handed_over_is_judged_where_it_is_tried(mistakes):
    """Only where no other check looks at the refusal itself is it a finding here."""
    with pytest.raises(NotApplicable, match="was not refused"):
        judge_codes(mistakes(SERVED))
    with pytest.raises(Findings, match="mistake 0 was answered by 200 with an access token"):
        judge_codes(mistakes(SERVED, refused_by=""))


class Transcript:
    def __init__(self, mistakes):
        self.mistakes = mistakes


def test_mistakes_are_gathered_from_what_there_is(mistakes):
    """Scenarios that do not concern the provider are left out, and those of several clients have several."""
    some = mistakes(RIGHT)
    outcomes = {"one": Transcript(some), "two": NotApplicable("no refresh"), "three": (Transcript(some),)}
    assert mistakes_in(outcomes, ("one", "two", "three", "four"), "invalid_grant") == [*some, *some]


@pytest.mark.parametrize(
    ("outcome", "problem"), [(NotApplicable("no refresh"), NotApplicable), (Inconclusive("no login"), Inconclusive)]
)
def test_without_any_mistake_nothing_is_judged(outcome, problem):
    """The reason of the scenario is that of the check."""
    with pytest.raises(problem):
        mistakes_in({"one": outcome}, ("one",), "invalid_grant")
