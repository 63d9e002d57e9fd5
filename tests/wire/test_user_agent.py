"""A user agent says what httpx's own client would say, and follows nothing."""

import asyncio
from http.cookiejar import CookieJar

import httpx
import pytest

from token_conformance.profile.models import Limits
from token_conformance.wire.exchange import Request
from token_conformance.wire.user_agent import UserAgent

REQUESTS = [
    Request("GET", "https://op.example/keys"),
    Request("GET", "https://op.example/keys?a=%20b&a=c#part", (("X-A", "1"), ("X-A", "2"), ("accept", "text/html"))),
    Request("POST", "https://op.example/token", (("Content-Type", "text/plain"),), b"grant_type=x"),
    Request("POST", "https://op.example/empty"),
    Request("OPTIONS", "https://op.example/token"),
    Request("DELETE", "https://op.example/token", (("Host", "other.example"),), b"gone"),
    Request("POST", "https://op.example:444/token", (("User-Agent", "another"), ("Cookie", "mine=1"))),
    Request("GET", "https://user:pass%40word@op.example/"),
    Request("GET", "https://user@op.example/", (("Authorization", "Bearer token"),)),
    Request("GET", "https://bücher.example/ä?ö"),
]


class Way:
    """A connection that asks a function."""

    def __init__(self, handler):
        self.transport = httpx.MockTransport(handler)


def asked(request, cookies=None):
    """What a user agent sends for a request."""
    sent = []
    agent = UserAgent(Way(lambda outgoing: sent.append(outgoing) or httpx.Response(200)), Limits(), cookies)
    asyncio.run(agent.answer(request))
    return sent[0]


def asked_by_httpx(request):
    """What httpx's own client sends for it."""
    sent = []

    async def send():
        transport = httpx.MockTransport(lambda outgoing: sent.append(outgoing) or httpx.Response(200))
        said = {"User-Agent": "token-conformance", "Accept-Encoding": "identity"}
        async with httpx.AsyncClient(transport=transport, headers=said, trust_env=False, timeout=10) as client:
            await client.request(request.method, request.url, headers=list(request.headers), content=request.body)

    asyncio.run(send())
    return sent[0]


def named(headers):
    """Headers in an order of their own, those of one name in theirs."""
    return sorted(((name.lower(), value) for name, value in headers), key=lambda header: header[0])


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request.method} {request.url}")
def test_a_request_is_the_one_that_httpx_would_send(request_):
    """Its address, its headers, its body and its patience."""
    ours, theirs = asked(request_), asked_by_httpx(request_)
    assert (ours.method, ours.url, ours.url.raw_path) == (theirs.method, theirs.url, theirs.url.raw_path)
    assert named(ours.headers.raw) == named(theirs.headers.raw)
    assert (ours.content, ours.extensions["timeout"]) == (theirs.content, theirs.extensions["timeout"])


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("https://[::x]/", "Invalid URL in location header"),
        ("https://op.example:port/", "Invalid URL in location header"),
        ("https://op.example/\x00", "Invalid URL in location header"),
        ("com.example.app:back", "path must be empty or begin with"),
    ],
)
def test_an_answer_that_sends_nowhere_is_none(make_wire, location, problem):
    """Neither the client's, nor the browser's; without a redirect it is a header like another."""

    async def told(status):
        wire = make_wire(lambda request: httpx.Response(status, headers={"Location": location}))
        return [(await send(REQUESTS[0])).failure for send in (wire.send, wire.browse)]

    assert all(problem in failure for failure in [*asyncio.run(told(302)), *asyncio.run(told(307))])
    assert asyncio.run(told(200)) == [None, None]


@pytest.mark.parametrize("location", ["/back?code=1", "com.example.app:/back?code=1", "//op.example/", "?code=1", ""])
def test_an_address_may_be_relative_or_of_a_private_scheme(make_wire, location):
    """Those of apps have no host (RFC 8252 §7.1)."""
    exchange = asyncio.run(
        make_wire(lambda request: httpx.Response(302, headers={"Location": location})).browse(REQUESTS[0])
    )
    assert exchange.answer.status == 302


def test_an_answer_that_is_refused_is_closed():
    """Its connection is free for the next request."""
    closed = []

    class Body(httpx.AsyncByteStream):
        async def aclose(self):
            closed.append(True)

    def handler(request):
        return httpx.Response(302, headers={"Location": "https://op.example:port/"}, stream=Body())

    with pytest.raises(httpx.RemoteProtocolError):
        asyncio.run(UserAgent(Way(handler), Limits()).answer(REQUESTS[0]))
    assert closed == [True]


def test_cookies_go_back_where_they_belong():
    """To their host and path, beside those that the request brings itself."""
    cookies = CookieJar()

    def handler(request):
        return httpx.Response(200, headers=[("Set-Cookie", "a=1; Path=/in"), ("Set-Cookie", "b=2; Path=/; Secure")])

    asyncio.run(UserAgent(Way(handler), Limits(), cookies).answer(Request("GET", "https://op.example/in/to")))
    assert asked(Request("GET", "https://op.example/in/x"), cookies).headers["cookie"] == "a=1; b=2"
    assert asked(Request("GET", "http://op.example/out"), cookies).headers.get("cookie") is None
    assert asked(Request("GET", "https://other.example/in"), cookies).headers.get("cookie") is None


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("http://127.0.0.1:8080/", "b=2"),
        ("http://localhost:8080/", "b=2"),
        ("http://[::1]:8080/", "b=2"),
        ("http://10.0.0.1:8080/", None),
        ("http://localhost.example/", None),
    ],
)
def test_secure_cookies_go_back_to_this_machine(address, sent):
    """As browsers do it, which trust this machine without TLS, and no other."""
    cookies = CookieJar()

    def handler(request):
        return httpx.Response(200, headers={"Set-Cookie": "b=2; Path=/; Secure; SameSite=None"})

    asyncio.run(UserAgent(Way(handler), Limits(), cookies).answer(Request("GET", address)))
    assert asked(Request("GET", address), cookies).headers.get("cookie") == sent
