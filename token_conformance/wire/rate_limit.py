"""What a server says of the limits that it keeps to requests, in headers of its answers.

Those of draft-ietf-httpapi-ratelimit-headers, in the forms of its versions, and the older ones that begin with X-.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from token_conformance.wire.exchange import Headers, Response, header

KnownBy = Literal["profile", "announced", "met"]
"""Who tells of a limit: the profile, headers of the server, or an answer by which it refuses more."""

MOST_REQUESTS = 10_000
"""Requests from which on a limit is none that a run could meet."""

LONGEST = 1_000_000
"""Seconds beyond which a window is none."""

OF_AN_EPOCH = 1_000_000_000
"""From here on a number of seconds is no duration, but a time since 1970."""

LIMITS = ("ratelimit-limit", "x-ratelimit-limit", "x-rate-limit-limit")
REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")

_ITEM = re.compile(r"(?:\"[^\"]*\"|[^,\"])+")
_PARAMETER = re.compile(r"(?:^|[;,\s])(q|w|r|t|limit|remaining|reset)\s*=\s*(\d{1,10})\b")
_NUMBER = re.compile(r"\s*(\d{1,10})\b")


@dataclass(frozen=True)
class RateLimit:
    """So many requests in any window of so many seconds."""

    count: int
    seconds: int
    known_by: KnownBy = "announced"

    def __str__(self) -> str:
        return f"{self.count} token requests in {self.seconds} s"


@dataclass(frozen=True)
class Announced:
    """The limits that an answer tells, how many requests are left of the tightest, and in how many seconds it begins anew."""

    limits: tuple[RateLimit, ...] = ()
    remaining: int | None = None
    reset: float | None = None


def announced(answer: Response | None, now: datetime) -> Announced:
    """What an answer tells of limits; a limit without a window has the one that its reset tells."""
    if answer is None:
        return Announced()
    count, remaining, reset = _numbers(answer.headers, now)
    limits = tuple(_policies(answer.headers))
    if not limits and count is not None and reset is not None:
        limits = tuple(_limit(count, reset))
    return Announced(limits, remaining, reset)


def _policies(headers: Headers) -> Iterator[RateLimit]:
    """`"default";q=50;w=900`, or `50;w=900` as earlier versions had it; `RateLimit-Limit` may hold them too."""
    for name in ("ratelimit-policy", "ratelimit-limit"):
        for item in _ITEM.findall(header(headers, name) or ""):
            told, bare = dict(_PARAMETER.findall(item)), _NUMBER.match(item)
            count = told.get("q") or (bare[1] if bare else None)
            if count is not None and "w" in told:
                yield from _limit(int(count), int(told["w"]))


def _limit(count: int, seconds: float) -> Iterator[RateLimit]:
    """A limit, where it is one that could be kept and met."""
    if 0 < count <= MOST_REQUESTS and 1 <= seconds <= LONGEST:
        yield RateLimit(count, int(-(-seconds // 1)))


def _numbers(headers: Headers, now: datetime) -> tuple[int | None, int | None, float | None]:
    """The count, what remains of it, and the seconds until it begins anew, by whichever headers tell them."""
    told = dict(_PARAMETER.findall(header(headers, "ratelimit") or ""))
    count = _first(told.get("limit"), *(header(headers, name) for name in LIMITS))
    remaining = _first(told.get("r"), told.get("remaining"), *(header(headers, name) for name in REMAINING))
    reset = _first(told.get("t"), told.get("reset"), *(header(headers, name) for name in RESETS))
    if reset is not None and reset >= OF_AN_EPOCH:
        return count, remaining, max(0.0, reset - now.timestamp())
    return count, remaining, reset


def _first(*texts: str | None) -> int | None:
    found = (_NUMBER.match(text) for text in texts if text)
    return next((int(match[1]) for match in found if match), None)
