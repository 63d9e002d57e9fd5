"""A recording made elsewhere, by a proxy, a browser or an API client, as what answers.

Its requests were not made by our scenarios, but some of them are the ones that a scenario would make. A scenario draws a
`state`, a verifier or a wrong secret, and what was sent was drawn by somebody else: so it is rehearsed, with what it draws
left open, until it draws what was sent; see `Rehearsal`. After that only what was sent to the letter is answered.

Pages of the login are not played: the browser that has asked for authorization is led to the answer that came of it.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

import httpx

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.servers.captured.browser import cookies_in
from token_conformance.servers.captured.exchanges import Captured
from token_conformance.servers.captured.requests import Sent
from token_conformance.servers.captured.tape import CapturedTape
from token_conformance.verdict import NotApplicable
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import NoAnswer, Transport

Draw = tuple[str, int]
"""A value that a scenario draws: its kind, and how many of that kind it drew before."""

GONE_ON = "token-conformance-goes-on"
"""A cookie by which a scenario's browser is known again; those of the provider come from pages that are not played."""

MOST_REHEARSALS = 12
"""How often scenarios are rehearsed at most."""


@dataclass
class Rehearsal:
    """What is known of how a scenario finds itself in a recording: from which login on, and what it draws.

    Where the recording goes on otherwise than the scenario, the next login of it is tried; at the end the one counts in
    which most of the scenario's requests were answered.
    """

    skipped: int = 0
    drawn: Mapping[Draw, str] = field(default_factory=dict)
    ended: bool = False
    _tried: list[tuple[int, int, Mapping[Draw, str]]] = field(default_factory=list)

    def learn(self, connection: CapturedConnection) -> None:
        """Learn from a performance of the scenario."""
        tape, learnt = connection.tape, connection.learnt
        if learnt:
            self.drawn = {**self.drawn, **learnt}
            return
        self._tried.append((len(tape.taken), self.skipped, self.drawn))
        further = tape.missed and tape.logins > 0 and self.skipped + 1 < tape.captured.authorizations
        if further:
            self.skipped, self.drawn = self.skipped + 1, {}
        else:
            _, self.skipped, self.drawn = max(self._tried, key=itemgetter(0))
            self.ended = True


class CapturedServer:
    """What a recording from elsewhere answers; while it is `rehearsing`, what scenarios draw is left open."""

    kind: ServerKind = "recorded"
    documentation = False
    variables: Mapping[str, str] = {}

    def __init__(self, captured: Captured, name: str) -> None:
        self.captured = captured
        self.description = f"recorded in {name}{captured.creator and f' by {captured.creator}'}"
        self.rehearsing = False
        self._rehearsals: dict[str, Rehearsal] = {}
        self._connections: dict[str, CapturedConnection] = {}

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """All exchanges of the recording, in their order."""
        return self.captured.exchanges

    @property
    def noticed(self) -> tuple[str, ...]:
        """What is to be known of the recording, a sentence each."""
        return self.captured.noticed

    def connect(self, scenario: str) -> CapturedConnection:
        """The recording from its beginning, for one scenario alone."""
        rehearsal = self._rehearsals.setdefault(scenario, Rehearsal())
        connection = CapturedConnection(self.captured, scenario, rehearsal, is_open=self.rehearsing)
        self._connections[scenario] = connection
        return connection

    def learn(self) -> set[str]:
        """Learn from what was performed since, and name the scenarios that have to be rehearsed again."""
        for scenario, connection in self._connections.items():
            self._rehearsals[scenario].learn(connection)
        again = {scenario for scenario in self._connections if not self._rehearsals[scenario].ended}
        self._connections.clear()
        return again


class CapturedConnection:
    """One scenario's way through a recording; `learnt` is what was sent in the place of what it drew."""

    def __init__(self, captured: Captured, scenario: str, rehearsal: Rehearsal, *, is_open: bool) -> None:
        self._scenario, self._drawn, self._is_open = scenario, rehearsal.drawn, is_open
        self._draws: Counter[str] = Counter()
        self._open: dict[str, Draw] = {}
        self.learnt: dict[Draw, str] = {}
        self.tape = CapturedTape(captured, rehearsal.skipped)
        self.clock = CapturedClock(self.tape)
        self.transport: Transport = _Replay(self)

    def presenting(self, certificate: ClientCertificate) -> Transport:  # noqa: ARG002 - a recording shows no handshake
        """The same."""
        return self.transport

    async def handshake(self, address: str, versions: Versions) -> Handshake:  # noqa: ARG002 - there is nothing to reach
        """There is no network."""
        raise NotApplicable("a recording shows no TLS")

    def draw(self, kind: str) -> str:
        """What was sent in this place, if that is known; a made-up value, always the same, if not."""
        draw = (kind, self._draws[kind])
        self._draws[kind] += 1
        if draw in self._drawn:
            return self._drawn[draw]
        value = _made_up(f"{self._scenario} {kind} {draw[1]}")
        if self._is_open:
            self._open[value] = draw
        return value

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange of the recording that answered, with its own request and times."""
        number = exchange.number
        return (self.tape.answered[number - 1] if 0 < number <= len(self.tape.answered) else None) or exchange

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What was answered to a request.

        Raises:
            NoAnswer: the recording does not hold it, or no answer to it.

        """
        sent = Sent.of(request.method, str(request.url), request.headers, request.content)
        is_page = "text/html" in request.headers.get("accept", "")
        going_on = (GONE_ON, "1") in cookies_in(request.headers.get("cookie", ""))
        exchange, bindings = self.tape.take(sent, self._open.keys(), is_page=is_page, going_on=going_on)
        self.learnt.update({self._open[value]: was for value, was in bindings.items()})
        if exchange.answer is None:
            raise NoAnswer(f"{exchange.failure} ({exchange.id})")
        headers = [(name.encode(), value.encode("utf-8", "replace")) for name, value in exchange.answer.headers]
        if sent.asks_the_user:
            headers.append((b"Set-Cookie", f"{GONE_ON}=1; Path=/".encode()))
        return httpx.Response(exchange.answer.status, headers=headers, stream=httpx.ByteStream(exchange.answer.body))

    async def close(self) -> None:
        """Nothing is held."""


class CapturedClock:
    """The time at which the recording was made: that of the last answer, and what was waited for since."""

    def __init__(self, tape: CapturedTape) -> None:
        self._tape = tape

    def now(self) -> datetime:
        """The present (UTC)."""
        return self._tape.present

    def check(self, seconds: float) -> None:
        """Only the wait itself shows what the recording holds."""

    async def wait(self, seconds: float) -> None:
        """Go on to what was recorded at least that much later."""
        self._tape.forward(seconds)


class _Replay(httpx.AsyncBaseTransport):
    """Answers from the recording."""

    def __init__(self, connection: CapturedConnection) -> None:
        self._connection = connection

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._connection.answer(request)


def _made_up(seed: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).rstrip(b"=").decode()
