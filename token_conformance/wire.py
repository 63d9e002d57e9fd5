"""HTTP: the one module that knows the client library."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import perf_counter

import httpx
from aiolimiter import AsyncLimiter

from token_conformance.exchange import Exchange, Request, Response
from token_conformance.profile.models import Limits
from token_conformance.servers.connection import Connection

Transport = httpx.AsyncBaseTransport
USER_AGENT = "token-conformance"


class NoAnswer(httpx.TransportError):
    """A transport knows by itself why a request has no answer; the message is the whole sentence."""


class Pace:
    """What the profile allows at once and in a second, shared by all scenarios of a run."""

    def __init__(self, limits: Limits) -> None:
        self._in_flight = asyncio.Semaphore(limits.concurrency)
        self._rate = AsyncLimiter(max(1.0, limits.requests_per_second), max(1.0, 1 / limits.requests_per_second))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one more request may leave."""
        async with self._in_flight, self._rate:
            yield


@dataclass
class Wire:
    """Sends the requests of one scenario, those of the user's browser and those of the client, and records every exchange.

    The browser keeps its cookies; the client has none, as it is another program on another machine.
    """

    scenario: str
    connection: Connection
    limits: Limits
    pace: Pace
    exchanges: list[Exchange] = field(default_factory=list)
    _sent: int = 0

    def __post_init__(self) -> None:
        self._browser = self._sender(CookieJar())
        self._client = self._sender(CookieJar(DefaultCookiePolicy(allowed_domains=())))

    async def send(self, request: Request) -> Exchange:
        """Send a request of the client, without cookies.

        The exchange tells either the answer or why there was none. Redirects are not followed.
        """
        return await self._recorded(self._client, request)

    async def browse(self, request: Request) -> Exchange:
        """Send a request of the user's browser, with its cookies; see `send`."""
        return await self._recorded(self._browser, request)

    def forget_cookies(self) -> None:
        """Go on as a browser that the provider has never seen."""
        self._browser.cookies.clear()

    async def close(self) -> None:
        """Close the connections; cookies are forgotten."""
        await self._browser.aclose()
        await self._client.aclose()
        await self.connection.close()

    def _sender(self, cookies: CookieJar) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.connection.transport,
            follow_redirects=False,
            timeout=self.limits.request_timeout,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            cookies=cookies,
            trust_env=False,
        )

    async def _recorded(self, sender: httpx.AsyncClient, request: Request) -> Exchange:
        async with self.pace.turn():
            self._sent = number = self._sent + 1
            started, before = self.connection.clock.now(), perf_counter()
            answer, failure = await self._answer(sender, request)
        exchange = Exchange(
            scenario=self.scenario,
            number=number,
            request=request,
            answer=answer,
            started=started,
            seconds=round(perf_counter() - before, 4),
            failure=failure,
            undocumented=self.connection.undocumented(number),
        )
        self.exchanges.append(exchange)
        return exchange

    async def _answer(self, sender: httpx.AsyncClient, request: Request) -> tuple[Response | None, str | None]:
        try:
            async with asyncio.timeout(self.limits.request_timeout):
                return await self._exchange(sender, request), None
        except TimeoutError:
            return None, f"no answer within {self.limits.request_timeout:g} s"
        except NoAnswer as error:
            return None, str(error)
        except httpx.ConnectError as error:
            return None, f"no connection to {httpx.URL(request.url).netloc.decode()}: {_reason(error)}"
        except httpx.TimeoutException:
            return None, f"no answer within {self.limits.request_timeout:g} s"
        except httpx.RemoteProtocolError as error:
            return None, f"not an HTTP answer: {_reason(error)}"
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError, OSError) as error:
            return None, f"{type(error).__name__}: {_reason(error)}"

    async def _exchange(self, sender: httpx.AsyncClient, request: Request) -> Response:
        outgoing = sender.build_request(
            request.method, request.url, headers=list(request.headers), content=request.body
        )
        if not request.body and request.method == "GET":
            outgoing.headers.pop("content-length", None)
        answer = await sender.send(outgoing, stream=True)
        try:
            return Response(answer.status_code, tuple(answer.headers.multi_items()), await self._body(answer))
        finally:
            await answer.aclose()

    async def _body(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > self.limits.response_bytes:
                raise ValueError(f"the answer is larger than {self.limits.response_bytes} bytes")
        return bytes(body)


def network(ca_bundle: str | None, limits: Limits) -> Transport:
    """A transport to real servers: TLS is verified, against `ca_bundle` too where there is one."""
    pool = httpx.Limits(max_connections=limits.concurrency, max_keepalive_connections=limits.concurrency)
    return httpx.AsyncHTTPTransport(verify=_trust(ca_bundle), limits=pool, retries=0, trust_env=False)


@cache
def _trust(ca_bundle: str | None) -> ssl.SSLContext:
    """Reading the system's certificates takes longer than most requests, so that it is done once."""
    context = ssl.create_default_context()
    if ca_bundle is not None:
        context.load_verify_locations(ca_bundle)
    return context


def in_process(application: object) -> Transport:
    """A transport to an ASGI application in this process, which answers a defect of its own with 500."""
    return httpx.ASGITransport(app=application, raise_app_exceptions=False)  # type: ignore[arg-type]  # ASGI applications have no common type


def _reason(error: Exception) -> str:
    cause = error.__cause__ or error
    return str(cause).strip() or type(cause).__name__
