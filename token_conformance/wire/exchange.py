"""One request and its response, as they went over the wire; immutable."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, KeysView
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.verdict import Inconclusive

Headers = tuple[tuple[str, str], ...]

COUNTED_FROM = range(1000, 9000)
"""Years from and to which seconds can be counted by a century, and time zones told, without leaving all calendars."""

_seen: ContextVar[dict[Exchange, None] | None] = ContextVar("exchanges seen by the running check", default=None)


@contextmanager
def watching() -> Iterator[KeysView[Exchange]]:
    """Collect the exchanges whose responses are read meanwhile: they are the evidence of a check, each once, in order."""
    seen: dict[Exchange, None] = {}
    token = _seen.set(seen)
    try:
        yield seen.keys()
    finally:
        _seen.reset(token)


def header(headers: Headers, name: str) -> str | None:
    """The value of a header; several lines of it are one list (RFC 9110 §5.2). None where it is absent."""
    wanted = name.lower()
    values = [value for key, value in headers if key.lower() == wanted]
    return ", ".join(values) if values else None


def http_date(value: str) -> datetime | None:
    """The time that an HTTP-date names (RFC 9110 §5.6.7); None where it is none, or none of these millennia."""
    try:
        named = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if named.year not in COUNTED_FROM:
        return None
    return named if named.tzinfo is not None else named.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """What was sent, and the certificate that the connection presented (RFC 8705)."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    certificate: ClientCertificate | None = None

    @cached_property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The parameters of a form-encoded body, in the order sent, empty ones included."""
        if not (header(self.headers, "content-type") or "").startswith("application/x-www-form-urlencoded"):
            return ()
        return tuple(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def by_basic(self) -> bool:
        """Whether a client authenticates by HTTP Basic in it (RFC 7617)."""
        return (header(self.headers, "authorization") or "").lower().startswith("basic ")

    @property
    def path(self) -> str:
        """The path of the URL, without its query."""
        return urlsplit(self.url).path or "/"


@dataclass(frozen=True)
class Response:
    """What came back; `cut` says of a body of how many bytes only the beginning is kept, and is empty where it is whole."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    cut: str = ""


@dataclass(frozen=True, eq=False)
class Exchange:
    """A request and its response, with the time at which the request left (UTC) and the seconds until the answer.

    No exchange is another one, however much they look alike.

    Reading anything of the response raises `Inconclusive` where none came (`failure` says why), or where a
    recording does not hold that part of it (`undocumented` names `status`, `headers`, `body` or, where members may be
    missing, `members`; `authorization`, if it does not hold how the client authenticated). `hung_up` tells that the server ended the connection and said nothing, as it does where TLS refuses the
    client's certificate. `put_off` tells that the answer asked to come again later, and that the same request was sent
    again then: that exchange counts instead. `held_back` are the seconds by which such pauses kept the request from
    leaving.
    """

    scenario: str
    number: int
    request: Request
    answer: Response | None
    started: datetime
    seconds: float = 0.0
    failure: str | None = None
    undocumented: frozenset[str] = frozenset()
    hung_up: bool = False
    put_off: bool = False
    held_back: float = 0.0
    repeated: bool = False
    again_of: int | None = None

    @property
    def id(self) -> str:
        """The name of the exchange in reports: its scenario and its place in it."""
        return f"{self.scenario}/{self.number}"

    @property
    def response(self) -> Response:
        """The response; reading it makes the exchange part of the running check's evidence."""
        seen = _seen.get()
        if seen is not None:
            seen[self] = None
        if self.answer is None:
            raise Inconclusive(f"no answer to {self.request.method} {self.request.path}: {self.failure}")
        return self.answer

    @property
    def status(self) -> int:
        """The HTTP status."""
        response = self.response
        self._require("status")
        return response.status

    def header(self, name: str) -> str | None:
        """A header of the response, None where it is absent."""
        response = self.response
        self._require("headers")
        return header(response.headers, name)

    @property
    def is_readable(self) -> bool:
        """Whether the body is known, as it is but for some recordings; asking does not make the exchange evidence."""
        return "body" not in self.undocumented

    @property
    def media_type(self) -> str | None:
        """The media type of the response in lower case, without parameters."""
        content_type = self.header("content-type")
        return content_type.split(";")[0].strip().lower() if content_type is not None else None

    @property
    def text(self) -> str:
        """The body of the response, undecodable bytes replaced."""
        body = self.response.body
        self._require("body")
        return body.decode("utf-8", "replace")

    @cached_property
    def _parsed(self) -> Any:
        return parse_json(self.answer.body) if self.answer is not None else None

    @property
    def says_error(self) -> str | None:
        """The error code in the answer, where it is a string; asking does not make the exchange evidence."""
        error = self._parsed.get("error") if isinstance(self._parsed, dict) else None
        return error if isinstance(error, str) and error else None

    @property
    def json(self) -> Any:
        """The body as JSON, or None where it is not strictly JSON (RFC 8259)."""
        self.response  # noqa: B018 - makes the exchange evidence
        self._require("body")
        return self._parsed

    @property
    def members(self) -> dict[str, Any]:
        """The members of a JSON object in the body; empty where there is none."""
        body = self.json
        return body if isinstance(body, dict) else {}

    def absent(self, *names: str) -> tuple[str, ...]:
        """Which of these members a JSON object in the body lacks.

        Raises:
            Inconclusive: some are not there, and a recording holds the object in part.

        """
        missing = tuple(name for name in names if name not in self.members)
        if missing:
            self._require("members")
        return missing

    @property
    def answered(self) -> datetime:
        """When the answer came, by the client's clock (UTC)."""
        return self.started + timedelta(seconds=self.seconds)

    @property
    def date(self) -> datetime:
        """When the server wrote the answer: its Date header (RFC 9110 §6.6.1), or else the client's clock."""
        return self.stated_date or self.answered

    @property
    def stated_date(self) -> datetime | None:
        """The Date header; None where there is none that can be read."""
        return http_date(header(self.answer.headers, "date") or "") if self.answer else None

    def _require(self, part: str) -> None:
        if part in self.undocumented:
            raise Inconclusive(
                f"the recording does not hold the {part} of the answer to {self.request.method} {self.request.path}"
            )

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.path} ({self.id})"


def parse_json(body: bytes) -> Any:
    """The value of a strict JSON text (RFC 8259: UTF-8, no NaN, no duplicate members, no BOM), or None."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_reject)
    except (ValueError, RecursionError):
        return None


def doubled_members(body: bytes) -> tuple[str, ...]:
    """The members that stand twice in an object of a JSON text, for which it is none by our reading (RFC 8259 §4)."""
    doubled: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        doubled.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=note, parse_constant=_reject)
    except (ValueError, RecursionError):
        return ()
    return tuple(doubled)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _reject(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
