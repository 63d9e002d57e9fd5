"""The cookies of a user's browser in a recording, by which it is told from other browsers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urljoin

from token_conformance.wire.exchange import Exchange, header

Cookies = frozenset[tuple[str, str]]
"""Names and values."""


def sent_cookies(exchange: Exchange) -> Cookies:
    """The cookies that a request brought."""
    return cookies_in(header(exchange.request.headers, "cookie") or "")


def cookies_in(written: str) -> Cookies:
    """The cookies of a Cookie header (RFC 6265 §4.2)."""
    pairs = (pair.strip().partition("=") for pair in written.split(";"))
    return frozenset((name, value) for name, equals, value in pairs if equals)


def set_cookies(exchange: Exchange) -> list[str]:
    """What an answer set, line by line; recorders of browsers write several cookies into one, by line breaks."""
    headers = exchange.answer.headers if exchange.answer is not None else ()
    return [line for name, value in headers if name.lower() == "set-cookie" for line in value.split("\n") if line]


def walked(exchanges: Sequence[Exchange]) -> Sequence[Exchange]:
    """Of exchanges that begin with an authorization request, those of its browser.

    It goes where it is sent, and brings cookies that it had or was given; what others do meanwhile is left out.
    """
    first, *others = exchanges
    cookies, sent_to, found = _known(first), _target(first), [first]
    for each in others:
        if each.request.url.split("#")[0] == sent_to or sent_cookies(each) & cookies:
            cookies |= _known(each)
            sent_to = _target(each)
            found.append(each)
    return found


def cookies_of(exchanges: Sequence[Exchange]) -> Cookies:
    """The cookies that a browser had in exchanges of its own."""
    return frozenset[tuple[str, str]]().union(*map(_known, exchanges))


def _known(exchange: Exchange) -> Cookies:
    return sent_cookies(exchange) | frozenset(pair for line in set_cookies(exchange) for pair in _of_line(line))


def _of_line(line: str) -> Iterator[tuple[str, str]]:
    try:
        yield from ((name, morsel.coded_value) for name, morsel in SimpleCookie(line).items())
    except CookieError:
        return


def _target(exchange: Exchange) -> str:
    answer = exchange.answer
    location = header(answer.headers, "location") if answer is not None and answer.status // 100 == 3 else None
    return urljoin(exchange.request.url, location).split("#")[0] if location else ""
