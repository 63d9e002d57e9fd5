"""junit.xml, as CI servers read it."""

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from token_conformance.verdict import Verdict


@pytest.fixture
def suite(written):
    """The one test suite of the report."""
    (suite,) = JUnitXml.fromfile(str(written / "junit.xml"))
    return suite


def case_of(suite, verdict):
    return next(case for case in suite if case.name == f"test_{verdict.value}")


def properties_of(case):
    return {property_.get("name"): property_.get("value") for property_ in case._elem.iter("property")}


def test_the_numbers_are_right(suite):
    """Warnings and deviations count as passed, what was not judged as skipped, a defect of ours as error."""
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (14, 2, 2, 4)


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.FAIL, Failure),
        (Verdict.ERROR, Error),
        (Verdict.INCONCLUSIVE, Skipped),
        (Verdict.NOT_APPLICABLE, Skipped),
    ],
)
def test_a_verdict_that_did_not_pass_says_why(suite, verdict, kind):
    """The message stands in the result, and the verdict is its type."""
    (result,) = case_of(suite, verdict).result
    assert isinstance(result, kind)
    assert result.type == verdict.words
    assert result.message


@pytest.mark.parametrize("verdict", [Verdict.WARNING, Verdict.DEVIATION])
def test_a_warning_is_not_lost(suite, verdict):
    """JUnit has no word for it: the test passed, and its output has the message."""
    case = case_of(suite, verdict)
    assert case.is_passed
    assert case.system_out


@pytest.mark.parametrize("verdict", Verdict)
def test_the_verdict_is_a_property(suite, verdict):
    """A program that reads JUnit finds verdict, level, requirement and clause of every check."""
    properties = properties_of(case_of(suite, verdict))
    assert properties["verdict"] == verdict.value
    assert properties["level"] == "MUST"
    assert properties["clause"] == "RFC 9700 §4.14.2"
    assert "requirement" in properties
