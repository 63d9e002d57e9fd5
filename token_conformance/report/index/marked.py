"""An exchange line by line, with what differs from its control and what is wrong in it marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from token_conformance.redaction import RedactedExchange
from token_conformance.report.exchanges import OF_ANY_ANSWER, USUAL_OF_REQUESTS

Mark = Literal["", "differs", "wrong"]


@dataclass(frozen=True)
class Piece:
    """A part of a line, and how it is marked."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True)
class Line:
    """A line of an exchange; `absent` tells that something is named that is not there, `note` that it is our word on it."""

    pieces: tuple[Piece, ...]
    absent: bool = False
    note: bool = False


@dataclass(frozen=True)
class Side:
    """One exchange of a finding: its request and its answer as lines, and what is told of the JWTs in it."""

    id: str
    title: str
    bad: bool
    request: tuple[Line, ...]
    response: tuple[Line, ...]
    tokens: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Wrong:
    """What is wrong in an answer: at which place, what came, in words or as a status or code, and what must be."""

    at: str
    came: str
    must: str


_BASIC = re.compile(r"(Basic) (<[^<>]+>) \((.*):(.*)\)$", re.DOTALL)
_MEMBER = re.compile(r'\s*"([^"]+)":')
_PARAMETER = re.compile(r"([?&#])")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]+")
_HEADERS = {"cache-control": "Cache-Control", "www-authenticate": "WWW-Authenticate", "content-type": "Content-Type"}
"""Headers whose absence a check speaks of."""

_TOKENS = {"access_token", "refresh_token", "id_token"}

_HANDED_OVER = frozenset({*_TOKENS, "active"})
"""Members that hand something over, or tell that it is alive."""

_OF_BASIC = ("authorization", "client_id", "client_secret")

MOST_LINES = 90
"""Lines of an answer that a finding shows; the list of exchanges has all that is kept."""


def side(
    exchange: RedactedExchange,
    title: str,
    differs: Collection[str],
    wrong: Wrong | None = None,
    absent: Collection[str] = (),
) -> Side:
    """One side of a finding.

    Args:
        exchange: what is shown.
        title: what it is in the finding.
        differs: the parts of the request in which it differs from the other one, such as `client_secret`.
        wrong: what is wrong in the answer, if anything.
        absent: which of `differs` this request lacks.

    """
    lines = [*_request(exchange, differs), *(_gap(f"{name} absent") for name in absent)]
    named = _named(exchange, wrong) if wrong is not None else frozenset()
    answer = _cut([*_response(exchange, wrong, named)])
    told = (Line(tuple(_claims(text, named))) for text in exchange.tokens)
    return Side(exchange.id, title, wrong is not None, tuple(lines), tuple(answer), tuple(told))


def target(exchange: RedactedExchange) -> tuple[str, str]:
    """The method and the whole address of a request."""
    method, _, rest = exchange.request_line.partition(" ")
    path, _, host = rest.partition("  (")
    host, _, certificate = host.partition(")")
    return method, f"{exchange.scheme}://{host}{path}{certificate}"


def sent_names(exchange: RedactedExchange) -> Iterator[str]:
    """The names of the parts of a request, as `differs` has them."""
    _, url = target(exchange)
    yield from ("method", "path", "certificate")
    yield from (f"query.{pair.partition('=')[0]}" for pair in url.partition("?")[2].split("&"))
    yield from (name.partition("=")[0] for name in exchange.request_body.split("\n&"))
    for name, value in exchange.request_headers:
        yield name.lower().replace("-", "_")
        yield from _OF_BASIC[1:] if _BASIC.match(value) else ()


def _request(exchange: RedactedExchange, differs: Collection[str]) -> Iterator[Line]:
    method, url = target(exchange)
    elsewhere = any(name in {"path", "certificate"} or name.startswith("query.") for name in differs)
    yield Line((_piece(method, "method" in differs), Piece(" "), _piece(url, elsewhere)))
    for name, value in exchange.request_headers:
        if (name.lower(), value) not in USUAL_OF_REQUESTS or "content_type" in differs:
            yield _header(name, value, differs)
    body = exchange.request_body
    yield from [Line((Piece(""),))] * bool(body)
    for number, pair in enumerate(body.split("\n&") if body else ()):
        name = pair.partition("=")[0]
        marked = not {name, f"form.{name}", "body"}.isdisjoint(differs)
        yield Line((Piece("&" * bool(number)), _piece(pair, marked)))


def _header(name: str, value: str, differs: Collection[str]) -> Line:
    if basic := _BASIC.match(value):
        scheme, _, client, secret = basic.groups()
        pieces = (_piece(client, "client_id" in differs), Piece(":"), _piece(secret, "client_secret" in differs))
        return Line((Piece(f"{name}: "), _piece(scheme, "authorization" in differs), Piece(" "), *pieces))
    known = name.lower().replace("-", "_")
    return Line((Piece(f"{name}: "), _piece(value, known in differs)))


def _response(exchange: RedactedExchange, wrong: Wrong | None, named: frozenset[str]) -> Iterator[Line]:
    at_status = wrong is not None and wrong.at == "response.status"
    status = f"HTTP {exchange.status_line}" if exchange.status_line[:1].isdigit() else exchange.status_line
    yield Line((Piece(status, "wrong" if at_status else ""),))
    yield from _note(wrong)
    for name, value in exchange.response_headers:
        if name.lower() not in OF_ANY_ANSWER or name.lower() in named:
            yield _answered_by(name, value, named)
    lacking = named & _HEADERS.keys() - {name.lower() for name, _ in exchange.response_headers}
    yield from (_gap(f"{_HEADERS[name]} absent") for name in sorted(lacking) if exchange.response_headers)
    yield from [Line((Piece(""),))] * bool(exchange.response_body)
    for text in exchange.response_body.splitlines():
        member = _MEMBER.match(text)
        yield Line((_piece(text, member is not None and member[1] in named, "wrong"),))


def _answered_by(name: str, value: str, named: Collection[str]) -> Line:
    """A header of an answer; of an address its wrong parameters are marked alone."""
    if name.lower() != "location":
        return Line((_piece(f"{name}: {value}", name.lower() in named, "wrong"),))
    parts = _PARAMETER.split(f"{name}: {value}")
    return Line(tuple(_piece(part, part.partition("=")[0] in named and "=" in part, "wrong") for part in parts))


def _named(exchange: RedactedExchange, wrong: Wrong) -> frozenset[str]:
    """The headers and members that are wrong: those that the check names, or what was handed over, or the code."""
    if wrong.at == "response.error":
        return frozenset({"error"})
    if wrong.at == "response.status":
        return _HANDED_OVER if exchange.status_line[:1] == "2" else frozenset()
    return frozenset(word if "_" in word else word.lower() for word in _WORD.findall(wrong.came)) - _TOKENS


def _note(wrong: Wrong | None) -> Iterator[Line]:
    if wrong is not None:
        yield Line((Piece(wrong.must),), note=True)


def _claims(text: str, named: Collection[str]) -> Iterator[Piece]:
    """What is told of a JWT, with the claims that are wrong marked."""
    begin = 0
    for claim in re.finditer(r'"(\w+)": (?:"[^"]*"|\[[^\]]*\]|[^,}\s]+)', text):
        if claim[1] in named:
            yield from (Piece(text[begin : claim.start()]), Piece(claim[0], "wrong"))
            begin = claim.end()
    yield Piece(text[begin:])


def _piece(text: str, marked: object, mark: Mark = "differs") -> Piece:
    return Piece(text, mark if marked else "")


def _gap(text: str) -> Line:
    return Line((Piece(text),), absent=True)


def _cut(lines: list[Line]) -> Iterable[Line]:
    left = len(lines) - MOST_LINES
    return lines if left <= 0 else [*lines[:MOST_LINES], Line((Piece(f"and {left} more lines"),), note=True)]
