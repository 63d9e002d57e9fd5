"""Limits of sessions: a login may end a session before it, which no specification speaks of.

A provider may keep so many sessions of a user, at each client or at all of them together, and have one go at the login
beyond: the oldest, the one that was idle longest, or the newest. So a login may have ended a session that had more others
ahead of it, in one of these orders, than any session is known to have outlived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from token_conformance.oracle.events import Event
from token_conformance.oracle.tokens import Credential, Family, Fate, Incident
from token_conformance.oracle.world import World

HERE, ELSEWHERE, ANYWHERE = "at its client", "at other clients", "anywhere"
YOUNGER, FRESHER, OLDER = "younger", "fresher", "older"

Crowd = Counter[tuple[str, str]]
"""How many sessions are ahead of one, by the order and the place."""


def note_survival(world: World, event: Event, token: Credential) -> None:
    """Learn from a refresh token that works how many sessions were ahead of its own, at each login, and did not end it."""
    outlived = world.policy.learned.outlived
    for login in _logins(world, token, token.given.end, event.begin):
        if login.event.begin >= token.given.end and login.event.end <= event.begin:
            least, _ = _ahead(world, token, login)
            for (order, place), number in least.items():
                key = token.client_id, login.told, order, place
                outlived[key] = max(outlived[key], number)


def may_have_ended(world: World, token: Credential, event: Event) -> bool:
    """Whether a login, since a token was handed over, may have ended its session for a limit that is not known."""
    outlived = world.policy.learned.outlived
    return any(
        number > outlived[token.client_id, login.told, order, place]
        for login in _logins(world, token, token.given.begin, event.end)
        for (order, place), number in _ahead(world, token, login)[1].items()
    )


def _logins(world: World, token: Credential, begin: float, end: float) -> Iterator[Incident]:
    """The logins of what may be the same user, in other sessions, that overlap a time."""
    for incident in world.incidents:
        if incident.is_login and incident.event.end > begin and incident.event.begin < end:
            other = incident.family
            if other is not None and other is not token.family and world.same_user(token.family, other) is not False:
                yield incident


def _ahead(world: World, token: Credential, login: Incident) -> tuple[Crowd, Crowd]:
    """How many sessions of the user were ahead of that of a token at a login, at least and at most."""
    least, most = Crowd(), Crowd()
    own = next((each for each in _alike(world, login) if each.family is token.family), None)
    begun = own.event if own is not None else token.family.begun
    others = [each for each in _alike(world, login) if each.family is not None and each.family is not token.family]
    for other in others:
        places = (HERE if other.family and other.family.client_id == token.client_id else ELSEWHERE, ANYWHERE)
        sure = _lives_for_certain(world, token, other, login)
        possible = _may_live(world, token, other, login)
        for order, before, after in (
            (YOUNGER, begun.end <= other.event.begin, begun.begin < other.event.end),
            (FRESHER, *_fresher(token, other, login)),
            (OLDER, other.event.end <= begun.begin, other.event.begin < begun.end),
        ):
            least.update(dict.fromkeys(((order, place) for place in places), int(sure and before)))
            most.update(dict.fromkeys(((order, place) for place in places), int(possible and after)))
    return _if_newest(least, most), _if_newest(most, least)


def _if_newest(crowd: Crowd, otherwise: Crowd) -> Crowd:
    """Leave out those that are older where a session was not the newest before a login: it would not be that which goes."""
    return Crowd(
        {
            (order, place): number
            for (order, place), number in crowd.items()
            if order is not OLDER or max(crowd[YOUNGER, place], otherwise[YOUNGER, place]) == 1
        }
    )


def _alike(world: World, login: Incident) -> Iterator[Incident]:
    """All logins that came to as much as one did, up to that: to a code, or to tokens."""
    for each in world.incidents:
        if each.is_login and each.told == login.told and each.event.begin < login.event.end:
            yield each


def _fresher(token: Credential, other: Incident, login: Incident) -> tuple[bool, bool]:
    """Whether another session was used after that of a token, before a login: for certain, and possibly."""
    used = [other.event, *(each.given for each in (other.family.tokens if other.family is not None else ()))]
    used = [each for each in used if each.begin < login.event.end]
    sure = any(each.begin >= token.given.end and each.end <= login.event.end for each in used)
    return sure, any(each.end > token.given.begin for each in used)


def _lives_for_certain(world: World, token: Credential, other: Incident, login: Incident) -> bool:
    """Whether nothing has befallen another session of the same user, up to a login, that may have ended it."""
    family = other.family
    if family is None or world.same_user(token.family, family) is not True:
        return False
    if family is login.family:
        return True
    if other.event.end > login.event.end:
        return False
    newest = _newest(family, login.event)
    return newest is not None and not any(
        blow.fate_at(login.event) is not Fate.LIVES for blow in newest.blows if blow.event.begin < login.event.end
    )


def _may_live(world: World, token: Credential, other: Incident, login: Incident) -> bool:
    """Whether another session may be one of the same user, and alive at a login."""
    family = other.family
    if family is None or world.same_user(token.family, family) is False:
        return False
    newest = _newest(family, login.event)
    return newest is None or not any(
        blow.fate is Fate.DIES and blow.event.end <= login.event.begin for blow in newest.blows
    )


def _newest(family: Family, event: Event) -> Credential | None:
    """The newest refresh token of a session when an event ends."""
    return next((each for each in reversed(family.refresh_tokens) if each.given.end <= event.end), None)
