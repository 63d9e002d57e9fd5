"""Sends the requests of a scenario, and records every exchange."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.cookiejar import CookieJar
from time import perf_counter

import httpx

from token_conformance.profile.models import Limits
from token_conformance.verdict import Limited
from token_conformance.wire.bounds import Room
from token_conformance.wire.connection import Connection
from token_conformance.wire.exchange import Exchange, Request, Response
from token_conformance.wire.kept import kept
from token_conformance.wire.noting import Deaf, Noting
from token_conformance.wire.pace import Pace
from token_conformance.wire.presence import Presence
from token_conformance.wire.retry_after import failed, repeatable, retry_after, too_many
from token_conformance.wire.tls import refuses_certificate
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import NoAnswer
from token_conformance.wire.user_agent import UserAgent

Completion = Callable[[Request, float], Request]
"""Completes a request when it leaves, by the time in seconds since 1970."""

Renewal = Callable[[], Request]
"""Makes a request again that holds what is good once."""


MOST_REPETITIONS = 3
"""How often a request is sent again whose answers ask to come later."""

MOST_FAILURES = 2
"""Token requests of a scenario that the server fails at twice, after which it is left at that."""


@dataclass
class Wire:
    """Sends the requests of one scenario, those of the user's browser and those of the client, and records every exchange.

    The browser keeps its cookies, which scenarios that follow may share; the client has none, as it is another program
    on another machine. With `presence`, nothing is sent while nobody knows whether the provider is still there. The wires
    of a run share the `room` that there is for answers, and `halt`, which raises where nothing more may be sent. What is
    recorded of a long page is its beginning. `limited` tells that the provider allowed it no more requests. `noting` is told of each exchange as it is over.
    """

    scenario: str
    connection: Connection
    limits: Limits
    pace: Pace
    exchanges: list[Exchange] = field(default_factory=list)
    cookies: CookieJar = field(default_factory=CookieJar)
    presence: Presence | None = None
    room: Room = field(default_factory=Room)
    halt: Callable[[], None] | None = None
    noting: Noting = field(default_factory=Deaf)
    limited: bool = False
    _sent: int = 0
    _racing: bool = False
    _failures: int = 0

    def __post_init__(self) -> None:
        self._browser = UserAgent(self.connection, self.limits, self.cookies)
        self._client = UserAgent(self.connection, self.limits)

    async def send(
        self, request: Request, *, complete: Completion | None = None, anew: Renewal | None = None
    ) -> Exchange:
        """Send a request of the client, without cookies.

        The exchange tells either the answer or why there was none. Redirects are not followed.

        Args:
            request: what to send.
            complete: adds at the last moment what grows old while a request waits for its turn: a proof.
            anew: makes the request again, where it holds what is good once and for a short while: an assertion.

        """
        return await self._recorded(self._client, request, complete, anew)

    async def browse(self, request: Request) -> Exchange:
        """Send a request of the user's browser, with its cookies; see `send`."""
        return await self._recorded(self._browser, request)

    def admit(self) -> None:
        """Ask whether anything may be sent at all.

        Raises:
            Inconclusive: the run was told to stop.

        """
        if self.halt is not None:
            self.halt()

    def witness(self, request: Request, seen: Response | str, started: datetime, seconds: float) -> Exchange:
        """Record a request that a real browser sent by itself: the answer that came, or why there was none."""
        self._sent += 1
        exchange = Exchange(
            scenario=self.scenario,
            number=self._sent,
            request=request,
            answer=seen if isinstance(seen, Response) else None,
            started=started,
            seconds=round(seconds, 4),
            failure=seen if isinstance(seen, str) else None,
        )
        self._keep(exchange)
        return exchange

    def draw(self, kind: str) -> str:
        """An unpredictable value; see `Connection.draw`."""
        drawn = self.connection.draw(kind)
        self.noting.drew(self.scenario, kind, drawn)
        return drawn

    async def handshake(self, address: str, versions: Versions) -> Handshake:
        """Begin a TLS connection to the host of an address, and send nothing; see `Connection.handshake`."""
        async with self.pace.turn():
            ended = await self.connection.handshake(address, versions)
        self.noting.shook_hands(self.scenario, address, versions, ended)
        return ended

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Within it no other scenario sends requests: those that race leave, and arrive, at the same moment."""
        async with self.pace.alone():
            self._racing = True
            try:
                yield
            finally:
                self._racing = False

    def forget_cookies(self) -> None:
        """Go on as a browser that the provider has never seen."""
        self.cookies.clear()

    async def close(self) -> None:
        """Close the connections."""
        await self.connection.close()

    async def _recorded(
        self,
        sender: UserAgent,
        request: Request,
        complete: Completion | None = None,
        anew: Renewal | None = None,
    ) -> Exchange:
        """Send a request, and again where the answer asks to come later: each answer is recorded, the last one counts."""
        paused = held_back = 0.0
        again_of: int | None = None
        for repetition in range(MOST_REPETITIONS + 1):
            self.admit()
            exchange = await self._once(sender, request, complete, anew)
            held_back += exchange.held_back
            if held_back or again_of is not None:
                exchange = replace(exchange, held_back=round(held_back, 3), again_of=again_of)
            again_of = exchange.number
            seconds = retry_after(exchange.answer, exchange.answered) if self.pace.patient else None
            if seconds is not None:
                self.pace.put_off(exchange, seconds)
                paused += seconds
                again = repetition < MOST_REPETITIONS and paused <= self.limits.max_wait
                if again and repeatable(request, renewed=anew is not None):
                    self._keep(replace(exchange, put_off=True))
                    request = anew() if anew is not None else request
                    continue
                self.limited |= too_many(exchange.answer)
            break
        held = self._keep(exchange)
        if seconds is None and self._worth_another_try(exchange, request, renewed=anew is not None):
            return await self._after_a_respite(held, sender, request, complete, anew)
        return held if sender is self._client else exchange

    def _worth_another_try(self, exchange: Exchange, request: Request, *, renewed: bool) -> bool:
        """Whether the server failed at a token request, and not at every other one of the scenario too."""
        few = self.pace.patient and self._failures < MOST_FAILURES
        worth = (few or self._has_accepted(request.url)) and not self._racing
        return worth and failed(exchange) and repeatable(request, renewed=renewed)

    def _has_accepted(self, url: str) -> bool:
        """Whether another request to an address was accepted: where one fails time and again, that is its answer."""
        answers = (each.answer for each in self.exchanges if each.request.url == url)
        return any(answer is not None and answer.status // 100 == 2 for answer in answers)

    async def _after_a_respite(
        self,
        first: Exchange,
        sender: UserAgent,
        request: Request,
        complete: Completion | None,
        anew: Renewal | None,
    ) -> Exchange:
        """Send a token request again at which the server failed; both answers are evidence, the last one counts."""
        await self.pace.rest()
        exchange = await self._once(sender, anew() if anew is not None else request, complete, anew)
        exchange = replace(exchange, again_of=first.number)
        if exchange.answer is None:
            self._keep(exchange)
            return first
        exchange = replace(
            exchange, repeated=first.answer is not None and first.answer.status == exchange.answer.status
        )
        held = self._keep(exchange)
        if failed(held):
            self._failures += 1
        else:
            self.pace.recovered()
        return held

    def _keep(self, exchange: Exchange) -> Exchange:
        """Record an exchange, a body that is too long cut; gives what is recorded. A walk goes on by the whole page."""
        held = kept(exchange)
        self.exchanges.append(held)
        self.noting.exchanged(exchange)
        return held

    async def _once(
        self, sender: UserAgent, request: Request, complete: Completion | None, anew: Renewal | None
    ) -> Exchange:
        self.room.admit(request)
        in_doubt = await self.presence.admit() if self.presence is not None else 0.0
        in_doubt += await self._allowed(request)
        async with self.pace.turn(racing=self._racing) as paused:
            held_back = in_doubt + paused
            request = anew() if anew is not None and held_back else request
            self._sent = number = self._sent + 1
            started, before = self.connection.clock.now(), perf_counter()
            request = complete(request, started.timestamp()) if complete is not None else request
            answer, failure, hung_up = await self._answer(sender, request)
        exchange = Exchange(
            scenario=self.scenario,
            number=number,
            request=request,
            answer=answer,
            started=started,
            seconds=round(perf_counter() - before, 4),
            failure=failure,
            hung_up=hung_up,
            held_back=held_back,
        )
        self.pace.heed(exchange)
        if self.presence is not None:
            await self.presence.note(exchange)
        return self.connection.told(exchange)

    async def _allowed(self, request: Request) -> float:
        """Wait until the provider allows a request, and remember where it does not for too long; see `Pace.allow`."""
        try:
            self.pace.admit(request)
            return await self.pace.allow(request)
        except Limited:
            self.limited = True
            raise

    async def _answer(self, sender: UserAgent, request: Request) -> tuple[Response | None, str | None, bool]:
        try:
            async with asyncio.timeout(self.limits.request_timeout):
                return await self._exchange(sender, request), None, False
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError, OSError) as error:
            if isinstance(error, NoAnswer) and self.presence is not None:
                self.presence.heard()
            return None, self._failure(request, error), _hung_up(error)

    def _failure(self, request: Request, error: Exception) -> str:
        """Why there was no answer, in a sentence."""
        match error:
            case TimeoutError() | httpx.TimeoutException():
                return f"no answer within {self.limits.request_timeout:g} s"
            case NoAnswer():
                return str(error)
            case httpx.ConnectError():
                return f"no connection to {httpx.URL(request.url).netloc.decode()}: {_reason(error)}"
            case httpx.RemoteProtocolError():
                return f"not an HTTP answer: {_reason(error)}"
            case _:
                return f"{type(error).__name__}: {_reason(error)}"

    async def _exchange(self, sender: UserAgent, request: Request) -> Response:
        answer = await sender.answer(request)
        try:
            self.room.check_head(answer)
            return Response(
                answer.status_code,
                tuple(answer.headers.multi_items()),
                await self._body(sender, answer),
            )
        finally:
            await answer.aclose()

    async def _body(self, sender: UserAgent, answer: httpx.Response) -> bytes:
        """The body of an answer; pages are read and done with, and what a client gets is kept."""
        most = self.limits.response_bytes
        came = most
        try:
            body = await (self.room.body_of if sender is self._client else self.room.page_of)(answer, most)
            came = len(body)
        finally:
            self.room.make(came)
        return body


def _hung_up(error: Exception) -> bool:
    """Whether the server ended the connection: with an alert over the certificate, or without a word, as many do."""
    closed = isinstance(error, httpx.ReadError | httpx.WriteError)
    silent = isinstance(error, httpx.RemoteProtocolError) and "disconnected" in str(error)
    return closed or silent or refuses_certificate(error)


def _reason(error: Exception) -> str:
    cause = error.__cause__ or error
    return str(cause).strip() or type(cause).__name__
