"""The exchanges of a run as entries of a HAR 1.2, from the lines of its evidence; pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from token_conformance.servers.resigning import Resigning
from token_conformance.wire.exchange import header

HTTP = "HTTP/1.1"
"""The version that our client speaks."""

PHRASES = {status.value: status.phrase for status in HTTPStatus}

FLAGS = ("failure", "hung_up", "put_off", "held_back", "repeated", "again_of")
"""What an exchange tells beyond its request and its answer."""

Json = dict[str, Any]
Line = Mapping[str, Any]
"""A line of evidence as JSON."""


def signed_anew(line: Line, anew: Resigning) -> Json:
    """An exchange whose JWTs are signed by the throw-away keys, which stand in its key set, if it has one."""
    sent, came = line["request"], line.get("answer")
    request = {**sent, "url": anew.text(sent["url"]), "headers": _headers(sent, anew), **_body(sent, anew.text)}
    answer = {**came, "headers": _headers(came, anew), **_body(came, anew.body)} if came is not None else None
    return {**line, "request": request, "answer": answer}


def page(scenario: str, started: str) -> Json:
    """A scenario, by whose name developer tools put its exchanges together."""
    return {"startedDateTime": started, "id": scenario, "title": scenario, "pageTimings": {}}


def entry(place: int, line: Line, began: Line | None) -> Json:
    """An exchange; `began` tells of the seat at which its scenario was performed."""
    milliseconds = round(line["seconds"] * 1000, 6)
    return {
        "pageref": line["scenario"],
        "startedDateTime": line["started"],
        "time": milliseconds,
        "request": _request(line["request"]),
        "response": _response(line.get("answer"), line.get("failure")),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_scenario": line["scenario"],
        "_exchange": {"place": place, "number": line["number"], **_beyond(line)},
        **({"_undocumented": line["undocumented"]} if line.get("undocumented") else {}),
        **({"_seat": began["seat"], "_user": began.get("user", 0)} if began is not None else {}),
    }


def _headers(message: Line, anew: Resigning) -> list[Sequence[str]]:
    return [(name, anew.text(value)) for name, value in message["headers"]]


def _body(message: Line, told: Any) -> Json:
    """A body that is text, as it is told; one in Base64 holds nothing that is signed."""
    return {"body": told(message["body"])} if not message.get("encoding") else {}


def _beyond(line: Line) -> Json:
    """What an exchange tells that HAR has no member for."""
    told = {name: line[name] for name in FLAGS if line.get(name)}
    certificate, note = line["request"].get("certificate"), (line.get("answer") or {}).get("note")
    told |= {"certificate": certificate} if certificate is not None else {}
    return told | ({"note": note} if note else {})


def _request(sent: Line) -> Json:
    media_type, size = _header(sent, "content-type"), _size(sent)
    posted = {"mimeType": media_type or "", "params": [], "text": sent["body"]}
    posted |= {"_encoding": sent["encoding"]} if sent.get("encoding") else {}
    return {
        "method": sent["method"],
        "url": sent["url"],
        **_head(sent, "cookie"),
        "queryString": _pairs(parse_qsl(urlsplit(sent["url"]).query, keep_blank_values=True)),
        "bodySize": size,
        **({"postData": posted} if size or media_type else {}),
    }


def _response(came: Line | None, failure: str | None) -> Json:
    """The answer; of none the status is 0, as browsers write it."""
    if came is None:
        nothing = {**_head({"headers": ()}, ""), "content": {"size": 0, "mimeType": "x-unknown"}}
        return {"status": 0, "statusText": "", **nothing, "redirectURL": "", "bodySize": -1, "_error": failure or ""}
    content = {"size": _size(came), "mimeType": _header(came, "content-type") or "x-unknown", "text": came["body"]}
    content |= {"encoding": came["encoding"]} if came.get("encoding") else {}
    return {
        "status": came["status"],
        "statusText": PHRASES.get(came["status"], ""),
        **_head(came, "set-cookie"),
        "content": content,
        "redirectURL": _header(came, "location") or "",
        "bodySize": -1,
    }


def _head(message: Line, of_cookies: str) -> Json:
    cookies = [cookie for name, value in message["headers"] if name.lower() == of_cookies for cookie in _cookies(value)]
    return {"httpVersion": HTTP, "headers": _pairs(message["headers"]), "headersSize": -1, "cookies": cookies}


def _header(message: Line, name: str) -> str | None:
    return header(message["headers"], name)


def _size(message: Line) -> int:
    body: str = message["body"]
    return len(b64decode(body)) if message.get("encoding") else len(body.encode("utf-8", "surrogatepass"))


def _pairs(pairs: Iterable[Sequence[str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(written: str) -> Iterator[Json]:
    """The cookies of a header, which stands among the others to the letter: those that can be told apart."""
    try:
        found = SimpleCookie(written)
    except CookieError:
        return
    for name, morsel in found.items():
        yield {"name": name, "value": morsel.value}
