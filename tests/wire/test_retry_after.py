"""When a server asks to come again, in whatever words."""

from datetime import UTC, datetime

import pytest

from token_conformance.wire.exchange import Request, Response
from token_conformance.wire.retry_after import repeatable, retry_after

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def asked(value, status=429, **headers):
    return retry_after(Response(status, (("Retry-After", value), *headers.items())), NOON)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 12:00:30 -0000", 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("9" * 400, None),
        ("Thu, 01 Jan 99999999999999 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    """What is neither tells nothing (RFC 9110 §10.2.3)."""
    assert asked(value) == seconds


def test_a_date_is_held_against_the_clock_of_the_server():
    """A server whose clock is an hour ahead does not ask for an hour."""
    assert asked("Thu, 01 Jan 2026 13:00:30 GMT", Date="Thu, 01 Jan 2026 13:00:00 GMT") == 30


@pytest.mark.parametrize(("status", "seconds"), [(503, 5), (200, None), (301, None), (400, None), (500, None)])
def test_only_429_and_503_ask_to_come_again(status, seconds):
    """Retry-After beside another status is not about this request."""
    assert asked("5", status) == seconds


def test_without_an_answer_nothing_is_asked():
    """A failed connection is no reason to send a request twice."""
    assert retry_after(None, NOON) is None


@pytest.mark.parametrize(
    ("request_", "can_be"),
    [
        (Request("POST", "https://op.example/token", FORM, b"grant_type=refresh_token&refresh_token=x"), True),
        (Request("GET", "https://op.example/userinfo"), True),
        (Request("POST", "https://op.example/token", FORM, b"client_assertion=x"), False),
        (Request("POST", "https://op.example/token", FORM, b"assertion=x"), False),
        (Request("POST", "https://op.example/token", (*FORM, ("DPoP", "x")), b"grant_type=x"), False),
    ],
)
def test_what_is_good_once_is_not_sent_twice(request_, can_be):
    """A server that remembers an assertion or a proof would refuse it the second time."""
    assert repeatable(request_) is can_be


def test_what_is_made_anew_is_sent_again():
    """Another assertion is good, and a proof that a scenario made stays the only one."""
    body = b"client_assertion=x"
    assert repeatable(Request("POST", "https://op.example/token", FORM, body), renewed=True)
    assert not repeatable(Request("POST", "https://op.example/token", (*FORM, ("DPoP", "x")), body), renewed=True)
