"""The login strategy `browser`: a real browser goes from the authorization request to the redirect_uri."""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from contextlib import suppress
from dataclasses import replace
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from token_conformance.provider.login.browsing import LONGEST_WALK, AuthorizationAnswer, Walk
from token_conformance.provider.login.chromium import Chromium, first_line
from token_conformance.provider.login.forms import HTML
from token_conformance.provider.login.shown import MARKS, SNAPSHOT, Action, BrowserWalk, Shown, selectors
from token_conformance.verdict import Inconclusive, NoLogin
from token_conformance.wire.exchange import Exchange, Request, Response
from token_conformance.wire.wire import Wire

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Frame, Page

STILL = 1.5
"""Seconds without a change and without a request after which a page is taken for what it shows."""

GLANCE = 0.1
"""Seconds between two looks at a page."""

DOCUMENTS = [
    {"urlPattern": "*", "resourceType": "Document", "requestStage": stage} for stage in ("Request", "Response")
]
"""What is held until it has been looked at: the requests for pages, each step of a redirect alone, and their answers."""

_NETWORK_ERROR = re.compile(r"net::(ERR_\w+)")


class Window:
    """The browser of a row of scenarios: its cookies survive, so that the user stays logged in."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        self._context: BrowserContext | None = None
        self._forgotten = False

    async def follow_to_redirect(self, wire: Wire, url: str, walk: Walk) -> AuthorizationAnswer:
        """Go from the authorization request over login and consent to the redirect_uri, which is never requested.

        The way is recorded as one exchange: the authorization request, and the last answer to it.

        Raises:
            Inconclusive: the way does not get there; the message says where it ended.

        """
        context = await self._opened(url)
        from playwright.async_api import Error

        try:
            page = await context.new_page()
            try:
                return await Visit(page, wire, walk).follow(url)
            finally:
                await page.close()
        except Error as error:
            raise Inconclusive(f"the browser fails: {first_line(error)}") from None

    def forget(self) -> None:
        """Go on as a browser that the provider has never seen."""
        self._forgotten = True

    async def close(self) -> None:
        """Close it; everything that it knows is forgotten."""
        context, self._context = self._context, None
        if context is not None:
            with suppress(Exception):
                await context.close()

    async def _opened(self, url: str) -> BrowserContext:
        if self._forgotten:
            await self.close()
        self._forgotten = False
        if self._context is None:
            self._context = await self._chromium.context(url)
        return self._context


class Visit:
    """One authorization in a page of its own."""

    def __init__(self, page: Page, wire: Wire, walk: Walk) -> None:
        self._page = page
        self._wire = wire
        self._given = walk
        self._walk = BrowserWalk.like(walk)
        self._frame = ""
        self._held: set[asyncio.Task[None]] = set()
        self._in_flight: set[Any] = set()
        self._reached: AuthorizationAnswer | None = None
        self._problem: Inconclusive | None = None
        self._last: Exchange | None = None
        self._before: Shown | None = None

    async def follow(self, url: str) -> AuthorizationAnswer:
        """Open the address and do what the pages ask, until one of them leads to the redirect_uri."""
        request = Request("GET", url, (HTML,))
        self._walk.trust(url)
        async with self._wire.pace.turn():
            started, before = self._wire.connection.clock.now(), perf_counter()
        problem: Exception | None = None
        try:
            answer = await self._follow(url)
        except Inconclusive as error:
            problem = error
            raise
        finally:
            seen = self._last.answer if self._last is not None else None
            reason = str(problem or "the browser was interrupted")
            exchange = self._wire.witness(request, seen or reason, started, perf_counter() - before)
        return replace(answer, exchange=exchange)

    async def _follow(self, url: str) -> AuthorizationAnswer:
        await self._watch()
        await self._open(url)
        for _ in range(LONGEST_WALK):
            action = await self._next()
            if isinstance(action, AuthorizationAnswer):
                return action
            self._walk = action.walk
            self._given.logged_in = action.walk.logged_in
        raise Inconclusive(f"the authorization did not end within {LONGEST_WALK} pages")

    async def _open(self, url: str) -> None:
        from playwright.async_api import Error

        limit = self._wire.limits.request_timeout
        try:
            await self._page.goto(url, wait_until="commit", timeout=limit * 1000)
        except Error as error:
            if self._reached is None and self._problem is None:
                self._problem = _unreachable(url, str(error), f"no answer within {limit:g} s")

    async def _next(self) -> Action | AuthorizationAnswer:
        """Wait until the page asks for something new, and do it, or until the redirect_uri is reached."""
        limit = self._wire.limits.request_timeout
        since = still_since = monotonic()
        latest: Shown | None = None
        while True:
            if self._reached is not None:
                return self._reached
            if self._problem is not None:
                raise self._problem
            shown, controls = await self._look()
            now = monotonic()
            if shown != latest or self._in_flight:
                latest, still_since = shown, now
            over = now - since > limit
            step = self._decided(shown) if shown is not None else Inconclusive(f"no page came within {limit:g} s")
            if isinstance(step, AuthorizationAnswer):
                return step
            if isinstance(step, Action) and shown is not None and controls is not None and self._asks(shown, late=over):
                if await self._act(step, controls):
                    self._before = shown
                    return step
            elif over or now - still_since > STILL:
                raise (
                    step
                    if isinstance(step, Inconclusive)
                    else Inconclusive(
                        f"the page at {urlsplit(self._page.url).path} does not go on after its form was sent"
                    )
                )
            await asyncio.sleep(GLANCE)

    def _asks(self, shown: Shown, *, late: bool) -> bool:
        """Whether the page is one to act on: loaded, and another than the one acted on before, or changed for good."""
        before = self._before
        if before is None or before.document != shown.document:
            return shown.complete or late
        return before.html != shown.html and not self._in_flight

    def _decided(self, shown: Shown) -> Action | AuthorizationAnswer | Inconclusive:
        status = self._last.answer.status if self._last is not None and self._last.answer is not None else 200
        exchange = self._exchange(Request("GET", shown.url), Response(status))
        try:
            return self._walk.decide(shown, exchange)
        except Inconclusive as problem:
            return problem

    async def _look(self) -> tuple[Shown | None, Any]:
        """What the page shows, and its controls; where it has nothing to act on, what a frame in it shows that has."""
        shown, controls = await self._seen(self._page.main_frame)
        if shown is not None and self._is_empty(shown):
            for frame in self._page.frames[1:]:
                framed = await self._seen(frame) if await _is_visible(frame) else (None, None)
                if framed[0] is not None and isinstance(self._decided(framed[0]), Action | NoLogin):
                    return framed
        return shown, controls

    def _is_empty(self, shown: Shown) -> bool:
        """Whether a page asks for nothing that could be given, and does not say no either."""
        failed = self._last is not None and self._last.answer is not None and self._last.answer.status >= 400
        step = self._decided(shown)
        return not failed and isinstance(step, Inconclusive) and not isinstance(step, NoLogin)

    async def _seen(self, frame: Frame) -> tuple[Shown | None, Any]:
        """What a frame shows, and its controls; nothing while one page gives way to another."""
        from playwright.async_api import Error

        try:
            seen = await frame.evaluate_handle(SNAPSHOT, {"selectors": selectors(self._walk.login), "marks": MARKS})
            said = await (await seen.get_property("said")).json_value()
            return Shown(**said | {"url": _address(frame, said["url"])}), await seen.get_property("controls")
        except Error as error:
            if "not a valid selector" in str(error):
                raise NoLogin(f"a selector of [login] is no CSS: {first_line(error)}") from None
            return None, None

    async def _act(self, action: Action, controls: Any) -> bool:
        """Type and press as a user does; False where the page has changed meanwhile."""
        from playwright.async_api import Error

        limit = self._wire.limits.request_timeout * 1000
        try:
            last = None
            for number, value in action.typed:
                last = await self._control(controls, number)
                await last.fill(value, timeout=limit)
            for number in action.ticked:
                await (await self._control(controls, number)).check(timeout=limit)
            if action.pressed is not None:
                await (await self._control(controls, action.pressed)).click(timeout=limit, no_wait_after=True)
            elif last is not None:
                await last.press("Enter", no_wait_after=True)
        except Error:
            return self._reached is not None
        return True

    async def _control(self, controls: Any, number: int) -> Any:
        return (await controls.get_property(str(number))).as_element()

    async def _watch(self) -> None:
        """Hold every request for a page, so that the one to the redirect_uri is seen and not sent."""
        session = await self._page.context.new_cdp_session(self._page)
        self._frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        session.on("Fetch.requestPaused", lambda event: self._hold(session, event))
        session.on("Page.frameRequestedNavigation", self._leaves)
        self._page.on("request", lambda request: self._in_flight.add(request))
        self._page.on("requestfinished", lambda request: self._in_flight.discard(request))
        self._page.on("requestfailed", self._failed)
        await session.send("Page.enable")
        await session.send("Fetch.enable", {"patterns": DOCUMENTS})

    def _hold(self, session: CDPSession, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._held_back(session, event))
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    async def _held_back(self, session: CDPSession, event: dict[str, Any]) -> None:
        """Let a request or its answer pass, or end it where it has told what there is to know."""
        identifier = {"requestId": event["requestId"]}
        ends = event["frameId"] == self._frame and await self._ends(session, event)
        with suppress(Exception):  # the page may be closed
            if ends:
                await session.send("Fetch.failRequest", {**identifier, "errorReason": "Aborted"})
            else:
                await session.send("Fetch.continueRequest", identifier)

    async def _ends(self, session: CDPSession, event: dict[str, Any]) -> bool:
        request = _request(event["request"])
        if "responseStatusCode" not in event:
            return self._ends_at_client(request)
        headers = tuple((each["name"], each["value"]) for each in event.get("responseHeaders", ()))
        status, body = event["responseStatusCode"], b""
        redirects = 300 <= status < 400
        if not redirects:
            body = await _body(session, event["requestId"], self._wire.limits.response_bytes)
        self._last = self._exchange(request, Response(status, headers, body))
        try:
            step = self._walk.step(self._last) if redirects else None
        except Inconclusive as problem:
            self._problem = problem
            return True
        if isinstance(step, AuthorizationAnswer):
            self._reached = step
        return isinstance(step, AuthorizationAnswer)

    def _ends_at_client(self, request: Request) -> bool:
        """Whether a page makes a request to an address of a client, be it the redirect_uri or another one."""
        if not self._walk.is_a_client_s(request.url):
            return False
        at = self._last or self._exchange(request, Response(200))
        if self._walk.is_elsewhere(request.url):
            self._problem = self._problem or self._walk.elsewhere(at, request)
        else:
            self._reached = self._reached or self._walk.answer(at, request)
        return True

    def _leaves(self, event: dict[str, Any]) -> None:
        """A script leads to an address that no request is made for: that of an app on the user's device."""
        if event.get("frameId") == self._frame and urlsplit(event["url"]).scheme not in {"http", "https"}:
            self._ends_at_client(Request("GET", event["url"]))

    def _failed(self, request: Any) -> None:
        self._in_flight.discard(request)
        reason = request.failure or ""
        if request.is_navigation_request() and "ERR_ABORTED" not in reason and request.frame == self._page.main_frame:
            self._problem = self._problem or _unreachable(request.url, reason, reason)

    def _exchange(self, request: Request, response: Response) -> Exchange:
        clock = self._wire.connection.clock
        return Exchange(self._wire.scenario, 0, request, response, clock.now())


async def _is_visible(frame: Frame) -> bool:
    """Whether a user sees a frame: many are there for scripts alone."""
    with suppress(Exception):  # it may be gone
        return await (await frame.frame_element()).is_visible()
    return False


def _address(frame: Frame, url: str) -> str:
    """Where a page comes from: one that another page has written (`about:srcdoc`) comes from where that one does."""
    above = frame.parent_frame
    return url if above is None or urlsplit(url).scheme in {"http", "https"} else _address(above, above.url)


def _request(sent: dict[str, Any]) -> Request:
    """The request of an event, whose address has lost its fragment."""
    body = b"".join(b64decode(entry.get("bytes", "")) for entry in sent.get("postDataEntries", ()))
    url = sent["url"] + sent.get("urlFragment", "")
    return Request(sent["method"], url, (), body or sent.get("postData", "").encode())


async def _body(session: CDPSession, identifier: str, limit: int) -> bytes:
    """The page of an answer, as far as the profile wants to hear."""
    with suppress(Exception):  # an answer may have none
        answer = await session.send("Fetch.getResponseBody", {"requestId": identifier})
        body = b64decode(answer["body"]) if answer["base64Encoded"] else answer["body"].encode()
        return bytes(body[:limit])
    return b""


def _unreachable(url: str, said: str, otherwise: str) -> Inconclusive:
    host, found = urlsplit(url).netloc.rpartition("@")[2], _NETWORK_ERROR.search(said)
    reason = found[1] if found else otherwise
    if reason.startswith("ERR_CERT"):
        return Inconclusive(f"the browser does not trust the certificate of {host}: {reason}")
    return Inconclusive(f"no connection to {host}: {reason}")
