"""An exchange tells what came, strictly, and who looked at it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request, doubled_members, header, parse_json, watching


@pytest.mark.parametrize(
    "body",
    [b'{"a":1,"a":2}', b'{"a":NaN}', b'\xef\xbb\xbf{"a":1}', b"a=1", b"", b'{"a":1', b'{"a":"\xff"}', b"[" * 100_000],
    ids=["duplicate", "NaN", "BOM", "form", "empty", "truncated", "not UTF-8", "deeply nested"],
)
def test_what_is_not_strict_json_is_none(body):
    """A body that RFC 8259 does not allow is no JSON."""
    assert parse_json(body) is None


@pytest.mark.parametrize(
    ("body", "doubled"),
    [
        (b'{"a":1,"b":2,"a":1}', ("a",)),
        (b'{"a":{"c":1,"c":2}}', ("c",)),
        (b'{"a":1}', ()),
        (b'{"a":1,"a"', ()),
        (b"<html>", ()),
        (b"[" * 100_000, ()),
    ],
)
def test_members_that_stand_twice_are_named(body, doubled):
    """In an object that would be JSON without them."""
    assert doubled_members(body) == doubled


@given(st.binary(max_size=200))
def test_no_body_is_a_traceback(body):
    """Any bytes parse or are None."""
    parse_json(body)


def test_header_lines_of_one_name_are_one_list():
    """Several lines of a header are joined, whatever their case."""
    assert header((("Cache-Control", "no-store"), ("cache-control", "private")), "CACHE-CONTROL") == "no-store, private"


def test_form_keeps_order_and_empty_parameters():
    """The parameters of a form come in order, empty ones included."""
    request = Request(
        "POST", "https://op.example/token", (("Content-Type", "application/x-www-form-urlencoded"),), b"b=2&a=&b=%2B"
    )
    assert request.form == (("b", "2"), ("a", ""), ("b", "+"))


def test_reading_a_response_makes_it_evidence(make_exchange):
    """What a check reads is noted once and in order; what it leaves alone is not."""
    first, second, third = (make_exchange("{}", number=number) for number in (1, 2, 3))
    with watching() as seen:
        assert second.json == {}
        assert first.status == 200
        assert second.members == {}
    assert list(seen) == [second, first]
    assert third not in seen


def test_reading_an_answer_that_never_came_is_inconclusive(make_exchange):
    """Without an answer the reason is the message."""
    exchange = make_exchange(answer=None, failure="no connection to op.example")
    with pytest.raises(Inconclusive, match="no answer to POST /token: no connection to op.example"):
        exchange.json  # noqa: B018 - reading is what is tested


def test_what_a_recording_does_not_hold_is_inconclusive(make_exchange):
    """An undocumented status or header is not judged; the body is."""
    exchange = make_exchange('{"a": 1}', undocumented=frozenset({"status", "headers"}))
    assert exchange.members == {"a": 1}
    with pytest.raises(Inconclusive, match="does not hold the status"):
        exchange.status  # noqa: B018 - reading is what is tested
    with pytest.raises(Inconclusive, match="does not hold the headers"):
        exchange.header("cache-control")


def test_date_is_the_servers_word(make_exchange):
    """The Date header counts; a broken or missing one gives way to the client's clock."""
    stated = make_exchange(headers=(("Date", "Thu, 01 Jan 2026 11:00:00 GMT"),))
    broken = make_exchange(headers=(("Date", "yesterday"),), seconds=2.0)
    assert stated.date == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert broken.date == broken.started + timedelta(seconds=2)
