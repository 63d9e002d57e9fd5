"""The story that led to a judgement: what happened to a session, told in sentences, each with its exchange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from token_conformance.oracle.events import (
    Asker,
    CodeGiven,
    DeviceCodes,
    Event,
    Granted,
    Introspection,
    NoDecision,
    Refused,
    Revocation,
    Served,
    TokenRequest,
    Told,
    Use,
)
from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Watched
from token_conformance.oracle.tokens import Family

MOST = 14
"""Sentences of a story: its beginning and its end; what lies between is counted."""

GRANTS = {
    "authorization_code": "exchanges",
    "refresh_token": "refreshes with",
    "password": "logs in with the user's password",
    "client_credentials": "asks for a token of its own",
}


@dataclass(frozen=True)
class Step:
    """One sentence of a story: the exchange, the seconds since its beginning, and what happened, without any secret."""

    exchange: str
    seconds: float
    told: str


def story(judgement: Judgement, watched: Watched) -> tuple[Step, ...]:
    """What led to a judgement: all that befell its session, and the events that it names, up to the answer itself."""
    told = [
        event
        for event in watched.events
        if event.begin <= judgement.event.begin and _concerns(event, judgement, watched)
    ]
    shown = _shortened(told, {*judgement.culprits, judgement.event})
    began = shown[0].begin if shown else judgement.event.begin
    return tuple(Step(event.id, round(event.begin - began, 1), sentence(event, watched)) for event in shown)


def _concerns(event: Event, judgement: Judgement, watched: Watched) -> bool:
    named = event is judgement.event or event in judgement.culprits
    return named or (judgement.family is not None and judgement.family in set(_families(event, watched)))


def _families(event: Event, watched: Watched) -> Iterator[Family]:
    """The sessions that an event touches: that of what it presents, and that of what it hands over."""
    handed = event.answered.code if isinstance(event.answered, CodeGiven) else None
    given = event.granted
    for value in (event.credential, handed, *((given.access_token, given.refresh_token) if given else ())):
        if value is not None and value in watched.known:
            yield watched.known[value].family


def _shortened(events: list[Event], kept: set[Event]) -> list[Event]:
    """The beginning, the end, and what matters of the rest."""
    if len(events) <= MOST:
        return events
    ends = {*events[:3], *events[-(MOST - 5) :]}
    return [event for event in events if event in ends or event in kept]


def sentence(event: Event, watched: Watched) -> str:
    """What happened in an event, tokens by their names."""
    return f"{_asked(event, watched)}: {_answered(event, watched)}"


def _asked(event: Event, watched: Watched) -> str:
    presented = _name(event.credential, watched)
    match event.asked:
        case TokenRequest() as asked:
            who = _who(asked.asker)
            does = GRANTS.get(asked.grant)
            what = f"{does} {presented}" if does and asked.credential and asked.grant != "password" else does
            scope = f", for scope {' '.join(sorted(asked.scope))}" if asked.scope else ""
            return f"{who} {what or f'presents {presented}'}{scope}"
        case Introspection() as asked:
            return f"{_who(asked.asker)} introspects {presented}"
        case Revocation() as asked:
            return f"{_who(asked.asker)} revokes {presented}"
        case Use() as asked:
            place = "userinfo" if asked.userinfo else "the resource"
            return f"{presented} is used at {place}" if asked.token else f"{place} is asked without a token"
        case _:
            return "the user is asked"


def _answered(event: Event, watched: Watched) -> str:
    match event.answered:
        case CodeGiven(code=code):
            return f"{_name(code, watched)} is handed over"
        case Granted() as given:
            values = (given.access_token, given.refresh_token)
            return _and(
                [*(_name(value, watched) for value in values if value), *(["an ID token"] if given.id_token else [])]
            )
        case DeviceCodes(device_code=code):
            return f"{_name(code, watched)} is handed over"
        case Told(active=active):
            return "it is active" if active else "it is not active"
        case Refused() as refused:
            return f"refused by {refused}"
        case Served():
            return "done"
        case NoDecision(why=why):
            return why


def _name(value: str | None, watched: Watched) -> str:
    if value is None:
        return "nothing"
    known = watched.known.get(value)
    return str(known) if known is not None else "what nobody has handed over"


def _who(asker: Asker) -> str:
    if asker.client_id:
        return f"client {asker.client_id}"
    return "a client" if asker.hidden else "nobody"


def _and(names: Iterable[str]) -> str:
    *before, last = list(names)
    return f"{', '.join(before)} and {last}" if before else last
