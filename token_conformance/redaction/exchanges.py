"""An exchange as it may be shown: secrets are labels, and what QA needs of a JWT stands beside its label."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from token_conformance.exchange import Exchange, Headers, Response, parse_json
from token_conformance.redaction.places import authorization, is_secret
from token_conformance.redaction.tokens import summary_of

Learn = Callable[[str, str], str]
Redact = Callable[[str], str]

LONGEST = 4096
"""Characters of a body that are shown."""


@dataclass(frozen=True)
class RedactedExchange:
    """What may be shown of a request and its response."""

    id: str
    request_line: str
    request_headers: Headers
    request_body: str
    status_line: str
    response_headers: Headers
    response_body: str
    tokens: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        sent = [
            f"{self.id}  {self.seconds:.3f} s",
            f"> {self.request_line}",
            *_lines("> ", self.request_headers),
            *_body("> ", self.request_body),
        ]
        came = [f"< {self.status_line}", *_lines("< ", self.response_headers), *_body("< ", self.response_body)]
        return "\n".join([*sent, *came, *(f"  {token}" for token in self.tokens)])


def redacted(exchange: Exchange, learn: Learn, redact: Redact) -> RedactedExchange:
    """The exchange with labels of `learn` where a secret is a value, and `redact` applied to the rest."""
    answer = exchange.answer
    return RedactedExchange(
        id=exchange.id,
        request_line=_printable(redact(f"{exchange.request.method} {_target(exchange.request.url)}")),
        request_headers=tuple(
            (name, _printable(_header(name, value, learn, redact))) for name, value in exchange.request.headers
        ),
        request_body=_shown(_request_body(exchange, learn, redact)),
        status_line=_status_line(exchange, redact),
        response_headers=_response_headers(exchange, learn, redact),
        response_body=_shown(_response_body(answer.body, learn, redact)) if answer else "",
        tokens=tuple(redact(line) for line in _tokens(answer, learn)) if answer else (),
        seconds=exchange.seconds,
    )


def _target(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc="").geturl() + f"  ({parts.netloc})"


def _header(name: str, value: str, learn: Learn, redact: Redact) -> str:
    if name.lower() == "authorization":
        scheme = value.partition(" ")[0]
        kind, secret = next(authorization(value), ("credentials", value))
        return f"{scheme} {learn(kind, secret)}"
    if name.lower() in {"cookie", "set-cookie"}:
        cookie, _, rest = value.partition("=")
        content, _, attributes = rest.partition(";")
        label = learn("cookie", content)
        return f"{cookie}={label};{redact(attributes)}" if attributes else f"{cookie}={label}"
    return redact(value)


def _response_headers(exchange: Exchange, learn: Learn, redact: Redact) -> Headers:
    if exchange.answer is None or "headers" in exchange.undocumented:
        return ()
    return tuple((name, _printable(_header(name, value, learn, redact))) for name, value in exchange.answer.headers)


def _request_body(exchange: Exchange, learn: Learn, redact: Redact) -> str:
    if not exchange.request.form:
        return redact(exchange.request.body.decode("utf-8", "replace"))
    return "\n&".join(f"{redact(name)}={_value(name, value, learn, redact)}" for name, value in exchange.request.form)


def _value(name: str, value: str, learn: Learn, redact: Redact) -> str:
    return learn(name.lower(), value) if is_secret(name) and value else redact(value)


def _status_line(exchange: Exchange, redact: Redact) -> str:
    if exchange.answer is None:
        return f"no answer: {redact(exchange.failure or 'the reason is not known')}"
    return "status not recorded" if "status" in exchange.undocumented else str(exchange.answer.status)


def _response_body(body: bytes, learn: Learn, redact: Redact) -> str:
    parsed = parse_json(body)
    if isinstance(parsed, dict | list):
        return redact(json.dumps(_labelled(parsed, learn), indent=2, ensure_ascii=False))
    return redact(body.decode("utf-8", "replace"))


def _labelled(value: Any, learn: Learn) -> Any:
    if isinstance(value, dict):
        return {
            name: learn(name.lower(), member)
            if is_secret(name) and isinstance(member, str) and member
            else _labelled(member, learn)
            for name, member in value.items()
        }
    return [_labelled(element, learn) for element in value] if isinstance(value, list) else value


def _tokens(answer: Response, learn: Learn) -> list[str]:
    parsed = parse_json(answer.body)
    members = parsed.items() if isinstance(parsed, dict) else ()
    found = ((name, value, summary_of(value)) for name, value in members if is_secret(name) and isinstance(value, str))
    return [f"{learn(name.lower(), value)} is a JWT: {summary}" for name, value, summary in found if summary]


def _shown(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters in all)"


def _printable(text: str) -> str:
    return "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text
    )


def _lines(mark: str, headers: Headers) -> list[str]:
    return [f"{mark}{name}: {value}" for name, value in headers]


def _body(mark: str, body: str) -> list[str]:
    return [mark.rstrip(), *(f"{mark}{line}" for line in body.splitlines())] if body else []
