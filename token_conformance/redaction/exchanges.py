"""An exchange as it may be shown: secrets are labels, and what QA needs of a JWT stands beside its label."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from token_conformance.redaction.names import PUBLIC_TOKENS, is_secret, is_secret_member, kind_of
from token_conformance.redaction.places import as_written, authorization, basic, is_value, split
from token_conformance.redaction.tokens import summary_of
from token_conformance.redaction.visible import readable
from token_conformance.wire.exchange import Exchange, Headers, Request, Response, parse_json

Learn = Callable[[str, str], str]
Redact = Callable[[str], str]

LONGEST = 4096
"""Characters of a body that are shown."""

UNANSWERED = "no answer"
"""What the line of a status begins with where there is none."""


@dataclass(frozen=True)
class RedactedExchange:
    """What may be shown of a request and its response; `started` is when the request left (UTC)."""

    id: str
    request_line: str
    request_headers: Headers
    request_body: str
    status_line: str
    response_headers: Headers
    response_body: str
    tokens: tuple[str, ...]
    seconds: float
    note: str = ""
    started: datetime | None = None
    scheme: str = "https"

    @property
    def answered(self) -> bool:
        """Whether an answer came."""
        return not self.status_line.startswith(UNANSWERED)

    def __str__(self) -> str:
        sent = [
            f"{self.id}  {self.seconds:.3f} s{self.note}",
            f"> {self.request_line}",
            *_lines("> ", self.request_headers),
            *_body("> ", self.request_body),
        ]
        came = [f"< {self.status_line}", *_lines("< ", self.response_headers), *_body("< ", self.response_body)]
        return "\n".join([*sent, *came, *(f"  {token}" for token in self.tokens)])


def redacted(exchange: Exchange, learn: Learn, redact: Redact, *, flooding: bool = False) -> RedactedExchange:
    """The exchange with labels of `learn` where a secret is a value, and `redact` applied to the rest.

    An answer that is `flooding` holds more secrets than are learnt: of its body nothing is shown.
    """
    return _Showing(learn, redact, flooding).exchange(exchange)


@dataclass(frozen=True)
class _Showing:
    """Puts labels where secrets are values; everything else goes through `redact`."""

    learn: Learn
    redact: Redact
    flooding: bool = False

    def exchange(self, exchange: Exchange) -> RedactedExchange:
        request, answer = exchange.request, exchange.answer
        recorded = answer is not None and "headers" not in exchange.undocumented
        return RedactedExchange(
            id=exchange.id,
            request_line=f"{self.redact(request.method)} {self.target(request.url)}{self.presented(request)}",
            request_headers=self.headers(request.headers),
            request_body=_cut(self.request_body(request)),
            status_line=self.status_line(exchange),
            response_headers=self.headers(answer.headers) if answer and recorded else (),
            response_body=self.response_body(answer) if answer else "",
            tokens=tuple(self.redact(line) for line in self.tokens(answer)) if answer and not self.flooding else (),
            seconds=exchange.seconds,
            note=_note(exchange),
            started=exchange.started,
            scheme=self.redact(split(request.url).scheme),
        )

    def target(self, url: str) -> str:
        parts = split(url)
        return f"{self.address(parts._replace(scheme='', netloc='').geturl())}  ({self.redact(parts.netloc)})"

    def presented(self, request: Request) -> str:
        """The certificate of the connection, which is public, as its key is not."""
        return f", presenting {self.redact(str(request.certificate))}" if request.certificate is not None else ""

    def headers(self, headers: Headers) -> Headers:
        return tuple((self.redact(name), self.header(name, value)) for name, value in headers)

    def header(self, name: str, value: str) -> str:
        match name.lower():
            case "authorization":
                return self.authorization(value)
            case "cookie":
                return "; ".join(self.cookie(cookie) for cookie in value.split(";"))
            case "set-cookie":
                cookie, separator, attributes = value.partition(";")
                return self.cookie(cookie) + separator + self.redact(attributes)
            case "location":
                return self.address(value)
            case _:
                return self.redact(value)

    def authorization(self, value: str) -> str:
        scheme, _, rest = value.partition(" ")
        kind, secret = next(authorization(value), ("credentials", value))
        client, password = basic(rest) if scheme.lower() == "basic" else ("", "")
        decoded = f" ({self.redact(client)}:{self.learn('client_secret', unquote_plus(password))})" if client else ""
        return f"{self.redact(scheme)} {self.learn(kind, secret)}{decoded}"

    def cookie(self, pair: str) -> str:
        name, separator, value = pair.strip().partition("=")
        return f"{self.redact(name)}={self.learn('cookie', value.strip(chr(34)))}" if separator else self.redact(pair)

    def address(self, url: str) -> str:
        parts = split(url)
        shown = self.redact(parts._replace(query="", fragment="").geturl())
        query = f"?{self.parameters(parts.query)}" if parts.query else ""
        return shown + query + (f"#{self.parameters(parts.fragment)}" if parts.fragment else "")

    def parameters(self, written: str) -> str:
        pairs = as_written(written) if "=" in written else ()
        if any(is_secret(name) for name, _ in pairs):
            return "&".join(self.parameter(name, value, unquote_plus(value)) for name, value in as_written(written))
        return self.redact(written)

    def parameter(self, name: str, written: str, value: str) -> str:
        secret = is_secret(name) and value
        return f"{self.redact(name)}={self.learn(kind_of(name), value) if secret else self.redact(written)}"

    def status_line(self, exchange: Exchange) -> str:
        if exchange.answer is None:
            return f"{UNANSWERED}: {self.redact(exchange.failure or 'the reason is not known')}"
        return "status not recorded" if "status" in exchange.undocumented else str(exchange.answer.status)

    def request_body(self, request: Request) -> str:
        if not request.form:
            return self.body(request.body)
        return "\n&".join(self.parameter(name, value, value) for name, value in request.form)

    def response_body(self, answer: Response) -> str:
        if self.flooding:
            return (
                f"({len(answer.body)} bytes that are not shown: they hold more secrets than any provider has to tell)"
            )
        return _cut(self.body(answer.body)) + (f"\n({answer.cut})" if answer.cut else "")

    def body(self, body: bytes) -> str:
        text, parsed = readable(body), parse_json(body)
        if text is None:
            return f"({len(body)} bytes that are no text)"
        try:
            shown = json.dumps(self.labelled(parsed), indent=2, ensure_ascii=False)
        except RecursionError:
            return self.redact(text)
        return self.redact(shown if isinstance(parsed, dict | list) else text)

    def labelled(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {member: self.labelled(content, member) for member, content in value.items()}
        if isinstance(value, list):
            return [self.labelled(element, name) for element in value]
        return self.learn(kind_of(name), str(value)) if is_secret_member(name) and is_value(value) else value

    def tokens(self, answer: Response) -> list[str]:
        parsed = parse_json(answer.body)
        members = parsed.items() if isinstance(parsed, dict) else ()
        found = ((name, value, summary_of(value)) for name, value in members if isinstance(value, str))
        return [f"{self.token(name, value)} is a JWT: {about}" for name, value, about in found if about]

    def token(self, name: str, value: str) -> str:
        return name if name in PUBLIC_TOKENS else self.learn(kind_of(name), value)


def _note(exchange: Exchange) -> str:
    held_back = f", held back for {exchange.held_back:.0f} s" if exchange.held_back else ""
    return held_back + (", put off: sent again later, as the answer asks" if exchange.put_off else "")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters in all)"


def _lines(mark: str, headers: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{mark}{name}: {value}" for name, value in headers]


def _body(mark: str, body: str) -> list[str]:
    return [mark.rstrip(), *(f"{mark}{line}" for line in body.splitlines())] if body else []
