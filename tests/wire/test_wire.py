"""The wire records what happened, whatever happened."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from token_conformance.wire.exchange import Request

TOKEN = Request(
    "POST", "https://op.example/token", (("Content-Type", "application/x-www-form-urlencoded"),), b"grant_type=x"
)


def sent(wire, request=TOKEN):
    return asyncio.run(wire.send(request))


def test_headers_and_body_are_recorded_as_they_came(make_wire):
    """Repeated headers stay apart and bytes stay bytes."""
    headers = [("X-A", "1"), ("X-A", "2")]
    exchange = sent(make_wire(lambda request: httpx.Response(400, headers=headers, content=b"\xff")))
    assert [value for name, value in exchange.answer.headers if name.lower() == "x-a"] == ["1", "2"]
    assert exchange.answer.body == b"\xff"


def test_a_race_is_alone(make_wire):
    """Requests that race are under way at once, however few others may be, and no others are beside them."""
    under_way, seen = [], []

    async def handler(request):
        under_way.append(request.content)
        seen.append(tuple(under_way))
        await asyncio.sleep(0.3 if request.content == b"race" else 0.01)
        under_way.remove(request.content)
        return httpx.Response(200)

    async def race(wire):
        async with wire.alone():
            await asyncio.gather(*(wire.send(replace(TOKEN, body=b"race")) for _ in range(4)))

    async def beside_others(wire, racing):
        await asyncio.gather(*(wire.send(TOKEN) for _ in range(4)), race(racing), *(wire.send(TOKEN) for _ in range(4)))

    wire = make_wire(handler, concurrency=1, race=3)
    asyncio.run(beside_others(wire, replace(wire)))
    races = [requests for requests in seen if b"race" in requests]
    assert max(races, key=len) == (b"race",) * 3
    assert max(len(requests) for requests in seen if b"race" not in requests) == 1
    assert {request for requests in races for request in requests} == {b"race"}


def test_redirects_are_not_followed(make_wire):
    """A redirect of the token endpoint is an answer like another."""
    exchange = sent(make_wire(lambda request: httpx.Response(307, headers={"Location": "https://elsewhere.example/"})))
    assert exchange.answer.status == 307


def test_the_browser_keeps_its_cookies_to_itself(make_wire):
    """A cookie of the provider goes back to it in the browser's requests, and in no request of the client."""
    seen = []

    def handler(request):
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, headers={"Set-Cookie": "session=1; Path=/"})

    async def twice():
        wire = make_wire(handler)
        for send in (wire.send, wire.browse, wire.send, wire.browse):
            await send(TOKEN)

    asyncio.run(twice())
    assert seen == [None, None, None, "session=1"]


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        (httpx.ConnectError("connection refused"), "no connection to op.example: connection refused"),
        (httpx.ReadTimeout("slow"), "no answer within 10 s"),
        (httpx.RemoteProtocolError("illegal status line"), "not an HTTP answer: illegal status line"),
        (OSError("broken pipe"), "OSError: broken pipe"),
    ],
)
def test_a_failure_is_one_sentence(make_wire, raised, sentence):
    """What prevents an answer is told in the exchange, not raised."""

    def handler(request):
        raise raised

    exchange = sent(make_wire(handler))
    assert exchange.answer is None
    assert exchange.failure == sentence


def test_an_answer_beyond_the_limit_is_cut_off(make_wire):
    """A server cannot fill our memory."""
    exchange = sent(make_wire(lambda request: httpx.Response(200, content=b"x" * 2000), response_bytes=1000))
    assert exchange.failure == "the answer is larger than 1000 bytes"


def test_no_more_requests_are_under_way_than_the_profile_allows(make_wire):
    """`concurrency` bounds what is in flight at once."""
    flying, most = 0, 0

    async def handler(request):
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.001)
        flying -= 1
        return httpx.Response(200)

    async def many():
        wire = make_wire(handler, concurrency=3)
        await asyncio.gather(*(wire.send(TOKEN) for _ in range(12)))

    asyncio.run(many())
    assert most == 3
