"""A check that is tied to several requirements says which of them is violated."""

import pytest

from token_conformance.judging.judgement import judgement_of
from token_conformance.judging.requirement import Requirement
from token_conformance.judging.violation import violating
from token_conformance.profile.models import Deviation, Expectation
from token_conformance.verdict import Inconclusive, Verdict


def stated(id_, source="RFC 6749", level="MUST"):
    return Requirement(id_, source, "1", level, "title", "protects", "mend")


OURS = stated("ours", "token-conformance")
BEST_PRACTICE = stated("bcp", "RFC 9700")
ADVICE = stated("advice", level="SHOULD")


def failed(message="it failed"):
    return AssertionError(message)


def judged(problem, *requirements, profile):
    return judgement_of(problem, requirements, profile, [], fact="It holds.")


@pytest.mark.parametrize(
    ("requirements", "verdict", "violated"),
    [
        ((OURS, BEST_PRACTICE), Verdict.FAIL, "ours"),
        ((BEST_PRACTICE, OURS), Verdict.FAIL, "ours"),
        ((ADVICE, OURS), Verdict.FAIL, "ours"),
        ((BEST_PRACTICE, ADVICE), Verdict.WARNING, "bcp"),
        ((), Verdict.FAIL, None),
    ],
)
def test_the_violated_one_is_the_first_that_decides(make_profile, requirements, verdict, violated):
    """A profile that claims OAuth 2.0 alone is not red for the best current practice, though the check is tied to it."""
    found = judged(failed(), *requirements, profile=make_profile())
    assert (found.verdict, found.violated) == (verdict, violated)


def test_the_assertion_may_tell(make_profile):
    """What it tells decides the level as well."""
    with pytest.raises(AssertionError) as caught, violating("advice"):
        raise failed("in the query\nassert False")
    found = judged(caught.value, OURS, ADVICE, profile=make_profile())
    assert (found.verdict, found.violated) == (Verdict.WARNING, "advice")
    assert found.message == "in the query (RFC 6749 §1)"


def test_what_is_told_of_a_stranger_is_a_defect(make_profile):
    """A check cannot violate what it is not tied to."""
    with pytest.raises(AssertionError) as caught, violating("other"):
        raise failed()
    assert judged(caught.value, OURS, profile=make_profile()).verdict is Verdict.ERROR


def test_other_exceptions_pass_through():
    """What is not judged stays so."""
    with pytest.raises(Inconclusive), violating("ours"):
        raise Inconclusive("no answer")


def test_a_deviation_tells_its_requirement(make_profile):
    """The documented one is what the verdict is about."""
    deviation = Deviation(requirement="advice", expect=Expectation(message="failed"), because="so it is")
    profile = make_profile().model_copy(update={"deviations": [deviation]})
    found = judged(failed(), OURS, ADVICE, profile=profile)
    assert (found.verdict, found.violated) == (Verdict.DEVIATION, "advice")


def test_a_deviation_of_what_the_check_is_tied_to_is_enough(make_profile):
    """It says exactly what is to be seen, whichever of the requirements the assertion is about."""
    deviation = Deviation(requirement="advice", expect=Expectation(message="failed"), because="so it is")
    profile = make_profile().model_copy(update={"deviations": [deviation]})
    with pytest.raises(AssertionError) as caught, violating("ours"):
        raise failed()
    found = judged(caught.value, OURS, ADVICE, profile=profile)
    assert (found.verdict, found.violated) == (Verdict.DEVIATION, "advice")


def test_nothing_is_violated_that_holds(make_profile):
    """A pass and a verdict that is none name no requirement."""
    assert judged(None, OURS, profile=make_profile()).violated is None
    assert judged(Inconclusive("no"), OURS, profile=make_profile()).violated is None
