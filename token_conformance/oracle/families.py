"""The family of the token that a judgement is about: which token begat which, and what befell each of them until then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Watched
from token_conformance.oracle.refreshes import USED
from token_conformance.oracle.tokens import Blow, Credential, Fate

MOST = 12
"""Tokens of a picture: its beginning and its end; what lies between is counted."""

State = Literal["alive", "used", "dead"]


@dataclass(frozen=True)
class Kin:
    """A code or token of a family: by what it was begotten, in which exchange, and what ended it, in which one.

    `skipped` counts the generations between it and what it is said to come from, `accused` marks what the forbidden answer
    is about, and `illicit` what that answer handed over.
    """

    name: str
    born: str
    begotten_by: str | None = None
    skipped: int = 0
    state: State = "alive"
    ended: str | None = None
    ended_in: str | None = None
    accused: bool = False
    illicit: bool = False


def family_of(judgement: Judgement, watched: Watched) -> tuple[Kin, ...]:
    """The code and the tokens of the family that a judgement is about, each after what begat it; empty where it is none."""
    if judgement.family is None:
        return ()
    members = list(_members(judgement, watched))
    kept = _kept(members, judgement)
    return tuple(_kin(member, kept, judgement, watched) for member in members if member in kept)


def _members(judgement: Judgement, watched: Watched) -> Iterator[Credential]:
    """The code and the refresh tokens, and the access tokens of which something is to be told."""
    for each in watched.known.values():
        told = each.kind != "access token" or each is judgement.token or _end(each, judgement) is not None
        if each.family is judgement.family and each.given.begin <= judgement.event.begin and told:
            yield each


def _kept(members: list[Credential], judgement: Judgement) -> set[Credential]:
    if len(members) <= MOST:
        return {*members}
    matters = {member for member in members if member is judgement.token or member.given is judgement.event}
    return {*members[:3], *members[-(MOST - 5) :], *matters}


def _kin(member: Credential, kept: set[Credential], judgement: Judgement, watched: Watched) -> Kin:
    parent, skipped = _parent(member, watched), 0
    while parent is not None and parent not in kept:
        parent, skipped = _parent(parent, watched), skipped + 1
    blow = _end(member, judgement)
    used = member.kind == "code" or (blow is not None and blow.told == USED)
    ended = blow.told if blow is not None else None
    state: State = "used" if used and _is_used(member, judgement) else "dead" if ended else "alive"
    return Kin(
        name=member.name,
        born=member.given.id,
        begotten_by=parent.name if parent is not None else None,
        skipped=skipped,
        state=state,
        ended=ended,
        ended_in=blow.event.id if blow is not None else None,
        accused=member is judgement.token,
        illicit=judgement.event.granted is not None and member.given is judgement.event,
    )


def _is_used(member: Credential, judgement: Judgement) -> bool:
    return any(use.begin <= judgement.event.begin and use is not judgement.event for use in member.uses)


def _parent(member: Credential, watched: Watched) -> Credential | None:
    """The code or refresh token that was presented for it."""
    parent = watched.known.get(member.given.credential or "")
    return parent if parent is not None and parent.family is member.family else None


def _end(member: Credential, judgement: Judgement) -> Blow | None:
    """What ended a token before the answer that is judged: a deed of its own rather than that of a relative.

    One that was used and replaced is at its end whether or not it is known to be dead.
    """
    event = judgement.event
    blows = [blow for blow in member.blows if blow.event is not event and blow.event.begin < event.begin]
    deadly = next((blow for blow in blows if blow.fate is Fate.DIES), None)
    return deadly or next((blow for blow in blows if blow.told == USED and blow.fate is Fate.MAY_DIE), None)
