"""Where requests and answers hold secrets."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import lxml.html
from lxml.etree import LxmlError

from token_conformance.exchange import Exchange, Headers, parse_json

SECRET_NAMES = frozenset(
    {
        "access_token",
        "actor_token",
        "assertion",
        "auth_req_id",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "id_token",
        "id_token_hint",
        "login_token",
        "password",
        "refresh_token",
        "registration_access_token",
        "subject_token",
        "token",
        "user_code",
    }
)
"""The names of parameters and members whose values are secrets."""

Secret = tuple[str, str]
"""What a secret is, and its value."""

_COOKIE = re.compile(r"\s*([^=;\s]+)=([^;]*)")


def secrets_of(exchange: Exchange) -> Iterator[Secret]:
    """Every secret that a request or its answer holds."""
    yield from named(exchange.request.form)
    yield from _address(exchange.request.url)
    yield from credentials(exchange.request.headers)
    if exchange.answer is not None:
        yield from _answer_headers(exchange.answer.headers)
        yield from body_secrets(exchange.answer.body)


def named(pairs: Iterable[tuple[str, Any]]) -> Iterator[Secret]:
    """The pairs whose name is that of a secret."""
    for name, value in pairs:
        if is_secret(name) and isinstance(value, str) and value:
            yield _kind(name), value


def is_secret(name: str) -> bool:
    """Whether a parameter, member or form field of that name holds a secret."""
    return name.lower() in SECRET_NAMES


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
        yield from _basic(rest)
    elif rest:
        yield "access_token", rest


def _basic(encoded: str) -> Iterator[Secret]:
    try:
        password = b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return
    yield "client_secret", unquote_plus(password)
    yield "client_secret", password


def _address(url: str) -> Iterator[Secret]:
    parts = urlsplit(url)
    for parameters in (parts.query, parts.fragment):
        yield from named(parse_qsl(parameters))
        yield from named(_as_written(parameters))


def _as_written(parameters: str) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, _, value in (pair.partition("=") for pair in parameters.split("&")))


def _answer_headers(headers: Headers) -> Iterator[Secret]:
    for name, value in headers:
        if name.lower() == "set-cookie":
            match = _COOKIE.match(value)
            yield from [("cookie", match[2])] if match else []
        elif name.lower() == "location":
            yield from _address(value)


def body_secrets(body: bytes) -> Iterator[Secret]:
    """The secrets of a JSON text, of a form-encoded text or of the hidden fields of a page."""
    parsed = parse_json(body)
    if parsed is not None:
        yield from _members(parsed)
    elif b"<input" in body.lower():
        yield from _fields(body)
    else:
        yield from named(parse_qsl(body.decode("utf-8", "replace")))


def _members(value: Any) -> Iterator[Secret]:
    if isinstance(value, dict):
        yield from named(value.items())
        for member in value.values():
            yield from _members(member)
    elif isinstance(value, list):
        for element in value:
            yield from _members(element)


def _fields(page: bytes) -> Iterator[Secret]:
    try:
        inputs = lxml.html.fromstring(page).xpath("//input[@type='hidden' or @type='password'][@value]")
    except (LxmlError, ValueError):
        return
    for element in inputs:
        name, value = element.get("name", ""), element.get("value", "")
        if value:
            yield (_kind(name) if is_secret(name) else "form_field"), value


def _kind(name: str) -> str:
    return name.lower().removesuffix("_hint")
