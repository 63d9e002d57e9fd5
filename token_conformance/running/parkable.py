"""A connection at which a scenario can be stopped at a wait, and brought there again days later by what it was answered then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.sessions.parked import Draw, KeptExchange, ParkedScenario
from token_conformance.verdict import Inconclusive
from token_conformance.wire.connection import Connection
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import NoAnswer, Transport

STRAYED = (
    "the suite, the profile or the provider's addresses have changed since it was parked: park anew by `run --park`"
)
ON_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class PutAside(Inconclusive):
    """A scenario stops at a wait that is too long, of that many seconds; `since` is when the wait began."""

    def __init__(self, seconds: float, since: datetime) -> None:
        super().__init__(f"it takes a wait of {seconds:.0f} s")
        self.seconds = seconds
        self.since = since


@dataclass
class Course:
    """How far a scenario has come: through all that it did before it was parked, or, without that, from its beginning.

    `go_on` is awaited when the wait at which it was parked is over, before anything is sent; it raises where nothing
    may be. `strayed` tells that the scenario does not ask now what it asked then.
    """

    connection: Connection
    max_wait: float
    go_on: Callable[[], Awaitable[None]]
    parked: ParkedScenario | None = None
    waits: int = 0
    drawn: list[Draw] = field(default_factory=list)
    strayed: bool = False

    def __post_init__(self) -> None:
        self.live = self.parked is None
        self._ahead = list(self.parked.exchanges) if self.parked is not None else []
        self._to_draw = list(self.parked.drawn) if self.parked is not None else []

    def now(self) -> datetime:
        """The present, or when what comes next was asked before the scenario was parked."""
        if self.live or self.parked is None:
            return self.connection.clock.now()
        return self._ahead[0].started if self._ahead else self.parked.parked

    async def wait(self, seconds: float) -> None:
        """Let a wait pass that is over by now, or short.

        Raises:
            PutAside: it is too long.
            Inconclusive: the scenario has strayed from what it did before.

        """
        if self.live or self.parked is None:
            await self._pass(seconds, self.connection.clock.now())
        elif self.waits == self.parked.waits:
            if self._ahead:
                raise self._stray()
            passed = (self.connection.clock.now() - self.parked.parked).total_seconds()
            await self._pass(max(seconds - passed, 0), self.parked.parked)
            await self.go_on()
            self.live = True
        self.waits += 1

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What a request was answered before the scenario was parked.

        Raises:
            NoAnswer: it did not ask that.

        """
        asked = (request.method, _address(str(request.url)))
        kept = next((each for each in self._ahead if (each.method, each.url) == asked), None)
        if kept is None:
            raise NoAnswer(str(self._stray()))
        self._ahead.remove(kept)
        headers = [pair for pair in kept.headers if pair[0].lower() not in ON_THE_WIRE]
        return httpx.Response(kept.status, headers=headers, stream=httpx.ByteStream(kept.body))

    def draw(self, kind: str) -> str:
        """The unpredictable value of that kind that was sent then, or a new one."""
        again = next((each for each in self._to_draw if each.kind == kind), None) if not self.live else None
        if again is not None:
            self._to_draw.remove(again)
        draw = again or Draw(kind=kind, value=self.connection.draw(kind))
        self.drawn.append(draw)
        return draw.value

    async def _pass(self, seconds: float, since: datetime) -> None:
        if seconds > self.max_wait:
            raise PutAside(seconds, since)
        await self.connection.clock.wait(seconds)

    def _stray(self) -> Inconclusive:
        self.strayed = True
        return Inconclusive(STRAYED)


class ParkableConnection:
    """The connection of a scenario that may be parked, or goes on."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._connection = course.connection
        self.clock = ParkableClock(course)
        self.transport: Transport = Retracing(course, course.connection.transport)

    def presenting(self, certificate: ClientCertificate) -> Transport:
        """The same, presenting a certificate."""
        return Retracing(self._course, self._connection.presenting(certificate))

    async def handshake(self, address: str, versions: Versions) -> Handshake:
        """A handshake of now."""
        return await self._connection.handshake(address, versions)

    def draw(self, kind: str) -> str:
        """An unpredictable value: that of then, where there is one."""
        return self._course.draw(kind)

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange as the server tells it."""
        return self._connection.told(exchange)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


class ParkableClock:
    """The time in which such a scenario lives: that of then, until it goes on."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def now(self) -> datetime:
        """The time of then, or of now (UTC)."""
        return self._course.now()

    def check(self, seconds: float) -> None:
        """Any wait is possible: at one that is too long the scenario stops."""

    async def wait(self, seconds: float) -> None:
        """Let a wait pass; see `Course.wait`."""
        await self._course.wait(seconds)


class Retracing(httpx.AsyncBaseTransport):
    """Answers as the server did then, and from the wait on as it does."""

    def __init__(self, course: Course, transport: Transport) -> None:
        self._course = course
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        if self._course.live:
            return await self._transport.handle_async_request(request)
        return self._course.answer(request)


def kept(exchange: Exchange) -> KeptExchange:
    """An answered exchange as it is parked: what was sent is left out, for it would hold passwords and secrets.

    Raises:
        Inconclusive: there was no answer, or it is none that can be stored.

    """
    answer = exchange.response
    try:
        return KeptExchange(
            method=exchange.request.method,
            url=_address(exchange.request.url),
            started=exchange.started,
            seconds=exchange.seconds,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
        )
    except ValidationError:
        raise Inconclusive(f"the answer to {exchange} cannot be stored") from None


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path or '/'}"
