"""Where requests and answers hold secrets."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit

import lxml.html
from lxml.etree import LxmlError

from token_conformance.redaction.names import (
    PUBLIC_FIELDS,
    PUBLIC_PARAMETERS,
    PUBLIC_TOKENS,
    SECRET_NAMES,
    is_secret,
    is_secret_member,
    kind_of,
)
from token_conformance.redaction.strength import is_address, is_like_a_token, is_token_field
from token_conformance.redaction.tokens import is_jwt
from token_conformance.wire.exchange import Exchange, Headers, parse_json
from token_conformance.wire.page_bounds import read_of

Secret = tuple[str, str]
"""What a secret is, and its value."""

_COOKIE = re.compile(r"\s*([^=;\s]+)=([^;]*)")
_NAMES = "|".join(sorted(SECRET_NAMES, key=len, reverse=True))
_PARAMETER = re.compile(rf"""[?&#;"'\s]({_NAMES})=([^&#"'<>\s]+)""", re.IGNORECASE)
_MEMBER = re.compile(rf"""["']({_NAMES})["']\s*:\s*(?:"((?:[^"\\]++|\\.)*+)"|'([^']*)'|(\d+))""", re.IGNORECASE)


def secrets_of(exchange: Exchange) -> Iterator[Secret]:
    """Every secret that a request or its answer holds."""
    yield from named(exchange.request.form)
    yield from address_secrets(exchange.request.url)
    yield from credentials(exchange.request.headers)
    yield from body_secrets(exchange.request.body)
    if exchange.answer is not None:
        yield from _answer_headers(exchange.answer.headers)
        yield from body_secrets(exchange.answer.body)


def named(pairs: Iterable[tuple[str, str]]) -> Iterator[Secret]:
    """The parameters whose name is that of a secret."""
    return ((kind_of(name), value) for name, value in pairs if is_secret(name) and value)


def credentials(headers: Headers) -> Iterator[Secret]:
    """The credentials and cookies of a request's headers."""
    for name, value in headers:
        if name.lower() == "authorization":
            yield from authorization(value)
        elif name.lower() == "cookie":
            yield from (("cookie", match[2]) for match in _COOKIE.finditer(value))
        elif name.lower() == "dpop":
            yield "dpop_proof", value


def authorization(value: str) -> Iterator[Secret]:
    """The secrets of an Authorization header (RFC 7617, RFC 6750 §2.1)."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic":
        yield "credentials", rest
        password = basic(rest)[1]
        yield "client_secret", unquote_plus(password)
        yield "client_secret", password
    elif rest:
        yield "access_token", rest


def basic(encoded: str) -> tuple[str, str]:
    """Client and secret of Basic credentials, as they are written there; empty where these are none."""
    try:
        client, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return client, password


def split(url: str) -> SplitResult:
    """The parts of a URL; one that is none has nothing but a path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def address_secrets(url: str) -> Iterator[Secret]:
    """The secrets in the query and the fragment of a URL, as they are meant and as they are written."""
    parts = split(url)
    for parameters in (parts.query, parts.fragment):
        yield from named(parse_qsl(parameters))
        yield from named(as_written(parameters))


def as_written(parameters: str) -> Iterator[tuple[str, str]]:
    """The pairs of a form-encoded text, not decoded."""
    return ((name, value) for name, _, value in (pair.partition("=") for pair in parameters.split("&")))


def _answer_headers(headers: Headers) -> Iterator[Secret]:
    for name, value in headers:
        if name.lower() == "set-cookie":
            match = _COOKIE.match(value)
            yield from [("cookie", match[2].strip('"'))] if match else []
        elif name.lower() == "location":
            yield from address_secrets(value)


def body_secrets(body: bytes) -> Iterator[Secret]:
    """The secrets of a JSON text, of a form-encoded text, of a page, or of something that is nearly one of these."""
    parsed = parse_json(body)
    if parsed is not None:
        yield from members(parsed)
        return
    text = body.decode("utf-8", "replace")
    yield from _written_out(text)
    if "<input" in text.lower():
        yield from _fields(body)
    else:
        yield from named(parse_qsl(text.strip()))


def members(value: Any) -> Iterator[Secret]:
    """The secrets of a JSON value at any depth, outermost first."""
    waiting = deque([value])
    while waiting:
        part = waiting.popleft()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part.values())
            for name, member in part.items():
                yield from _values(name, member)


def _values(name: str, member: Any) -> Iterator[Secret]:
    values = member if isinstance(member, list) else [member]
    secret = is_secret_member(name)
    for value in values:
        if is_value(value) and (secret or (name not in PUBLIC_TOKENS and is_jwt(value))):
            yield kind_of(name), str(value)


def is_value(value: Any) -> bool:
    """Whether a JSON value can be a secret: a string, or a number where a server writes its tokens so."""
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _written_out(text: str) -> Iterator[Secret]:
    """Secrets in a text that is neither strict JSON nor a form: links of a page, scripts, JSON with a mistake in it."""
    for name, value in _PARAMETER.findall(text):
        yield kind_of(name), unquote_plus(value)
        yield kind_of(name), value
    for name, double, single, number in _MEMBER.findall(text):
        if is_secret_member(name) and (double or single or number):
            yield kind_of(name), _unescaped(double) or single or number


def _unescaped(string: str) -> str:
    try:
        return str(json.loads(f'"{string}"', strict=False))
    except ValueError:
        return string


def _fields(page: bytes) -> Iterator[Secret]:
    try:
        tree: Any = lxml.html.fromstring(read_of(page))
        inputs = tree.xpath("//input[@value]")
    except (LxmlError, ValueError):
        return
    for element in inputs:
        yield from _field(element.get("name", ""), element.get("value", ""), element.get("type", "").lower())


def _field(name: str, value: str, kind: str) -> Iterator[Secret]:
    """The secrets of a page's field; a hidden one can be anything, such as the words of a button, and a token is none of these."""
    if value and is_secret(name):
        yield kind_of(name), value
    elif value and kind == "password":
        yield "form_field", value
    elif is_address(value):
        yield from _onward(value)
    elif kind == "hidden" and name not in PUBLIC_FIELDS and is_token_field(name, value):
        yield "form_field", value


def _onward(url: str) -> Iterator[Secret]:
    """The secrets in an address to go on to, such as our own request, whose parameters are in every report."""
    yield from address_secrets(url)
    for name, value in parse_qsl(split(url).query):
        if name not in PUBLIC_PARAMETERS and is_like_a_token(value):
            yield "form_field", value
