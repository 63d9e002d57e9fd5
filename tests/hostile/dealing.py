"""A provider that says what it should, and now and then deals a hostile answer in its place."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import httpcore
import httpx

from tests.hostile.answer import Spoilt, honest
from tests.hostile.corpus import CLASSES, Make, spoilt
from token_conformance.profile.models import Profile
from token_conformance.reference import ReferenceServer
from token_conformance.servers.emulated import EmulatedConnection, EmulatedServer
from token_conformance.servers.live import LiveConnection, RealClock
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.transports import Transport, in_process

TLS = ssl.create_default_context()

DRIP = 0.05
"""Seconds between two bytes of what never ends."""


@dataclass
class Dealer:
    """Deals hostile answers by a seed: to requests whose path holds one of the words, at some rate, and so many at most.

    What is dealt to a request depends on the seed, the scenario and the request's number alone.
    """

    seed: int
    most: int
    words: Sequence[str]
    rate: float
    classes: Sequence[Make] = CLASSES
    dealt: Counter[str] = field(default_factory=Counter)

    def deal(self, scenario: str, number: int, request: httpx.Request) -> Random | None:
        """What chooses a hostile answer to the request; None where it gets an honest one."""
        random = Random(f"{self.seed}/{scenario}/{number}")  # noqa: S311 - the same for the same seed
        hit = random.random() < self.rate and any(word in request.url.path for word in self.words)
        return random if hit and self.dealt.total() < self.most else None


class Hostile(httpx.AsyncBaseTransport):
    """Asks the reference server, and spoils its answer, which then comes in bytes as from a network."""

    def __init__(self, inner: Transport, dealer: Dealer, scenario: str) -> None:
        self._inner, self._dealer, self._scenario, self._number = inner, dealer, scenario, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have one request answered."""
        self._number += 1
        said = await self._inner.handle_async_request(request)
        random = self._dealer.deal(self._scenario, self._number, request)
        if random is None:
            return said
        kind, answer = spoilt(random, honest(request, said, await said.aread()), self._dealer.classes)
        self._dealer.dealt[kind] += 1
        return await received(answer, request)


async def received(answer: Spoilt, request: httpx.Request) -> httpx.Response:
    """What the HTTP client of the suite makes of these bytes."""
    transport = httpx.AsyncHTTPTransport(verify=TLS)
    transport._pool = httpcore.AsyncConnectionPool(network_backend=Bytes(answer), ssl_context=TLS)
    return await transport.handle_async_request(request)


class Bytes(httpcore.AsyncMockBackend):
    """A network in which every connection brings these bytes."""

    def __init__(self, answer: Spoilt) -> None:
        super().__init__([])
        self._answer = answer

    async def connect_tcp(self, *arguments: object, **options: object) -> httpcore.AsyncNetworkStream:
        """A connection, whatever the address; the bytes are its own, and go with it."""
        answer, self._answer = self._answer, Spoilt(b"")
        return Arriving(answer)


class Arriving(httpcore.AsyncNetworkStream):
    """Bytes that arrive in pieces as large as they may be, and what comes of the connection then."""

    def __init__(self, answer: Spoilt) -> None:
        self._left, self._then = answer.sent, answer.then

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's signature
        """The next bytes; none at the end of the connection."""
        piece, self._left = self._left[:max_bytes], self._left[max_bytes:]
        if piece or self._then == "ends":
            return piece
        if self._then == "drips":
            await asyncio.sleep(DRIP)
            return b"a"
        await asyncio.sleep(timeout or 0)
        raise httpcore.ReadTimeout

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - likewise
        """Take what is sent."""

    async def aclose(self) -> None:
        """Let the rest go: nobody looks for what refers to itself while a run gathers."""
        self._left = b""

    async def start_tls(self, *arguments: object, **options: object) -> httpcore.AsyncNetworkStream:
        """Go on as if it were encrypted."""
        return self

    def get_extra_info(self, info: str) -> None:
        """Nothing is known of it."""


@dataclass(frozen=True)
class HostileEmulated:
    """The emulated server, some of whose answers are spoilt."""

    inner: EmulatedServer
    dealer: Dealer
    kind: ServerKind = "emulated"
    description: str = "hostile, emulated"
    documentation: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """None."""
        return {}

    def connect(self, scenario: str) -> EmulatedConnection:
        """A server of its own for a scenario."""
        connection = self.inner.connect(scenario)
        connection.transport = Hostile(connection.transport, self.dealer, scenario)
        return connection


@dataclass(frozen=True)
class HostileLive:
    """One reference server for all scenarios, as a live provider is, some of whose answers are spoilt."""

    profile: Profile
    dealer: Dealer
    kind: ServerKind = "live"
    description: str = "hostile, live"
    documentation: bool = False
    application: object = None

    @property
    def variables(self) -> dict[str, str]:
        """None."""
        return {}

    @classmethod
    def of(cls, profile: Profile, dealer: Dealer) -> HostileLive:
        """A provider at the addresses of a profile."""
        return cls(profile, dealer, application=ReferenceServer(profile).application)

    def connect(self, scenario: str) -> LiveConnection:
        """A scenario's own way to the one server."""
        transport = Hostile(in_process(self.application), self.dealer, scenario)
        return LiveConnection(transport, RealClock(self.profile.limits.max_wait))
