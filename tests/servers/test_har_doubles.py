"""An exchange that stands in recordings twice was made once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.servers.captured.test_bad_recordings import text_of
from tests.servers.captured.test_recorders import CODE, REUSE, SECRET, watched
from token_conformance.oracle.oracle import own_faults
from token_conformance.servers.har import Entry
from token_conformance.servers.har_doubles import once
from token_conformance.servers.har_files import read_all


def entry(*, after=0.0, body="rt-1", token="at-1", time=5):
    """A refresh, so many seconds after noon."""
    posted = {"mimeType": "application/x-www-form-urlencoded", "text": f"grant_type=refresh_token&refresh_token={body}"}
    started = datetime.fromisoformat("2026-01-01T12:00:00Z") + timedelta(seconds=after)
    return Entry.model_validate(
        {
            "startedDateTime": started.isoformat(),
            "time": time,
            "request": {"method": "POST", "url": "https://op.example/token", "postData": posted},
            "response": {"status": 200, "content": {"text": json.dumps({"access_token": token})}},
        }
    )


def test_a_file_given_twice_holds_each_exchange_once():
    """And so does one that begins another."""
    first, second = entry(), entry(after=9, token="at-2")
    assert once([[first, second], [first, second]]) == [first, second]
    assert once([[first], [first, second]]) == [first, second]
    assert once([[first, second, first]]) == [first, second]


@pytest.mark.parametrize(
    "other", [entry(time=6), entry(after=0.2), entry(token="at-2"), entry(body="rt-2"), entry(after=5)]
)
def test_in_one_file_nothing_is_a_double_that_differs(other):
    """A client may ask twice at once, and a server may answer both alike: that is what the oracle looks for."""
    assert once([[entry(), other]]) == [entry(), other]


def test_two_recorders_see_an_exchange_a_moment_apart():
    """What was handed over tells it; a second later it may be another one."""
    assert once([[entry()], [entry(after=0.2, time=3)]]) == [entry()]
    for other in (entry(after=2), entry(after=0.2, token="at-2")):
        assert once([[entry()], [other]]) == [entry(), other]


def test_what_is_no_text_has_doubles_too():
    """Halves of surrogate pairs stand in recordings of requests that try them."""
    strange = entry(token="\ud800")
    strange = strange.model_copy(update={"request": strange.request.model_copy(update={"method": "\udfff"})})
    assert once([[strange, strange]]) == [strange]
    assert once([[strange], [strange, entry()]]) == [strange, entry()]


def test_the_order_of_one_file_is_its_own():
    """That of several is the order of time."""
    first, second = entry(), entry(after=9)
    assert once([[second, first]]) == [second, first]
    assert once([[second], [first]]) == [first, second]


@pytest.mark.parametrize(("name", "forbidden"), [("harfile", set()), ("harfile.faulty", {REUSE, CODE, SECRET})])
def test_two_copies_are_judged_as_one(tmp_path, name, forbidden):
    """Each code in them would have been used twice."""
    log = json.loads(text_of(name))["log"]
    (tmp_path / "whole.har").write_text(json.dumps({"log": log}), "utf-8")
    (tmp_path / "begun.har").write_text(json.dumps({"log": {**log, "entries": log["entries"][:12]}}), "utf-8")
    recording = read_all([tmp_path])
    assert (len(recording.entries), recording.doubled) == (22, 12)
    found = {each.requirement for each in own_faults(watched(tmp_path))}
    assert found - {"rfc9700-4.14.2-grandparent-refused"} == forbidden


def test_one_of_several_files_may_break_off(tmp_path):
    """Whichever it is."""
    (tmp_path / "a.har").write_text(text_of("firefox"), "utf-8")
    (tmp_path / "b.har").write_text(text_of("harfile")[:-400], "utf-8")
    assert read_all([tmp_path]).breaks_off
