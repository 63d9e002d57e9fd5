"""A request as a curl command, with variables of the shell in the place of secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from shlex import quote

from token_conformance.redaction import RedactedExchange
from token_conformance.report.exchanges import USUAL_OF_REQUESTS
from token_conformance.report.index.marked import target
from token_conformance.report.index.steps import LABEL

_BASIC = re.compile(r"Basic <[^<>]+> \((.*)\)$", re.DOTALL)

UNSENT = {"content-length", "host", "user-agent", "accept-encoding", "connection"}
"""Headers that curl writes by itself."""


def curl(exchange: RedactedExchange) -> str:
    """The command; each label such as `<refresh_token 3>` is a variable such as `$REFRESH_TOKEN_3`."""
    method, url = target(exchange)
    url = url.partition(", presenting ")[0]
    body = exchange.request_body
    given = [] if method == ("POST" if body else "GET") else [f"-X {_quoted(method)}"]
    return " \\\n  ".join([f"curl -si {_quoted(url)}", *given, *_headers(exchange), *_body(body)])


def _headers(exchange: RedactedExchange) -> Iterator[str]:
    for name, value in exchange.request_headers:
        if basic := _BASIC.match(value):
            yield f"-u {_quoted(basic[1])}"
        elif name.lower() not in UNSENT and (name.lower(), value) not in USUAL_OF_REQUESTS:
            yield f"-H {_quoted(f'{name}: {value}')}"


def _body(body: str) -> Iterator[str]:
    if body and "=" not in body.partition("\n&")[0]:
        yield f"--data-raw {_quoted(body)}"
        return
    yield from (f"--data-urlencode {_quoted(pair)}" for pair in (body.split("\n&") if body else ()))


def _quoted(text: str) -> str:
    """A word of the shell, in which labels are variables and everything else stands for itself."""
    parts, begin = [], 0
    for label in LABEL.finditer(text):
        parts += [_literal(text[begin : label.start()]), f'"${label[1].upper()}_{label[2]}"']
        begin = label.end()
    return "".join([*parts, _literal(text[begin:])]) or "''"


def _literal(text: str) -> str:
    return quote(text) if text else ""
