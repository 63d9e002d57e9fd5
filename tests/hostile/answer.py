"""An answer as a server writes it: each of its bytes can be another one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

Fields = tuple[tuple[str, str], ...]

USUAL = {
    "access_token": "an-access-token-of-the-corpus-0001",
    "token_type": "Bearer",
    "expires_in": 60,
    "refresh_token": "a-refresh-token-of-the-corpus-0002",
    "scope": "openid",
    "error_description": "nothing",
    "active": True,
}
"""The members of an answer that holds no JSON object itself."""


@dataclass(frozen=True)
class Answer:
    """Status line, headers and body; `framed` where its length is told, and rightly."""

    status: str = "200 OK"
    fields: Fields = ()
    body: bytes = b""
    framed: bool = True

    def written(self) -> bytes:
        """The answer as HTTP/1.1 writes it."""
        fields = [*self.fields, *([("Content-Length", str(len(self.body)))] if self.framed else [])]
        head = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in fields), "", ""]
        return "\r\n".join(head).encode("utf-8", "surrogatepass") + self.body


@dataclass(frozen=True)
class Spoilt:
    """What comes over the wire, and whether the connection `ends` then, says nothing more, or drips on."""

    sent: bytes
    then: str = "ends"


@dataclass(frozen=True)
class Honest:
    """A request, and what the reference server has said to it."""

    request: httpx.Request
    answer: Answer
    members: dict[str, Any] = field(default_factory=dict)

    def saying(self, value: Any) -> Answer:
        """The answer with a JSON value as its body."""
        return self.with_text(json.dumps(value))

    def with_text(self, text: str | bytes, kind: str = "application/json", status: str | None = None) -> Answer:
        """The answer with another body."""
        body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        fields = (*self._without("content-type"), ("Content-Type", kind))
        return replace(self.answer, status=status or self.answer.status, fields=fields, body=body)

    def with_fields(self, *fields: tuple[str, str]) -> Answer:
        """The answer with these headers in the place of its own of these names."""
        return replace(self.answer, fields=(*self._without(*(name.lower() for name, _ in fields)), *fields))

    def _without(self, *names: str) -> Iterable[tuple[str, str]]:
        return (each for each in self.answer.fields if each[0].lower() not in names)


def honest(request: httpx.Request, said: httpx.Response, body: bytes) -> Honest:
    """What the reference server has said, to be spoilt."""
    fields = tuple(each for each in said.headers.multi_items() if each[0].lower() != "content-length")
    answer = Answer(f"{said.status_code} {said.reason_phrase}", fields, body)
    try:
        members = json.loads(body)
    except ValueError:
        members = None
    return Honest(request, answer, members if isinstance(members, dict) else USUAL)
