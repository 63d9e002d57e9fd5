"""What a server did where a check is red: what was changed against the control, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from token_conformance.judging.refusal import Comparison
from token_conformance.redaction.places import basic
from token_conformance.wire.exchange import Exchange, Headers, header

OF_400 = frozenset({"invalid_grant", "invalid_request", "invalid_scope", "unsupported_grant_type"})
"""The codes that come with 400 alone; 401 is for clients that failed to authenticate (RFC 6749 §5.2)."""


class Did(StrEnum):
    """What became of a request that should have been refused, or should not."""

    ACCEPTED = "accepted"
    WITHOUT_CODE = "without_code"
    WRONG_STATUS = "wrong_status"
    WRONG_CODE = "wrong_code"
    SERVER_ERROR = "server_error"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Habit:
    """The exchange for which a check is red, beside its control where it has one.

    `came` is what the answer was wrong in, at the place `at`; `differs` names the parts in which the requests differ,
    none where only time does. `error` is the error code of the answer, whatever else is wrong in it.
    """

    did: Did
    offence: str
    endpoint: str
    at: str
    came: int | str | None
    control: str | None = None
    differs: tuple[str, ...] = ()
    error: str | None = None


def habit_of(
    seen: Sequence[Exchange], compared: Sequence[Comparison] = (), offence: Exchange | None = None
) -> Habit | None:
    """What a red check rests on: the offence that it tells, what it compared last, or else the last exchange that it saw.

    None where it saw none.
    """
    if offence is not None:
        control = next((pair.control for pair in compared if pair.attempt is offence), None)
        return _habit(offence, control)
    if compared:
        return _habit(compared[-1].attempt, compared[-1].control)
    return _habit(seen[-1], None) if seen else None


def _habit(offence: Exchange, control: Exchange | None) -> Habit:
    did = what_was_done(offence)
    at, came = _wrong(did, offence)
    return Habit(
        did=did,
        offence=offence.id,
        endpoint=offence.request.path,
        at=at,
        came=came,
        control=control.id if control is not None else None,
        differs=tuple(differences(offence, control)) if control is not None else (),
        error=_error(offence),
    )


def what_was_done(exchange: Exchange) -> Did:
    """How a server answered, read as a refusal of RFC 6749 §5.2, or as the lack of one."""
    answer = exchange.answer
    if answer is None:
        return Did.NOTHING
    error = _error(exchange)
    if answer.status >= 500:
        return Did.SERVER_ERROR
    if answer.status // 100 in {2, 3} and error is None:
        return Did.ACCEPTED
    if error is None:
        return Did.WITHOUT_CODE
    right = answer.status == 400 or (answer.status == 401 and error not in OF_400)
    return Did.WRONG_CODE if right else Did.WRONG_STATUS


def differences(offence: Exchange, control: Exchange) -> Iterator[str]:
    """The parts in which two requests differ, by their names: `request.client_secret`."""
    one, other = parts(offence), parts(control)
    return (f"request.{name}" for name in dict.fromkeys((*one, *other)) if one.get(name) != other.get(name))


def parts(exchange: Exchange) -> Mapping[str, Any]:
    """What a request consists of, as those read it who know OAuth: wherever the client's credentials stand."""
    request = exchange.request
    credentials = _credentials(request.headers)
    form = {
        f"form.{name}" if name in credentials else name: [value for key, value in request.form if key == name]
        for name, _ in request.form
    }
    query = {f"query.{name}": value for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True)}
    shown: dict[str, Any] = {"method": request.method, "path": request.path, **query}
    shown["content_type"] = header(request.headers, "content-type")
    shown["dpop"] = header(request.headers, "dpop") is not None
    shown["certificate"] = request.certificate
    if not form and request.body:
        shown["body"] = request.body
    return {**shown, **credentials, **form}


def _credentials(headers: Headers) -> dict[str, Any]:
    value = header(headers, "authorization") or ""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "basic":
        return {"authorization": value} if value else {}
    client_id, secret = basic(rest)
    return {"authorization": scheme, "client_id": [unquote_plus(client_id)], "client_secret": [unquote_plus(secret)]}


def _wrong(did: Did, exchange: Exchange) -> tuple[str, int | str | None]:
    if did in {Did.WRONG_CODE, Did.WITHOUT_CODE}:
        return "response.error", _error(exchange)
    return "response.status", exchange.answer.status if exchange.answer is not None else None


def _error(exchange: Exchange) -> str | None:
    return exchange.says_error
