"""What the oracle says of an answer: that it is allowed, forbidden by a requirement, or that nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from token_conformance.oracle.events import Event
from token_conformance.oracle.tokens import Credential, Family


class Ruling(StrEnum):
    """Whether an answer may be as it is."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True)
class Offence:
    """What is wrong with an answer: the requirement that it violates, in words, and the earlier events that show it."""

    requirement: str
    told: str
    culprits: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Excuse:
    """Why a refusal is allowed; where it is not `certain`, it is merely possible, and nobody can tell."""

    told: str
    certain: bool = False


@dataclass(frozen=True)
class Judgement:
    """The ruling on one answer, and why; `requirement` is what a forbidden one violates, `token` what it is about."""

    event: Event
    ruling: Ruling
    told: str = ""
    requirement: str | None = None
    token: Credential | None = None
    culprits: tuple[Event, ...] = ()

    @property
    def family(self) -> Family | None:
        """The session that the token is of."""
        return self.token.family if self.token is not None else None


def forbidden(event: Event, offence: Offence, token: Credential | None) -> Judgement:
    """The judgement on an offence."""
    return Judgement(event, Ruling.FORBIDDEN, offence.told, offence.requirement, token, offence.culprits)


def excused(event: Event, excuse: Excuse | Offence, token: Credential | None) -> Judgement:
    """The judgement on a refusal."""
    if isinstance(excuse, Offence):
        return forbidden(event, excuse, token)
    return Judgement(event, Ruling.ALLOWED if excuse.certain else Ruling.UNDECIDABLE, excuse.told, token=token)
