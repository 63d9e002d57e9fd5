"""junit.xml, for CI."""

from __future__ import annotations

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite

from token_conformance.judging.requirement import catalogue
from token_conformance.report.spans import spans
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

_RESULTS = {
    Verdict.FAIL: Failure,
    Verdict.ERROR: Error,
    Verdict.INCONCLUSIVE: Skipped,
    Verdict.NOT_APPLICABLE: Skipped,
}


def junit_of(run: RunResult) -> str:
    """The run as JUnit XML: a warning or a deviation is a passed test whose properties tell the verdict.

    A run that was interrupted or came to grief has an error beside its checks; what was seen on the way is a test of its own.
    """
    suite = TestSuite(f"token-conformance {run.profile}")
    suite.timestamp = run.started.isoformat()
    for name, value in _circumstances(run).items():
        suite.add_property(name, value)
    suite.add_testcases([*([_broken_off(run)] if run.outcome.broken_off else []), *map(_case, run.checks)])
    suite.add_testcases([_on_the_way(seen) for seen in run.on_the_way])
    suite.time = run.seconds
    for sentence in run.withheld:
        suite.add_property("withheld", sentence)
    xml = JUnitXml("token-conformance")
    xml.add_testsuite(suite)
    text: str = xml.tostring().decode("utf-8")  # type: ignore[no-untyped-call]  # junitparser is typed in part
    return text


def _circumstances(run: RunResult) -> dict[str, str]:
    """What the run comes to as a whole, as properties of its suite."""
    how = run.circumstances
    told = {"outcome": run.outcome.value, "trouble": how.told_trouble, "selection": how.selection}
    return {name: value for name, value in told.items() if value is not None}


def _broken_off(run: RunResult) -> TestCase:
    """What makes CI notice a run that is no answer, although none of its checks failed."""
    case = TestCase("run", classname="token-conformance")
    case.result = [Error(run.conclusion, run.outcome.value)]
    return case


def _on_the_way(seen: SeenOnTheWay) -> TestCase:
    """What no check has told, named after its requirement, with the story that led to it."""
    case = TestCase(seen.requirement, classname="token-conformance.seen_on_the_way")
    steps = (f"{number}. {step.told} ({step.exchange})" for number, step in enumerate(seen.story, 1))
    story = "\n".join((seen.message, *steps))
    if seen.verdict is Verdict.FAIL:
        failure = Failure(seen.message, seen.verdict.words)
        failure.text = story
        case.result = [failure]
    case.system_out = story
    return case


def _case(check: CheckResult) -> TestCase:
    module, _, name = check.id.partition("::")
    case = TestCase(name, classname=module.removesuffix(".py").replace("/", "."), time=check.seconds)
    result = _RESULTS.get(check.verdict)
    message = check.message
    if result is not None:
        case.result = [result(message or check.verdict.words, check.verdict.words)]
        if check.verdict is Verdict.FAIL:
            case.result[0].text = _told(check)
    elif message:
        case.system_out = message
    properties = Properties()  # type: ignore[no-untyped-call]  # likewise
    for name_, value in _properties(check).items():
        properties.add_property(Property(name_, value))
    case.append(properties)  # type: ignore[no-untyped-call]  # likewise
    return case


def _told(check: CheckResult) -> str:
    """A finding as a whole, for who sees nothing but the body of its failure."""
    stated = catalogue().get(check.violated or "")
    told = {
        "must hold": check.title,
        "requirement": check.violated or " ".join(check.requirements),
        "clause": check.clause,
        "exchanges": ", ".join(map(str, spans(check.exchanges))),
        "to mend it": stated.mend if stated is not None else "",
    }
    return "\n".join((check.message, *(f"{name}: {value}" for name, value in told.items() if value)))


def _properties(check: CheckResult) -> dict[str, str]:
    return {
        "verdict": check.verdict.value,
        "level": check.level,
        "requirement": " ".join(check.requirements),
        "clause": check.clause,
        "fact": check.title,
        "exchanges": " ".join(check.exchanges),
    }
