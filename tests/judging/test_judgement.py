"""Several violations of one check are each held against their own requirement, and the worst gives the verdict."""

import pytest

from token_conformance.judging.findings import Finding, Findings
from token_conformance.judging.judgement import verdict_of
from token_conformance.judging.requirement import Requirement
from token_conformance.verdict import Verdict


def stated(id_, level):
    return Requirement(id_, "RFC 6749", "5.2", level, "a title", "", "")


MUST, SHOULD = stated("must", "MUST"), stated("should", "SHOULD")


@pytest.fixture
def judged(make_profile, make_exchange):
    """The verdict on findings by requirement and message, with some deviations of the profile."""

    def judged(*findings, deviations=(), status=400):
        exchange = make_exchange('{"error": "bad_grant"}', status=status)
        found = [Finding(message, exchange, *requirements) for message, *requirements in findings]
        profile = make_profile(deviations=[{"because": "documented", **each} for each in deviations])
        return verdict_of(Findings(found), (MUST, SHOULD), profile, [], fact="It holds.")

    return judged


def test_a_violation_counts_by_its_own_requirement(judged):
    """A check of a MUST and a SHOULD warns where the SHOULD alone is violated."""
    assert judged(("a", "should")) == (Verdict.WARNING, "a (RFC 6749 §5.2)")
    assert judged(("a", "must"))[0] is Verdict.FAIL


def test_the_worst_comes_first(judged):
    """A failure is not hidden behind a warning."""
    assert judged(("small", "should"), ("big", "must")) == (
        Verdict.FAIL,
        "big (RFC 6749 §5.2); small (RFC 6749 §5.2)",
    )


def test_a_documented_deviation_hides_no_other_violation(judged):
    """What is documented is no failure, and what is not still fails."""
    documented = {"requirement": "must", "expect": {"message": "known"}}
    assert judged(("known", "must"), deviations=[documented])[0] is Verdict.DEVIATION
    assert judged(("known", "must"), ("new", "must"), deviations=[documented])[0] is Verdict.FAIL


def test_a_deviation_of_the_refusal_explains_its_code(judged):
    """Profiles that document a code with the requirement of the refusal are understood."""
    documented = {"requirement": "single-use", "expect": {"error": "bad_grant"}}
    assert judged(("known", "must", "single-use"), deviations=[documented])[0] is Verdict.DEVIATION
    assert judged(("known", "must", "other"), deviations=[documented])[0] is Verdict.FAIL


def test_many_findings_are_counted(judged):
    """A message stays readable."""
    verdict, message = judged(*((f"finding {number}", "must") for number in range(9)))
    assert verdict is Verdict.FAIL
    assert message.endswith("finding 3 (RFC 6749 §5.2); and 5 more")
