"""What takes too long a wait is left to be done, and says so to the run that does it."""

import json
from datetime import UTC, datetime

import pytest

from token_conformance.profile.login import Login
from token_conformance.results.todo import ResumeError, ToDo, announcement, duration, longest_wait, read_to_dos, to_dos
from token_conformance.running.record import Record
from token_conformance.running.waiting import Waits

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEFT = (ToDo("expired_code", 620, datetime(2026, 1, 1, 12, 10, 20, tzinfo=UTC)), ToDo("reuse", 90, NOON))


def test_what_could_not_be_waited_for_is_to_be_done(make_profile):
    """Only that: whoever waited, or did not need to, is done."""
    waits = {"short": Waits(60), "expired_code": Waits(1, 619.5, alone=True), "login": Waits()}
    record = Record(make_profile(), "live", waits=waits)
    assert to_dos(record, NOON) == (
        ToDo("expired_code", 620, datetime(2026, 1, 1, 12, 10, 19, 500_000, tzinfo=UTC), alone=True),
    )


@pytest.fixture
def results(tmp_path):
    def results(**changes):
        path = tmp_path / "results.json"
        usual = {"schema": 1, "profile": "example", "todo": [left.to_json() for left in LEFT]}
        path.write_text(json.dumps(usual | changes))
        return path

    return results


def test_to_dos_are_read_as_they_were_written(results):
    """Other members of results.json do not matter."""
    assert read_to_dos(results(), "example") == LEFT


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"profile": "other"}, "is of the profile 'other', not of 'example'"),
        ({"todo": []}, "holds no to-do: nothing is left to resume"),
        ({"todo": None}, "is no results.json with to-dos"),
        ({"todo": [{"scenario": "reuse", "wait": -1, "earliest": "2026-01-01T12:00:00Z"}]}, "is no results.json"),
        ({"todo": [{"scenario": "reuse"}]}, "is no results.json with to-dos"),
    ],
)
def test_a_file_that_cannot_be_resumed_says_why(results, changes, sentence):
    """One sentence, with the path."""
    with pytest.raises(ResumeError, match=sentence):
        read_to_dos(results(**changes), "example")


def test_a_file_that_is_none_says_why(tmp_path):
    """A folder, a lack, and what is no JSON."""
    (tmp_path / "page.json").write_bytes(b"\xff<html>")
    for name, sentence in (
        ("", "cannot be read"),
        ("none.json", "cannot be read"),
        ("page.json", "is no results.json"),
    ):
        with pytest.raises(ResumeError, match=sentence):
            read_to_dos(tmp_path / name, "example")


def test_a_run_that_resumes_says_how_long_it_takes():
    """All waits overlap in the longest one."""
    assert longest_wait(LEFT) == 620
    assert announcement("example", LEFT, NOON, Login()) == (
        "example: resumes expired_code, reuse, with new logins; their waits overlap and take 10.3 min, "
        "until 2026-01-01 12:10 UTC at the earliest"
    )


def test_what_waits_alone_comes_after_the_others():
    """Unless another user does it meanwhile."""
    left = (*LEFT, ToDo("aged", 600, NOON, alone=True), ToDo("grandparent", 60, NOON, alone=True))
    users = [{"username": name, "password": "a password"} for name in ("bob", "carol")]
    assert "their waits overlap where they can and take 21.3 min" in announcement("example", left, NOON, Login())
    assert "their waits overlap and take 10.3 min" in announcement("example", left, NOON, Login(users=users))


@pytest.mark.parametrize(
    ("login", "begin"),
    [
        (Login(strategy="interactive"), "from the stored session"),
        (Login(strategy="device"), "from the stored session"),
        (Login(strategy="refresh_token", refresh_token="a-seed"), "from login.refresh_token"),
    ],
)
def test_one_session_waits_again_and_again(login, begin):
    """Where there is but one login, scenarios follow one another."""
    wait = sum(each.wait for each in LEFT)
    said = announcement("example", LEFT, NOON, login)
    assert f"{begin}; their waits follow one another and take {duration(wait)}, until" in said


@pytest.mark.parametrize(
    ("seconds", "said"), [(1.1, "1.1 s"), (90, "90 s"), (620, "10.3 min"), (7_200, "2 h"), (2_592_000, "30 d")]
)
def test_durations_are_said_as_people_say_them(seconds, said):
    """The unit is the largest of which there are two."""
    assert duration(seconds) == said
