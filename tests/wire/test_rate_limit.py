"""What servers tell of their limits, in the forms that are in use."""

from datetime import UTC, datetime

import pytest

from token_conformance.wire.exchange import Response
from token_conformance.wire.rate_limit import Announced, RateLimit, announced
from token_conformance.wire.retry_after import retry_after

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EPOCH = str(int(NOON.timestamp()) + 60)
FIFTY = RateLimit(50, 900)


def told(**headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return announced(Response(200, named), NOON)


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"RateLimit_Policy": '"token";q=50;w=900', "RateLimit": '"token";r=49;t=880'}, Announced((FIFTY,), 49, 880)),
        (
            {"RateLimit_Policy": "50;w=900", "RateLimit": "limit=50, remaining=49, reset=880"},
            Announced((FIFTY,), 49, 880),
        ),
        (
            {
                "RateLimit_Policy": "50;w=900",
                "RateLimit_Limit": "50",
                "RateLimit_Remaining": "49",
                "RateLimit_Reset": "880",
            },
            Announced((FIFTY,), 49, 880),
        ),
        ({"RateLimit_Policy": '"a";q=10;w=1, "b, c";q=50;w=900'}, Announced((RateLimit(10, 1), FIFTY))),
        ({"RateLimit_Limit": "50, 50;w=900"}, Announced((FIFTY,))),
        (
            {"X_RateLimit_Limit": "60", "X_RateLimit_Remaining": "59", "X_RateLimit_Reset": EPOCH},
            Announced((RateLimit(60, 60),), 59, 60),
        ),
        (
            {"X_Rate_Limit_Limit": "60", "X_Rate_Limit_Remaining": "0", "X_Rate_Limit_Reset": "60"},
            Announced((RateLimit(60, 60),), 0, 60),
        ),
    ],
    ids=["draft 8", "draft 7", "draft 6", "two policies", "draft 3", "until a time", "for some seconds"],
)
def test_a_limit_is_read(headers, found):
    """Its count and window, what is left of it, and when it begins anew."""
    assert told(**headers) == found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_RateLimit_Limit": "60"},
        {"RateLimit_Policy": "0;w=900"},
        {"RateLimit_Policy": "50;w=0"},
        {"RateLimit_Policy": "9999999;w=900"},
        {"RateLimit_Policy": "99999999999999999999;w=900"},
        {"RateLimit_Policy": "\x1b[2J;q=;w=ten"},
        {"RateLimit_Policy": '"' * 10_000},
    ],
)
def test_what_is_no_limit_is_none(headers):
    """One without a window, of nothing, beyond all measure, or in words."""
    assert told(**headers).limits == ()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("X-Retry-After", "7"),), 7),
        ((("Retry-After", "5"), ("X-Retry-After", "7")), 5),
        ((("RateLimit-Reset", "9"),), 9),
        ((("X-RateLimit-Reset", EPOCH),), 60),
        ((("Retry-After", "soon"), ("RateLimit-Reset", "9")), None),
    ],
)
def test_a_refusal_tells_when_to_come_again(headers, seconds):
    """Retry-After goes before what else tells it."""
    assert retry_after(Response(429, headers), NOON) == seconds
