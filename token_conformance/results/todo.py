"""What a run left undone because it takes too long a wait, and a later run can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, NonNegativeInt, ValidationError

from token_conformance.profile.login import Login
from token_conformance.running.record import Record

MARGIN = 60
"""Seconds that a run which resumes may wait longer than the to-dos say: a new token may live a little longer."""


@dataclass(frozen=True)
class ToDo:
    """A scenario that takes a wait of some seconds, and when it could be done at the earliest: begun at once.

    `alone` tells that its wait does not overlap with others of its user.
    """

    scenario: str
    wait: int
    earliest: datetime
    alone: bool = False

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        earliest = self.earliest.isoformat(timespec="seconds")
        return {"scenario": self.scenario, "wait": self.wait, "earliest": earliest, "alone": self.alone}


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
    """The scenarios of a run for which `max_wait` was too short."""
    lacking = ((name, waits.lacking, waits.alone) for name, waits in record.waits.items())
    return tuple(
        ToDo(name, ceil(wait), now + timedelta(seconds=wait), alone)
        for name, wait, alone in sorted(lacking, key=lambda each: each[0])
        if wait is not None
    )


class ResumeError(ValueError):
    """The to-dos of a file cannot be done; the message says why."""


class _Entry(BaseModel):
    scenario: str
    wait: NonNegativeInt
    earliest: AwareDatetime
    alone: bool = False


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
    return tuple(ToDo(entry.scenario, entry.wait, entry.earliest, entry.alone) for entry in results.todo)


def longest_wait(left: Iterable[ToDo]) -> int:
    """The seconds that the longest of the to-dos takes."""
    return max((each.wait for each in left), default=0)


def announcement(name: str, left: Sequence[ToDo], now: datetime, login: Login) -> str:
    """What a run that resumes says beforehand: what it does, what it begins with, and how long that takes."""
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
