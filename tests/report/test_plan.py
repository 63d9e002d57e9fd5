"""A plan reads in the order of what somebody asks who has to bear it."""

from dataclasses import replace

from token_conformance.profile.models import Limits
from token_conformance.report.plan import plan_lines
from token_conformance.running.planning import Plan, Step
from token_conformance.running.scenario import Scenario
from token_conformance.running.waiting import Waits


def step(name, *, requests=1, logins=0, passed=0.0, lacking=None, absent=None, needs=()):
    return Step(Scenario(name, lambda provider: None, needs), requests, logins, Waits(passed, lacking), absent)


def lines(*steps, authorizations=0, **limits):
    requests = sum(step.requests for step in steps)
    return plan_lines(Plan("example", Limits(**limits), 12, steps, requests, 70, authorizations))


def test_a_scenario_has_a_line_with_what_it_takes_and_needs():
    """Logins and waits are named where there are any."""
    _, long, short, *_ = lines(step("long", requests=7, logins=1, passed=70, needs=("login", "refresh")), step("short"))
    assert long == "  long   7 requests, 1 login, waits 70 s  (needs login, refresh)"
    assert short == "  short  1 request"


def test_what_is_absent_stands_apart_with_its_reason():
    """It is none of the scenarios that are performed."""
    first, heading, reason, _ = lines(step("other", requests=0, absent="the profile's client is public"))
    assert "12 checks, 0 scenarios" in first
    assert "an estimate" in first
    assert heading == "not applicable: 1 scenario"
    assert reason == "  other  the profile's client is public"


def test_limits_stand_beside_what_they_limit():
    """The last line has the whole of it."""
    *_, heading, wait, last = lines(step("day", logins=3, lacking=86_400), max_logins=2, requests_per_second=0.5)
    assert heading.startswith("longer than limits.max_wait = 90 s")
    assert wait == "  day  takes a wait of 24 h"
    assert "about 3 logins (limits.max_logins = 2: what comes after them stays inconclusive)" in last
    assert "waits of 70 s in all (limits.max_wait = 90 s for each): at least 72 s" in last


def test_a_provider_that_keeps_no_login_session_takes_more():
    """Nobody knows beforehand whether it does, so that both numbers are there."""
    *_, last = lines(step("one", logins=2), authorizations=9)
    assert "about 2 logins (9 where the provider keeps no login session; limits.max_logins = 40)" in last


def test_passwords_have_a_line_of_their_own():
    """Whoever minds an account sees how often it is asked for, and how to do without wrong ones."""
    usual = {
        "profile": "example",
        "limits": Limits(),
        "checks": 1,
        "steps": (step("one", logins=2),),
        "requests": 9,
        "wait": 0,
    }
    *_, told, _ = plan_lines(Plan(**usual, authorizations=9, passwords=3, wrong_passwords=1))
    assert told == (
        "passwords: the right one is presented about 3 times (10 where the provider keeps no login session), wrong ones 1 time, "
        "each followed by the right one; limits.wrong_password = false leaves it out"
    )
    *_, told, _ = plan_lines(Plan(**usual, passwords=1))
    assert told == "passwords: the right one is presented about 1 time, wrong ones never"
    assert not any("password" in line for line in plan_lines(Plan(**usual)))


def test_what_can_be_parked_is_named():
    """The option that would do it, and the one that goes on."""
    parkable = replace(step("aged", lacking=86_400), parkable=True)
    *_, told, _ = lines(parkable, step("on_time", lacking=86_400))
    assert told.startswith("--park would log in once more for each of aged, at the end of the run, and --due ")
    assert not any("--park" in line for line in lines(step("on_time", lacking=86_400)))
