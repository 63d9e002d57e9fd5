"""How requirements stand after a run, why some were not judged, and the verdict in words."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from token_conformance.judging.requirement import catalogue
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.standing import Standing, standing_of, standings
from token_conformance.results.todo import ToDo
from token_conformance.results.unjudged import Reason, unjudged
from token_conformance.results.verdict_in_words import SpeaksOf, verdict_of
from token_conformance.verdict import Verdict

FIRST, SECOND = [id_ for id_, stated in catalogue().items() if not stated.untested][:2]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def check(verdict, requirement=FIRST, message="", name="one", **more):
    fields = {"violated": requirement if verdict in {Verdict.FAIL, Verdict.WARNING} else None, **more}
    id_ = f"suites/test_x.py::test_{name}"
    return CheckResult(
        id_, (requirement,), "MUST", verdict, "It holds.", message, "RFC 1 §1", "x", "flow", ("flow/1",), 0.0, **fields
    )


def run(*checks, **more):
    return RunResult("example", more.pop("server", "live"), NOON, 1.0, 1, checks, **more)


def reason_of(result, requirement=FIRST):
    return next(each for each in unjudged(result) if each.requirement.id == requirement)


def test_the_states_add_up_to_the_catalogue():
    """Each requirement is in one of them, whatever a run has judged."""
    found = standings(run(check(Verdict.FAIL), check(Verdict.PASS, SECOND, name="two")))
    assert found.total == len(catalogue())
    assert (found.violated, found.holds) == (1, 1)


def test_what_is_violated_once_does_not_hold():
    """The worst verdict counts."""
    assert standing_of(run(check(Verdict.PASS), check(Verdict.FAIL, name="two")))[FIRST] is Standing.VIOLATED
    assert standing_of(run(check(Verdict.WARNING), check(Verdict.PASS, name="two")))[FIRST] is Standing.WARNED


def test_counts_are_those_of_the_coverage():
    """results.json says the same number twice, and not two numbers."""
    written = run(check(Verdict.PASS), check(Verdict.NOT_APPLICABLE, SECOND, name="two")).to_json()
    assert written["requirements"]["not_judged"] == written["coverage"]["not_judged"]
    assert written["requirements"] == asdict(standings(run(check(Verdict.PASS))))
    assert len(written["not_judged"]) == len(catalogue()) - 1


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("the profile has no [grants.device_code]", Reason.CLIENTS),
        ("measured, not judged: the provider rotates", Reason.DOCUMENTATION),
        ("the profile does not claim FAPI 2.0", Reason.CLAIM),
        ("neither the profile nor the metadata says that the provider supports DPoP", Reason.FEATURE),
        ("aud has one value", Reason.CONCERN),
    ],
)
def test_what_does_not_concern_a_provider_has_a_reason(message, reason):
    """It says what would have it judged."""
    found = reason_of(run(check(Verdict.NOT_APPLICABLE, message=message)))
    assert (found.reason, found.words) == (reason, message)
    assert reason.remedy


def test_what_allows_no_verdict_has_another_reason():
    """A wait, a limit, a recording, the answers themselves, a finding in the way, a defect of ours."""
    open_ = check(Verdict.INCONCLUSIVE, message="no answer")
    left = ToDo("flow", 90, NOON)
    assert reason_of(run(open_)).reason is Reason.ANSWERS
    assert reason_of(run(open_, server="recorded")).reason is Reason.RECORDING
    assert reason_of(run(open_, todo=(left,))).reason is Reason.WAIT
    assert reason_of(run(open_, todo=(replace(left, because="limit"),))).reason is Reason.LIMIT
    assert reason_of(run(check(Verdict.ERROR))).reason is Reason.DEFECT
    assert reason_of(run()).reason is Reason.NOTHING


def test_what_a_finding_stands_in_the_way_of_names_it():
    """The cause is that of the requirement that stopped the check."""
    stopped = check(Verdict.INCONCLUSIVE, SECOND, stopped_by=FIRST, name="two")
    result = run(check(Verdict.FAIL), stopped)
    found = reason_of(result, SECOND)
    assert (found.reason, found.cause) == (Reason.BLOCKED, result.causes[0].id)


@pytest.mark.parametrize(
    ("more", "speaks_of", "whose"),
    [
        ({}, SpeaksOf.SERVER, "of the server"),
        ({"server": "emulated"}, SpeaksOf.PROFILE, "nothing is said of the provider itself"),
        ({"server": "recorded"}, SpeaksOf.RECORDING, "of the server that was recorded"),
        ({"server": "recorded", "documentation": True}, SpeaksOf.DOCUMENTATION, "one mistake of the examples"),
    ],
)
def test_the_verdict_says_of_whom_it_speaks(more, speaks_of, whose):
    """An emulated server or an example is no provider."""
    said = verdict_of(run(check(Verdict.FAIL), **more))
    assert (said.conforms, said.speaks_of) == (False, speaks_of)
    assert whose in said.sentence
    assert said.gravest is not None


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ((Verdict.FAIL,), "One violation was seen on the way, which no check had looked at."),
        ((Verdict.FAIL, Verdict.FAIL, Verdict.WARNING), "Two violations and one warning were seen on the way, "),
    ],
)
def test_what_was_seen_on_the_way_is_in_the_verdict(verdicts, told):
    """A server that does not conform for it is not said to violate nothing; beside failing checks it is told, too."""
    seen = tuple(SeenOnTheWay(SECOND, each, "MUST", "RFC 1 §1", "it was so", "flow/2", 1, ()) for each in verdicts)
    said = verdict_of(run(check(Verdict.PASS), on_the_way=seen))
    assert said.conforms is False
    assert said.sentence.startswith(told)
    assert "Nothing is violated" not in said.sentence
    beside = verdict_of(run(check(Verdict.FAIL), on_the_way=seen)).sentence
    assert beside.startswith("1 check fails, by one mistake of the server.")
    assert told in beside


def test_a_run_that_judged_nothing_has_no_verdict():
    """It neither conforms nor does not."""
    assert verdict_of(run()).conforms is None
