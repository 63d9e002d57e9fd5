"""What a run left undone because it takes too long a wait, and a later run can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, NonNegativeInt, PositiveInt, ValidationError

from token_conformance.profile.login import Login
from token_conformance.running.record import Record
from token_conformance.verdict import Limited
from token_conformance.wire.allowance import Spent
from token_conformance.wire.rate_limit import KnownBy, RateLimit

MARGIN = 60
"""Seconds that a run which resumes may wait longer than the to-dos say: a new token may live a little longer."""


Because = Literal["wait", "limit"]
"""Why a scenario is left: it takes too long a wait, or the provider allowed no more requests."""


@dataclass(frozen=True)
class ToDo:
    """A scenario that takes a wait of some seconds, and when it could be done at the earliest: begun at once.

    `because` says whether it was left for its wait, or since the provider allowed no more requests. `alone` tells that its wait does not overlap with others of its user.
    """

    scenario: str
    wait: int
    earliest: datetime
    alone: bool = False
    because: Because = "wait"

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        earliest = self.earliest.isoformat(timespec="seconds")
        members = {"scenario": self.scenario, "wait": self.wait, "earliest": earliest, "alone": self.alone}
        return {**members, "because": self.because}


@dataclass(frozen=True)
class Parked:
    """A scenario that was stopped at a wait, at which time, and when that is over (UTC)."""

    scenario: str
    since: datetime
    due: datetime

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        times = {"since": self.since, "due": self.due}
        return {"scenario": self.scenario, **{name: time.isoformat(timespec="seconds") for name, time in times.items()}}


def to_dos(record: Record, now: datetime) -> tuple[ToDo, ...]:
    """The scenarios of a run for which `max_wait` was too short, and those for which the provider allowed no more requests."""
    again = max(now, record.again_from or now)
    limited = {name for name, outcome in record.outcomes.items() if isinstance(outcome, Limited)}
    lacking = {name: waits for name, waits in record.waits.items() if waits.lacking is not None and name not in limited}
    waiting = (
        ToDo(name, ceil(waits.lacking or 0), now + timedelta(seconds=waits.lacking or 0), waits.alone)
        for name, waits in sorted(lacking.items())
    )
    return (*(ToDo(name, 0, again, because="limit") for name in sorted(limited)), *waiting)


def taken_up(left: Sequence[ToDo]) -> tuple[ToDo, ...]:
    """What a run that resumes does of what is left: first what was cut short, since waits may take long."""
    limited = tuple(each for each in left if each.because == "limit")
    return limited or tuple(left)


class ResumeError(ValueError):
    """The to-dos of a file cannot be done; the message says why."""


class _Entry(BaseModel):
    scenario: str
    wait: NonNegativeInt
    earliest: AwareDatetime
    alone: bool = False
    because: Because = "wait"


class _Results(BaseModel):
    profile: str
    todo: list[_Entry]


def read_to_dos(path: Path, profile: str) -> tuple[ToDo, ...]:
    """The to-dos in a results.json of that profile.

    Raises:
        ResumeError: the file cannot be read, is none, is another profile's, or holds no to-do.

    """
    try:
        results = _Results.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResumeError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise ResumeError(f"{path} is no results.json with to-dos: profile and todo are expected") from None
    if results.profile != profile:
        raise ResumeError(f"{path} is of the profile {results.profile!r}, not of {profile!r}")
    if not results.todo:
        raise ResumeError(f"{path} holds no to-do: nothing is left to resume")
    return tuple(ToDo(entry.scenario, entry.wait, entry.earliest, entry.alone, entry.because) for entry in results.todo)


class _Spent(BaseModel):
    count: PositiveInt
    seconds: PositiveInt
    known_by: KnownBy
    used: NonNegativeInt
    until: AwareDatetime


class _Limits(BaseModel):
    limits: list[_Spent] = []


def read_spent(path: Path) -> tuple[Spent, ...]:
    """What an earlier run knew of the provider's limits, by its results.json, and what of them was spent."""
    told = _Limits.model_validate_json(path.read_bytes()).limits
    return tuple(Spent(RateLimit(each.count, each.seconds, each.known_by), each.used, each.until) for each in told)


def spent_json(spent: Iterable[Spent]) -> list[dict[str, Any]]:
    """The entries of results.json that `read_spent` reads."""
    return [
        {
            "count": each.limit.count,
            "seconds": each.limit.seconds,
            "known_by": each.limit.known_by,
            "used": each.used,
            "until": each.until.isoformat(timespec="seconds"),
        }
        for each in spent
    ]


def longest_wait(left: Iterable[ToDo]) -> int:
    """The seconds that the longest of the to-dos takes."""
    return max((each.wait for each in left), default=0)


def announcement(name: str, left: Sequence[ToDo], now: datetime, login: Login) -> str:
    """What a run that resumes says beforehand: what it does, what it begins with, and how long that takes."""
    if any(each.because == "limit" for each in left):
        return _going_on(name, left, now)
    if login.seeded:
        begin = "from the stored session" if login.stored else "from login.refresh_token"
        wait, waits = sum(each.wait for each in left), "waits follow one another"
    else:
        begin, wait = "with new logins", _overlapping(left, len(login.users))
        waits = "waits overlap" if wait == longest_wait(left) else "waits overlap where they can"
    names, end = ", ".join(each.scenario for each in left), now + timedelta(seconds=wait)
    return (
        f"{name}: resumes {names}, {begin}; their {waits} and take {duration(wait)}, "
        f"until {end:%Y-%m-%d %H:%M} UTC at the earliest"
    )


def _going_on(name: str, left: Sequence[ToDo], now: datetime) -> str:
    """What is said of a run that goes on where another one was cut short."""
    count, earliest = len(left), max(each.earliest for each in left)
    before = f"; the provider's limit is over at {earliest:%H:%M:%S} UTC, and before that nothing may fit" * (
        earliest > now
    )
    return f"{name}: goes on with {count} scenario{'s' * (count != 1)}, the worthiest first{before}"


def _overlapping(left: Sequence[ToDo], further_users: int) -> int:
    """The seconds of all waits: those alone follow one another, beside the others where there are further users."""
    alone = [each.wait for each in left if each.alone]
    beside = longest_wait(each for each in left if not each.alone)
    if not further_users:
        return beside + sum(alone)
    return max(beside, *(sum(alone[place::further_users]) for place in range(further_users)))


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `10 min`, `8.3 h`, `30 d`."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size, 1):g} {unit}"
    return f"{round(seconds, 1):g} s"
