"""Two runs of which the second goes on where the first was cut short are told as one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import LINES, SheetFact
from token_conformance.judging.habit import Did, Habit
from token_conformance.oracle.stories import Step
from token_conformance.results.merging import read_earlier, together
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.outcome import Circumstances, Outcome
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.seen_again import left_to_repeat
from token_conformance.results.todo import ResumeError, ToDo, announcement, read_spent, read_to_dos, taken_up
from token_conformance.verdict import Verdict
from token_conformance.wire.allowance import Spent
from token_conformance.wire.rate_limit import RateLimit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEFT = (ToDo("reuse", 0, NOON, because="limit"), ToDo("expired_code", 620, NOON))
LIMITED = "the provider allows no more"


def check(name, verdict=Verdict.PASS, message="", scenario="reuse", **more):
    place = ("MUST", verdict, f"{name} holds.", message, "RFC 6749 §5.2", "refresh", scenario, (f"{scenario}/1",), 0.1)
    return CheckResult(f"suites/test_refresh.py::test_{name}", ("a",), *place, **more)


def red(did=Did.ACCEPTED, **more):
    habit = Habit(did, "reuse/4", "/token", "response.status", 200, "reuse/2", ("time",))
    return check("x", Verdict.FAIL, "it was served", violated="a", habit=habit, **more)


def run_of(*checks, **more):
    return RunResult("example", "live", NOON, 2.0, 50, checks, **more)


@pytest.fixture
def earlier(tmp_path):
    """What is read of the results that a run has written."""

    def earlier(*checks, **more):
        path = tmp_path / "results.json"
        path.write_text(json.dumps(run_of(*checks, **more).to_json()))
        return read_earlier(path)

    return earlier


def merged(earlier, now, left=()):
    return together(earlier, now, left)


def verdict(run):
    (only,) = run.checks
    return only.verdict, only.seen, only.unrepeated


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.PASS),
        (Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE),
        (Verdict.PASS, Verdict.FAIL, Verdict.FAIL),
        (Verdict.FAIL, Verdict.PASS, Verdict.FAIL),
        (Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.PASS),
        (Verdict.NOT_APPLICABLE, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE),
        (Verdict.DEVIATION, Verdict.WARNING, Verdict.WARNING),
        (Verdict.PASS, Verdict.DEVIATION, Verdict.DEVIATION),
    ],
)
def test_the_worse_of_two_verdicts_is_the_one_on_both(earlier, before, now, told):
    """And one that could be given goes before what could not be told."""
    assert verdict(merged(earlier(check("x", before)), run_of(check("x", now))))[0] is told


def test_what_was_seen_on_the_way_is_told_of_both(earlier):
    """Each requirement once, with the exchanges of the run that saw it, unless a check has told it by now."""
    step = Step("reuse/4", 1.5, "it is refused")
    seen = SeenOnTheWay("a", Verdict.FAIL, "MUST", "RFC 6749 §6", "it was refused", "reuse/4", 1, (step,))
    before = earlier(on_the_way=(seen, replace(seen, requirement="b")))
    both = merged(before, run_of(on_the_way=(replace(seen, requirement="c"),)))
    assert [each.requirement for each in both.on_the_way] == ["a", "b", "c"]
    assert (both.on_the_way[0].exchange, both.on_the_way[0].exchanges) == ("reuse@1/4", ("reuse@1/4",))
    assert [each.requirement for each in merged(before, run_of(red())).on_the_way] == ["b"]


def test_what_was_not_judged_again_stays(earlier):
    """In the order of the first run; what is new comes behind."""
    run = merged(earlier(check("x"), check("y")), run_of(check("y"), check("z")))
    assert [each.id[-1] for each in run.checks] == ["x", "y", "z"]


def test_exchanges_of_an_earlier_run_are_marked_as_its_own(earlier):
    """In this run there may be others of the same names."""
    (first,) = merged(earlier(red()), run_of()).checks
    assert (first.exchanges, first.habit.offence, first.habit.control) == (("reuse@1/1",), "reuse@1/4", "reuse@1/2")


def test_the_causes_are_those_of_all(earlier):
    """The habits of red checks survive the file between the runs."""
    run = merged(earlier(red()), run_of())
    assert [cause.evidence[0]["offence"] for cause in run.causes] == ["reuse@1/4"]


def test_numbers_add_up(earlier):
    """Requests, logins, seconds; and it began with the first run."""
    run = merged(earlier(logins=3), replace(run_of(logins=4), started=NOON + timedelta(hours=1)))
    assert (run.requests, run.logins, run.seconds, run.runs, run.started) == (100, 7, 4.0, 2, NOON)


def test_facts_that_were_measured_before_are_known(earlier):
    """What only the first run has measured is not forgotten."""
    line = LINES[0]
    known = SheetFact(line, "always", "the profile", Measured("at each refresh", "always", ("refreshed/2",), "always"))
    run = merged(earlier(facts=(known,)), run_of(facts=(replace(known, measured=None),)))
    assert run.facts == (known,)


def test_a_selection_of_the_first_run_is_one_of_both(earlier):
    """What --resume leaves out is in the first run, and what that left out is nowhere."""
    now = run_of(check("x"), circumstances=Circumstances(selection="--resume results.json"))
    assert merged(earlier(), now).outcome is Outcome.CONFORMS
    narrow = earlier(circumstances=Circumstances(selection="-k reuse"))
    assert merged(narrow, now).outcome is Outcome.SELECTION_HOLDS


def test_what_an_earlier_run_could_not_do_stays_its_trouble(earlier):
    """What it left undone for another reason than a limit is no to-do, and nobody has done it since."""
    troubled = earlier(check("x"), circumstances=Circumstances(trouble="nobody could log in"))
    run = merged(troubled, run_of(check("y")))
    assert (run.outcome, run.circumstances.trouble) == (Outcome.TROUBLE, "in an earlier run: nobody could log in")


def test_what_is_left_for_a_limit_keeps_it_from_conforming(earlier):
    """A wait that is left does not."""
    assert merged(earlier(check("x")), run_of(todo=LEFT)).outcome is Outcome.CUT_SHORT
    assert merged(earlier(check("x")), run_of(), LEFT[1:]).outcome is Outcome.CONFORMS
    assert merged(earlier(red()), run_of(todo=LEFT)).outcome is Outcome.DOES_NOT_CONFORM


def test_a_red_that_could_not_be_repeated_is_left(earlier):
    """Its scenario is a to-do, unless it was repeated, or is one already."""
    once = red(unrepeated=LIMITED, seen=(1, 1))
    assert left_to_repeat(run_of(once), {"reuse", "login"}, NOON) == LEFT[:1]
    assert left_to_repeat(run_of(red(seen=(2, 2))), {"reuse"}, NOON) == ()
    assert left_to_repeat(run_of(once, todo=LEFT), {"reuse"}, NOON) == ()


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (red(), red(unrepeated=LIMITED), (Verdict.FAIL, (2, 2), "")),
        (red(), check("x"), (Verdict.FAIL, (1, 2), "")),
        (red(Did.WRONG_CODE), check("x"), (Verdict.INCONCLUSIVE, (1, 2), "")),
        (red(), check("x", Verdict.INCONCLUSIVE, seen=(1, 2)), (Verdict.FAIL, (2, 3), "")),
        (red(), check("x", Verdict.INCONCLUSIVE), (Verdict.FAIL, (1, 1), LIMITED)),
        (red(), check("x", scenario="login"), (Verdict.FAIL, (1, 1), LIMITED)),
    ],
    ids=["seen again", "handed over", "not repeatable", "seen twice of three", "could not be told", "another scenario"],
)
def test_a_later_run_repeats_it(earlier, first, second, told):
    """What it tells is what a repetition in the same run would."""
    once = replace(first, unrepeated=LIMITED, seen=(1, 1))
    assert verdict(merged(earlier(once), run_of(second))) == told


def test_what_was_cut_short_is_taken_up_first():
    """Waits may take an hour, and nobody has asked for that."""
    assert taken_up(LEFT) == LEFT[:1]
    assert taken_up(LEFT[1:]) == LEFT[1:]


def test_to_dos_and_limits_are_read_as_they_were_written(tmp_path):
    """Why each is left, and what of a limit is spent."""
    spent, path = (Spent(RateLimit(50, 900, "met"), 50, NOON),), tmp_path / "results.json"
    path.write_text(json.dumps(run_of(todo=LEFT, spent=spent).to_json()))
    assert (read_to_dos(path, "example"), read_spent(path)) == (LEFT, spent)


def test_a_run_that_goes_on_says_so_beforehand():
    """Not how long its waits take, but whether it comes too early."""
    early, in_time = (announcement("example", LEFT[:1], NOON + timedelta(seconds=each), None) for each in (-1, 0))
    assert early.startswith(
        "example: goes on with 1 scenario, the worthiest first; the provider's limit is over at 12:00:00"
    )
    assert in_time == "example: goes on with 1 scenario, the worthiest first"


def test_results_of_another_version_say_so(tmp_path):
    """They hold no checks that could be read."""
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"profile": "example", "checks": [{"id": "x"}]}))
    with pytest.raises(ResumeError, match=r"no results\.json of this version"):
        read_earlier(path)
