"""What the oracle forbids becomes a finding of its own, unless a check has told it already."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from junitparser import Failure, JUnitXml

from tests.oracle.histories import INVALID_GRANT, History, profile, tokens
from token_conformance.exploring.requests.found import Disagreement, FoundRequest, Kind
from token_conformance.judging.causes import causes
from token_conformance.judging.habit import habit_of
from token_conformance.judging.requirement import catalogue
from token_conformance.report.junit import junit_of
from token_conformance.report.terminal import summary_lines
from token_conformance.results.on_the_way import SeenOnTheWay, seen_in_requests, seen_on_the_way
from token_conformance.results.outcome import Circumstances
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange, Request, Response

OLD = "rfc9700-4.14.2-old-token-refused"
FAMILY = "rotation-family-is-one-grant"
SENT = Request(
    "POST", "https://op.example/token", (("Content-Type", "application/x-www-form-urlencoded"),), b"grant_type=x"
)
TOKENS = Response(200, (("Content-Type", "application/json"),), b'{"access_token": "a"}')


@pytest.fixture
def history() -> History:
    """Two sessions: a used refresh token works in one, twice; the other one ends by reuse in a third."""
    history = History()
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", tokens("A", 2))
    history.refresh("refresh A 0", tokens("A", 3))
    history.login("B")
    history.login("C")
    history.refresh("refresh B 0", tokens("B", 1))
    history.refresh("refresh B 0", INVALID_GRANT)
    history.refresh("refresh C 0", INVALID_GRANT)
    return history


def seen(history: History, *checks: CheckResult, described=None) -> dict[str, SeenOnTheWay]:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    exchanges = [Exchange("story", number, SENT, TOKENS, began, 0.1) for number in range(1, len(history.events) + 1)]
    found = seen_on_the_way([history.watched], exchanges, checks, described or history.profile, causes(), catalogue())
    return {each.requirement: each for each in found}


def red(requirement: str, verdict: Verdict = Verdict.FAIL) -> CheckResult:
    exchange = Exchange("other", 1, SENT, TOKENS, datetime(2026, 1, 1, tzinfo=UTC), 0.1)
    return CheckResult(
        "suites/test_x.py::test_y",
        (requirement,),
        "MUST",
        verdict,
        "It holds.",
        "it does not",
        "",
        "x",
        None,
        (),
        0.0,
        violated=requirement,
        habit=habit_of([exchange]),
    )


def test_each_requirement_is_one_finding(history):
    """With its level under the claims, how often it was seen, and the story of the first time."""
    found = seen(history)
    assert list(found) == [OLD, FAMILY]
    assert [(each.verdict, each.times) for each in found.values()] == [(Verdict.FAIL, 2), (Verdict.WARNING, 1)]
    assert found[OLD].story[-1].exchange == found[OLD].exchange == "story/4"


def test_what_a_check_tells_is_told_once(history):
    """By the same requirement, or by one of the same cause."""
    assert list(seen(history, red(OLD))) == [FAMILY]
    assert list(seen(history, red("rfc9700-4.14.2-grandparent-refused"))) == [FAMILY]
    assert list(seen(history, red("rfc6749-5.1-cache-control"))) == [OLD, FAMILY]


def test_a_green_check_hides_nothing(history):
    """It did not look there."""
    assert OLD in seen(history, red(OLD, Verdict.PASS))


def test_what_the_profile_documents_is_no_finding(history):
    """A deviation of the requirement excuses it."""
    deviating = {"requirement": FAMILY, "expect": {"error": "invalid_grant"}, "because": "one theft, all sessions"}
    described = history.profile.model_validate(
        {**history.profile.model_dump(exclude_unset=True), "deviations": [deviating]}
    )
    assert list(seen(history, described=described)) == [OLD]


def test_what_nobody_claims_is_no_finding(history):
    """Who does not claim RFC 9700 is not held to it; what is ours counts for all."""
    described = history.profile.model_dump(exclude_unset=True)
    described["profile"] = {"name": "Plain", "claims": ["oauth2"]}
    assert list(seen(history, described=history.profile.model_validate(described))) == [FAMILY]


def test_a_sound_history_has_no_findings():
    """Nothing is seen where nothing happened."""
    assert seen(History(profile())) == {}


def run_with(*found: SeenOnTheWay, **how) -> RunResult:
    passed = CheckResult("t::a", (), "MUST", Verdict.PASS, "It holds.", "", "", "t", None, ("story/1",), 0.0)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    return RunResult("example", "live", began, 3.2, 71, (passed,), on_the_way=found, circumstances=Circumstances(**how))


def test_a_finding_on_the_way_counts(history):
    """A failure as one, a warning as one."""
    failure, warning = seen(history).values()
    assert run_with(failure).outcome.exit_status == 1
    assert run_with(warning).outcome.exit_status == 0
    assert run_with(warning, strict=True).outcome.exit_status == 1
    assert run_with(failure).conclusion == (
        "Does not conform: no check failed, and what must hold was violated on the way; 1 finding on the way."
    )
    assert run_with(warning).conclusion == "Conforms as far as it was judged; 1 finding on the way."


def test_the_terminal_tells_the_story(history):
    """A line for the finding, and one for each sentence."""
    failure = seen(history)[OLD]
    lines = summary_lines(run_with(failure))
    at = next(number for number, line in enumerate(lines) if OLD in line)
    assert lines[at].startswith(f"FAIL     {OLD}: seen on the way: refresh token A1 was accepted after it was used")
    assert "1. +0 s, the user is asked: code A is handed over (story/1)" in lines[at + 1]
    assert len(lines) > at + len(failure.story)


def test_junit_has_a_test_for_each(history):
    """A failure fails, a warning passes with its words; both tell the story."""
    (suite,) = JUnitXml.fromstring(junit_of(run_with(*seen(history).values())).encode())
    cases = {case.name: case for case in suite if case.classname == "token-conformance.seen_on_the_way"}
    assert [isinstance(result, Failure) for result in cases[OLD].result] == [True]
    assert cases[FAMILY].is_passed
    assert all("1. the user is asked: code" in str(case.system_out) for case in cases.values())


def test_results_hold_the_story(history):
    """Every member of an entry, in plain JSON."""
    (entry,) = run_with(seen(history)[OLD]).to_json()["seen_on_the_way"]
    assert (entry["requirement"], entry["verdict"], entry["times"]) == (OLD, "fail", 2)
    assert entry["story"][0] == {
        "exchange": "story/1",
        "seconds": 0.0,
        "told": "the user is asked: code A is handed over",
    }


def in_request(kind: Kind, requirement: str, repeats=True) -> FoundRequest:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    changed, control = (Exchange("exploring_requests", number, SENT, TOKENS, began, 0.1) for number in (1, 2))
    told = Disagreement(kind, requirement, "a token came for a refresh with the method GET")
    return FoundRequest(told, "a refresh", ("the method GET",), changed, control, repeats, 3)


@pytest.mark.parametrize(
    ("kind", "requirement", "verdict"),
    [
        (Kind.SERVED, "rfc6749-3.2-post-only", Verdict.FAIL),
        (Kind.SERVED, "rfc6749-3.2-duplicate", Verdict.WARNING),
        (Kind.REFUSED, "rfc6749-3.2-unknown-ignored", Verdict.FAIL),
        (Kind.REFUSED, "rfc6749-3.2-form", Verdict.WARNING),
        (Kind.FAILED, "endpoint-no-server-error", Verdict.WARNING),
        (Kind.MISFORMED, "rfc6749-5.2-json-error", Verdict.WARNING),
        (Kind.REFLECTED, "endpoint-no-reflected-markup", Verdict.WARNING),
    ],
)
def test_changed_requests_are_told_at_their_level(kind, requirement, verdict):
    """A token, and a refusal of what is valid, by the requirement; all else warns."""
    (seen,) = seen_in_requests([in_request(kind, requirement)], [], profile(), causes(), catalogue())
    assert (seen.requirement, seen.verdict, seen.times) == (requirement, verdict, 3)
    assert [step.exchange for step in seen.story] == ["exploring_requests/1", "exploring_requests/2"]
    assert seen.story[0].told == "a refresh with the method GET: 200 with an access token"
    assert seen.explored == "found by exploring requests, and repeated by itself"


def test_a_changed_request_that_a_red_check_tells_is_no_finding():
    found, told = in_request(Kind.SERVED, "rfc6749-3.2-post-only"), red("rfc6749-3.2-post-only")
    assert seen_in_requests([found], [told], profile(), causes(), catalogue()) == ()
