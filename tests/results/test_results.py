"""What a run found, as data."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest

import token_conformance
import token_conformance.results.results as results
from token_conformance.evidence.facts.expiries import Expiry
from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import LINES, SheetFact
from token_conformance.judging.habit import Did, Habit
from token_conformance.judging.requirement import Requirement
from token_conformance.results.baseline import Entry, HeldAgainst, Known, Unknown
from token_conformance.results.facts import fact_json
from token_conformance.results.results import CheckResult, Coverage, RunResult
from token_conformance.results.todo import Parked, ToDo
from token_conformance.verdict import Verdict

SCHEMA = json.loads((Path(token_conformance.__file__).parent / "results" / "results.schema.json").read_text("utf-8"))


def stated(id_, untested=""):
    return Requirement(id_, "RFC 6749", "5.2", "MUST", f"title of {id_}", "protects", "mend", untested=untested)


@pytest.fixture(autouse=True)
def small_catalogue(monkeypatch):
    """Four requirements, of which one cannot be tested from outside."""
    known = {id_: stated(id_) for id_ in ("a", "b", "c")} | {"d": stated("d", untested="it is in the logs")}
    monkeypatch.setattr(results, "catalogue", lambda: known)


def check(verdict=Verdict.PASS, requirements=("a",), topic="refresh", message=""):
    return CheckResult(
        f"suites/test_{topic}.py::test_x",
        requirements,
        "MUST",
        verdict,
        "It holds.",
        message,
        "RFC 6749 §5.2",
        topic,
        "refreshed",
        ("refreshed/1",),
        0.001,
    )


def run_of(*checks):
    return RunResult("example", "live", datetime(2026, 1, 1, 12, tzinfo=UTC), 3.2, 71, checks, ("b",), ("oauth2",))


def test_every_verdict_is_counted():
    """A verdict that was never given has the number 0."""
    summary = run_of(check(), check(Verdict.FAIL), check(Verdict.FAIL)).summary

    assert {verdict: count for verdict, count in summary.items() if count} == {Verdict.PASS: 1, Verdict.FAIL: 2}
    assert set(Verdict) == set(summary)


@pytest.mark.parametrize(
    ("verdict", "judged"),
    [
        (Verdict.PASS, 1),
        (Verdict.FAIL, 1),
        (Verdict.WARNING, 1),
        (Verdict.DEVIATION, 1),
        (Verdict.INCONCLUSIVE, 0),
        (Verdict.NOT_APPLICABLE, 0),
        (Verdict.ERROR, 0),
    ],
)
def test_only_a_judgement_covers_a_requirement(verdict, judged):
    """What was not tried, and what broke in our hands, is not judged."""
    assert Coverage(judged, 3 - judged, 1) == run_of(check(verdict)).coverage


def test_a_requirement_is_covered_once():
    """Several checks of a requirement, one of them inconclusive, count as one judged requirement."""
    run = run_of(check(requirements=("a", "b")), check(requirements=("b",)), check(Verdict.INCONCLUSIVE))

    assert Coverage(judged=2, not_judged=1, not_testable=1) == run.coverage
    assert [requirement.id for requirement in run.not_judged] == ["c"]
    assert [requirement.id for requirement in run.not_testable] == ["d"]


def test_a_failure_tells_on_what_it_violates():
    """What else the check is tied to neither holds nor fails by it."""
    run = run_of(replace(check(Verdict.FAIL, requirements=("a", "b")), violated="b"))

    assert Coverage(judged=1, not_judged=2, not_testable=1) == run.coverage
    assert [requirement.id for requirement in run.not_judged] == ["a", "c"]


def test_requirements_of_another_catalogue_do_not_count():
    """A vendor's own requirement neither raises nor lowers the coverage of ours."""
    assert Coverage(0, 3, 1) == run_of(check(requirements=("vendor-1",))).coverage


def test_a_requirement_that_was_not_judged_has_its_reasons():
    """The messages of its checks tell why; without a check there is none."""
    run = run_of(check(Verdict.INCONCLUSIVE, message="no login page"))

    assert run.reasons(stated("a")) == ("no login page",)
    assert run.reasons(stated("b")) == ()


def test_topics_keep_the_order_of_their_checks():
    """A topic stands where its first check does."""
    run = run_of(check(topic="rotation"), check(topic="errors"), check(topic="rotation"))

    assert {topic: len(checks) for topic, checks in run.by_topic().items()} == {"rotation": 2, "errors": 1}
    assert list(run.by_topic()) == ["rotation", "errors"]


def test_results_json_keeps_its_schema():
    """A run with a check of each verdict, and with something left to do, is valid against the schema in the package."""
    run = replace(
        run_of(*(check(verdict, message=verdict.words) for verdict in Verdict)),
        checks=(
            *(check(verdict, message=verdict.words) for verdict in Verdict),
            replace(check(Verdict.FAIL), habit=Habit(Did.WRONG_CODE, "a/2", "/token", "response.error", "x", "a/1")),
        ),
        facts=tuple(SheetFact(line, None, None, None) for line in LINES),
        clock_skew=-1.5,
        todo=(ToDo("expired_code", 620, datetime(2026, 1, 1, 12, 10, 20, tzinfo=UTC)),),
        parked=(Parked("reuse", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)),),
        expiries=(
            Expiry("code", 60, 0.2, 80.0, 400, "invalid_grant", "expired_code/4"),
            Expiry("access token", None),
        ),
        baseline=HeldAgainst(
            "known.toml",
            new=("t::a",),
            known=(Known("t::b", Entry("cause", "refusal-without-code", "warning", "why", "ada", date(2026, 1, 2))),),
            newer=("t::c",),
            gone=("t::d",),
            expired=(Entry("check", "t::e"),),
            unseen=("t::f",),
            unknown=(Unknown("t::g", "t::a"), Unknown("zzz", None)),
        ),
    )

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(run.to_json(), SCHEMA, format_checker=jsonschema.FormatChecker())


def test_an_empty_run_keeps_the_schema():
    """A run that ended before its first check has results too."""
    jsonschema.validate(run_of().to_json(), SCHEMA)


def test_the_schema_knows_every_member():
    """What results.json says is described, and the verdicts of the schema are ours."""
    written = run_of(check(Verdict.FAIL)).to_json()

    assert set(SCHEMA["properties"]) == set(written)
    fact = fact_json(SheetFact(LINES[0], "always", "the manual", Measured("it does", "never", ("a/1",), "never")))
    assert set(SCHEMA["$defs"]["fact"]["properties"]) == set(fact)
    assert set(SCHEMA["$defs"]["cause"]["properties"]) == set(written["causes"][0])
    assert set(SCHEMA["$defs"]["check"]["properties"]) == set(written["checks"][0])
    assert [verdict.value for verdict in Verdict] == SCHEMA["$defs"]["verdict"]["enum"]


def test_results_json_names_the_moment():
    """The start is a moment of RFC 3339, with its offset."""
    assert run_of().to_json()["started"] == "2026-01-01T12:00:00+00:00"
