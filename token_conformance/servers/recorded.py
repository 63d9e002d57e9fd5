"""The recorded server: the exchanges of a HAR file, replayed through respx in the order in which they were made."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import respx

from token_conformance.layout import PROFILES
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.servers.har import Entry, RecordedRequest, Recording
from token_conformance.servers.problems import RecordingError
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import NoAnswer, Transport

__all__ = ["NotInTheRecording", "RecordedServer", "RecordingError", "recordings_of"]

VOLATILE = frozenset({"state", "nonce", "code_challenge", "code_verifier", "client_assertion"})
"""Parameters that a client makes anew for each request: they must be there, whatever their value."""

TELLING = frozenset({"grant_type", "response_type", "response_mode", "scope", "prompt", "client_id", "token_type_hint"})
"""Parameters whose values say which request it is, and give nothing away."""

Pairs = tuple[tuple[str, str], ...]


class NotInTheRecording(NoAnswer):
    """The recording holds no answer to a request; the message names it."""

    def __init__(self, request: str) -> None:
        super().__init__(f"not in the recording: {request}")


def recordings_of(profile_name: str) -> list[Path]:
    """The recordings that come with a profile."""
    return sorted((PROFILES / "recordings").glob(f"{escape(profile_name)}.*har"))


class RecordedServer:
    """A recording that was made for our scenarios, and its name."""

    kind: ServerKind = "recorded"

    variables: Mapping[str, str] = {}

    def __init__(self, recording: Recording, name: str) -> None:
        self._recording = recording
        self.documentation = recording.origin == "documentation"
        origin = ", derived from the documentation" if self.documentation else ""
        self.description = f"recorded in {name}{origin}"

    def connect(self, scenario: str) -> RecordedConnection:
        """A replay from the beginning, for one scenario alone."""
        return RecordedConnection(self._recording, scenario)


class RecordedConnection:
    """One scenario's own replay; `told` counts its requests from 1."""

    def __init__(self, recording: Recording, scenario: str) -> None:
        self._tape = Tape(
            [entry for entry in recording.entries if entry.scenario in {None, scenario}], recording.entries[0].started
        )
        self._scenario = scenario
        self._drawn = recording.drawn
        self._draws: Counter[str] = Counter()
        self.clock = RecordedClock(self._tape)
        self.transport = Replay(self._tape)

    def presenting(self, certificate: ClientCertificate) -> Transport:  # noqa: ARG002 - a recording shows no handshake
        """The same replay."""
        return self.transport

    async def handshake(self, address: str, versions: Versions) -> Handshake:  # noqa: ARG002 - there is nothing to reach
        """There is no network."""
        raise NotApplicable("a recording shows no TLS")

    def draw(self, kind: str) -> str:
        """Give the next value of that kind that the recording sent; after its last, made-up ones, always the same."""
        number = self._draws[kind]
        self._draws[kind] += 1
        sent = self._drawn.get(f"{self._scenario}/{kind}", self._drawn.get(kind, []))
        return sent[number] if number < len(sent) else _made_up(f"{self._scenario} {kind} {number}")

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange, with the parts of the answer that the recording does not hold."""
        number = exchange.number
        entry = self._tape.answered[number - 1] if 0 < number <= len(self._tape.answered) else None
        return replace(exchange, undocumented=frozenset(entry.unknown)) if entry is not None else exchange

    async def close(self) -> None:
        """Nothing is held."""


class RecordedClock:
    """The time at which the recording was made; it passes from entry to entry."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def now(self) -> datetime:
        """When the next entry was recorded, or when the last one had ended."""
        return self._tape.now()

    def check(self, seconds: float) -> None:
        """Only the wait itself shows what the recording holds."""

    async def wait(self, seconds: float) -> None:
        """Go on to an entry recorded at least that much later."""
        self._tape.forward(seconds)


class Tape:
    """The entries that a scenario sees, and how far it has come: none answers twice, nor after a later one has."""

    def __init__(self, entries: Sequence[Entry], beginning: datetime) -> None:
        self._entries = entries
        self._at = 0
        self._waited_to = -1
        self._present = entries[0].started if entries else beginning
        self._hosts = {httpx.URL(entry.request.url).host for entry in entries}
        self.answered: list[Entry | None] = []

    def now(self) -> datetime:
        """When the next entry was recorded, or the present where there is none."""
        return next((entry.started for _, entry in self._ahead()), self._present)

    def forward(self, seconds: float) -> None:
        """Go on to the first entry that lies at least that much later than the present.

        Raises:
            Inconclusive: there is none.

        """
        later = (index for index in range(self._at, len(self._entries)) if self._seconds_until(index) >= seconds)
        index = next(later, None)
        if index is None:
            raise Inconclusive(f"the recording holds nothing {_duration(seconds)} seconds later")
        self._at = self._waited_to = index
        self._present = self._entries[index].started

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer to a request.

        Raises:
            NotInTheRecording: there is none, or none any more.

        """
        sent = Signature.sent(request)
        found = next(((index, entry) for index, entry in self._ahead() if sent.matches(entry)), None)
        self.answered.append(found[1] if found else None)
        if found is None:
            raise NotInTheRecording(self._named(request, sent))
        self._at, self._present = found[0] + 1, found[1].ended
        if found[1].response.status == 0:
            raise NotInTheRecording(f"the answer to {self._named(request, sent)}")
        return _response(found[1])

    def _seconds_until(self, index: int) -> float:
        return (self._entries[index].started - self._present).total_seconds()

    def _ahead(self) -> Iterator[tuple[int, Entry]]:
        """Leave out what was recorded after a wait that the scenario has not made."""
        for index in range(self._at, len(self._entries)):
            entry = self._entries[index]
            if index <= self._waited_to or not entry.after_wait:
                yield index, entry

    def _named(self, request: httpx.Request, sent: Signature) -> str:
        """Name a request so that it can be found, its secrets left out."""
        address = (
            request.url.path
            if request.url.host in self._hosts
            else f"{request.url.scheme}://{request.url.host}{request.url.path}"
        )
        parameters = sent.query + sent.form
        told = [f"{_short(name)}={_short(value) if name in TELLING else '[…]'}" for name, value in parameters[:12]]
        return " ".join([request.method, address, *told])


@dataclass(frozen=True)
class Signature:
    """What makes two requests the same; the order of parameters does not."""

    method: str
    address: tuple[str, str, int | None, str]
    query: Pairs
    form: Pairs
    body: str
    authorization: str | None

    @classmethod
    def sent(cls, request: httpx.Request) -> Signature:
        """Of a request that is being sent."""
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        body = request.content.decode("utf-8", "replace")
        return cls.of(request.method, str(request.url), body, request.headers.get("authorization"), is_form=is_form)

    @classmethod
    def recorded(cls, request: RecordedRequest) -> Signature:
        """Of a request in the recording."""
        post_data = request.post_data
        body = post_data.written if post_data is not None else ""
        is_form = bool(post_data and post_data.is_form)
        return cls.of(request.method, request.url, body, request.header("authorization"), is_form=is_form)

    @classmethod
    def of(cls, method: str, url: str, body: str, authorization: str | None, *, is_form: bool) -> Signature:
        """Of a request given by its parts."""
        parts = httpx.URL(url)
        address = (parts.scheme, parts.host, parts.port, parts.path or "/")
        query = _pairs(parts.query.decode("ascii", "replace"))
        return cls(
            method.upper(), address, query, _pairs(body) if is_form else (), "" if is_form else body, authorization
        )

    def matches(self, entry: Entry) -> bool:
        """Whether the entry holds the answer to this request."""
        other = Signature.recorded(entry.request)
        ignored = entry.uncompared
        return (
            (self.method, self.address, self.body, self.authorization)
            == (other.method, other.address, other.body, other.authorization)
            and _comparable(self.query, ignored) == _comparable(other.query, ignored)
            and _comparable(self.form, ignored) == _comparable(other.form, ignored)
        )


class Replay(httpx.AsyncBaseTransport):
    """A respx router of one connection: nothing is patched, and no other client of the process is concerned."""

    def __init__(self, tape: Tape) -> None:
        router = respx.MockRouter(assert_all_called=False)
        router.route().mock(side_effect=tape.answer)
        self._mocked = httpx.MockTransport(router.async_handler)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer from the recording."""
        try:
            return await self._mocked.handle_async_request(request)
        except NotInTheRecording as missing:
            raise missing from None  # respx gives its route as the cause, which tells nobody anything


def _response(entry: Entry) -> httpx.Response:
    """Leave out what described the body on the wire: the recording holds it decoded."""
    on_the_wire = {"content-encoding", "transfer-encoding"}
    headers = [
        (pair.name.encode("utf-8", "replace"), pair.value.encode("utf-8", "replace"))
        for pair in entry.response.headers
        if pair.name.lower() not in on_the_wire and not pair.name.startswith(":")
    ]
    return httpx.Response(entry.response.status, headers=headers, stream=httpx.ByteStream(entry.response.content.body))


def _pairs(text: str) -> Pairs:
    return tuple(parse_qsl(text, keep_blank_values=True))


def _comparable(pairs: Pairs, ignored: frozenset[str]) -> Pairs:
    return tuple(sorted((name, "" if name in VOLATILE else value) for name, value in pairs if name not in ignored))


def _made_up(seed: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).rstrip(b"=").decode()


def _short(text: str) -> str:
    printable = "".join(character if character.isprintable() else "�" for character in text)
    return printable if len(printable) <= 60 else f"{printable[:57]}…"


def _duration(seconds: float) -> str:
    return f"{seconds:g}" if seconds < 10 else f"{seconds:.0f}"
