"""junit.xml, as CI servers read it; what JUnit has no word for stands in the properties."""

from __future__ import annotations

from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from token_conformance.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

_OUTCOMES: dict[Verdict, type[FinalResult]] = {
    Verdict.FAIL: Failure,
    Verdict.ERROR: Error,
    Verdict.INCONCLUSIVE: Skipped,
    Verdict.NOT_APPLICABLE: Skipped,
}


def write_junit(path: Path, run: RunResult) -> None:
    """Write the run as one test suite: a fail is a failure, what was not judged is skipped with its reason."""
    suite = TestSuite(f"{run.profile} ({run.server})")
    suite.timestamp = run.started.isoformat()
    for name, value in (("profile", run.profile), ("server", run.server), ("requests", str(run.requests))):
        suite.add_property(name, value)
    suite.add_testcases([_case(check, run.profile) for check in run.checks])
    document = JUnitXml(run.profile)
    document.add_testsuite(suite)
    document.write(str(path), pretty=True)


def _case(check: CheckResult, profile: str) -> TestCase:
    case = TestCase(check.id.rpartition("::")[2], f"{profile}.{check.topic}", check.seconds)
    case.append(_properties(check))
    if check.verdict in _OUTCOMES:
        case.append(_OUTCOMES[check.verdict](check.message, check.verdict.value))
    elif check.message:
        case.system_out = f"{check.verdict.words}: {check.message}"
    return case


def _properties(check: CheckResult) -> Properties:
    properties = Properties()
    stated = {"verdict": check.verdict.value, "level": check.level, "clause": check.clause, "fact": check.title}
    for name, value in stated.items():
        properties.add_property(Property(name, value))
    for requirement in check.requirements:
        properties.add_property(Property("requirement", requirement))
    return properties
