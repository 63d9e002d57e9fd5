"""junit.xml, for CI."""

from __future__ import annotations

from collections.abc import Mapping

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite

from token_conformance.judging.requirement import catalogue
from token_conformance.redaction.visible import visible
from token_conformance.report.spans import spans
from token_conformance.results.baseline import HeldAgainst
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
    What a baseline knows, or could not know yet, is skipped, and the property `baseline` says so.
    """
    suite = TestSuite(f"token-conformance {run.profile}")
    suite.timestamp = run.started.isoformat()
    for name, value in _circumstances(run).items():
        suite.add_property(name, value)
    held = run.baseline or NOTHING_KNOWN
    suite.add_testcases([_broken_off(run)] if run.outcome.broken_off else [])
    suite.add_testcases([_case(check, held) for check in run.checks])
    suite.add_testcases([_on_the_way(seen, held) for seen in run.on_the_way])
    suite.add_testcases(_stale(held))
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


def _on_the_way(seen: SeenOnTheWay, held: HeldAgainst) -> TestCase:
    """What no check has told, named after its requirement, with the story that led to it."""
    case = TestCase(seen.requirement, classname="token-conformance.seen_on_the_way")
    steps = (f"{number}. {step.told} ({step.exchange})" for number, step in enumerate(seen.story, 1))
    story = "\n".join((seen.message, *steps))
    if seen.verdict is Verdict.FAIL:
        case.result = [_excused(seen.requirement, held) or _failure(seen.message, story)]
    case.system_out = story
    _add_properties(case, _beside_baseline(seen.requirement, held))
    return case


NOTHING_KNOWN = HeldAgainst("")
"""What a run is held against that has no baseline."""


def _excused(finding: str, held: HeldAgainst) -> Skipped | None:
    """What stands in the place of a failure that does not make the run fail: a test that was skipped, and why."""
    entry = held.entry_of(finding)
    if entry is not None:
        said = f"known: {entry.reason or 'no reason given'}" + (f" ({entry.owner})" if entry.owner else "")
        return Skipped(visible(said), "known")
    return Skipped("of a check that came after the baseline", "newer") if finding in held.newer else None


def _stale(held: HeldAgainst) -> list[TestCase]:
    """What somebody has to look after in the baseline, an entry each: without it CI would show nothing."""
    told = dict.fromkeys(held.gone, "judged a pass, and listed as known: take it out")
    told |= {entry.id: f"listed as known until {entry.expires}: mend it, or give another day" for entry in held.expired}
    cases = [TestCase(id_, classname="token-conformance.baseline") for id_ in told]
    for case, sentence in zip(cases, told.values(), strict=True):
        case.result = [Failure(sentence, "stale")]
    return cases


def _beside_baseline(finding: str, held: HeldAgainst) -> dict[str, str]:
    novelty = held.novelty_of(finding)
    return {"baseline": novelty} if novelty is not None else {}


def _case(check: CheckResult, held: HeldAgainst) -> TestCase:
    module, _, name = check.id.partition("::")
    case = TestCase(name, classname=module.removesuffix(".py").replace("/", "."), time=check.seconds)
    result = _RESULTS.get(check.verdict)
    message = check.message
    excused = _excused(check.id, held) if result is Failure else None
    if result is not None:
        case.result = [excused or result(message or check.verdict.words, check.verdict.words)]
        if check.verdict is Verdict.FAIL and not excused:
            case.result[0].text = _told(check)
    if message and (result is None or excused):
        case.system_out = message
    _add_properties(case, {**_properties(check), **_beside_baseline(check.id, held)})
    return case


def _add_properties(case: TestCase, told: Mapping[str, str]) -> None:
    if not told:
        return
    properties = Properties()  # type: ignore[no-untyped-call]  # likewise
    for name, value in told.items():
        properties.add_property(Property(name, value))
    case.append(properties)  # type: ignore[no-untyped-call]  # likewise


def _failure(message: str, body: str) -> Failure:
    failure = Failure(message, Verdict.FAIL.words)
    failure.text = body
    return failure


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
