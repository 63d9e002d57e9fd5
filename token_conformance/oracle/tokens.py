"""What the oracle remembers: codes and tokens, the family that each belongs to, and what has befallen it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from token_conformance.oracle.events import Authorization, Event

TOLERANCE = 0.0002
"""Seconds by which times of exchanges are not exactly known."""

NEVER = float("inf")

Kind = Literal["code", "device code", "access token", "refresh token"]


Teller = tuple[str | None, ...]
"""By what the user of a session is named: what that is, and of whom it is asked."""

LOGIN: Teller = ("login",)


class Fate(StrEnum):
    """What an event does to a token: it ends it, it may have ended it, or it has to leave it alone."""

    DIES = "dies"
    MAY_DIE = "may die"
    LIVES = "lives"


@dataclass(frozen=True)
class Blow:
    """Something that befell a token, and what it has to come to.

    `requirement` is what a server violates at which it comes to something else; `told` is what happened, in words.
    Before `since` a token that dies may still live, and until `spared` it has to: `grace` is what is violated otherwise.
    """

    event: Event
    fate: Fate
    requirement: str | None
    told: str
    since: float = 0.0
    spared: float = 0.0
    grace: str | None = None

    @property
    def of_session(self) -> bool:
        """Whether it befell the session, and the token only as one of it."""
        return self.told.startswith("is of ")

    def fate_at(self, event: Event) -> Fate:
        """What has come of it when another event begins; of what overlaps nobody knows which came first."""
        if self.event.end > event.begin + TOLERANCE:
            return Fate.MAY_DIE
        if self.fate is Fate.DIES and event.begin < self.since:
            return Fate.LIVES if event.end < self.spared else Fate.MAY_DIE
        return self.fate

    def blamed_at(self, event: Event) -> str | None:
        """What a server violates at which a token died of it that should have lived."""
        return self.grace if self.fate is Fate.DIES and event.begin < self.since else self.requirement


@dataclass(eq=False, repr=False)
class Credential:
    """A code or a token: what it is, when it was handed over, and all that has befallen it since.

    `generation` counts the refreshes before it, `life` the seconds that it lives for certain, and `ends` is the time from
    which it is dead; None where nobody has said so. `told_end` is what introspection says of that. `key` and `certificate` are what it is bound to.
    """

    kind: Kind
    value: str
    name: str
    given: Event
    family: Family
    client_id: str | None
    generation: int = 0
    scope: frozenset[str] | None = None
    life: float | None = None
    ends: float | None = None
    ends_by: str = ""
    told_end: float | None = None
    key: str | None = None
    certificate: str | None = None
    request: Authorization | None = None
    readable: bool = False
    blows: list[Blow] = field(default_factory=list)
    uses: list[Event] = field(default_factory=list)
    refusals: list[Event] = field(default_factory=list)
    successors: list[Credential] = field(default_factory=list)

    def age(self, event: Event) -> float:
        """The seconds from when it was handed over until an event begins."""
        return event.begin - self.given.end

    def used_before(self, event: Event) -> Event | None:
        """The first use that was accepted before an event began."""
        return next((use for use in self.uses if use.end <= event.begin + TOLERANCE), None)

    def suffers(self, blow: Blow) -> None:
        """Note what has befallen it."""
        self.blows.append(blow)

    def deadly(self, event: Event) -> Iterator[Blow]:
        """What has ended it for certain when an event begins."""
        return (blow for blow in self.blows if blow.fate_at(event) is Fate.DIES)

    def __repr__(self) -> str:
        """Its name alone: it holds a secret, and leads to all others of its family."""
        return self.name


@dataclass(eq=False, repr=False)
class Family:
    """What comes of one grant: a code, a password or a device that was approved, and all tokens that descend from it.

    `carried` is the scope that its first access token holds where it is a JWT, whatever the answer told; `members` is what
    the answer to its first refresh had, and `claims` what userinfo has told of its user. `users` is by what its user was
    named who that is: in the form of the login, or by an endpoint.
    """

    letter: str
    begun: Event
    grant: str
    client_id: str | None
    scope: frozenset[str] | None = None
    scope_told: bool = False
    carried: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    user: str | None = None
    users: dict[Teller, str] = field(default_factory=dict)
    identity: Mapping[str, Any] | None = None
    identified: float = 0.0
    code: Credential | None = None
    refresh_tokens: list[Credential] = field(default_factory=list)
    access_tokens: list[Credential] = field(default_factory=list)
    nonce: str | None = None
    narrowed: bool = False
    claims: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

    @property
    def tokens(self) -> Iterator[Credential]:
        """All of its tokens."""
        yield from self.refresh_tokens
        yield from self.access_tokens

    @property
    def depth(self) -> int:
        """The newest generation of its refresh tokens."""
        return max((token.generation for token in self.refresh_tokens), default=0)

    def __repr__(self) -> str:
        return f"session {self.letter}"


@dataclass(frozen=True)
class Incident:
    """Something that befell one family and may tell on others; None as family where it concerns all.

    `requirement` is what a server violates at which tokens of other families die of it, None where that may be; `kind` is
    what was done, where that may reach other sessions of the same user, and `sure` whether it was done to what lived.
    """

    event: Event
    family: Family | None
    requirement: str | None
    told: str
    kind: str = ""
    sure: bool = True
    is_login: bool = False


def letters(number: int) -> str:
    """A, B, … Z, AA, AB, …: the names of families."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
