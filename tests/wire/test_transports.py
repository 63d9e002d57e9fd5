"""An application in this process is asked as it would be over a network, and answers likewise."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from token_conformance.profile.models import Limits
from token_conformance.wire import transports
from token_conformance.wire.transports import in_process, network

REQUEST = httpx.Request("POST", "https://op.example/a%2Fb?c=d", headers={"X-Name": "1"}, content=b"the body")


def asked(application, request=REQUEST):
    """The answer of an application, its body read."""

    async def ask():
        answer = await in_process(application).handle_async_request(request)
        await answer.aread()
        return answer

    return asyncio.run(ask())


def test_the_application_sees_the_request():
    """Address, headers and body reach it."""
    seen = {}

    async def application(scope, receive, send):
        seen.update(scope, message=await receive())
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-a", b"1"), (b"x-a", b"2")]})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        await send({"type": "http.response.body", "body": b"second"})

    answer = asked(application)
    assert (answer.status_code, answer.content) == (201, b"first second")
    assert answer.headers.multi_items() == [("x-a", "1"), ("x-a", "2")]
    assert (seen["method"], seen["raw_path"], seen["query_string"]) == ("POST", b"/a%2Fb", b"c=d")
    assert seen["message"] == {"type": "http.request", "body": b"the body", "more_body": False}
    assert (b"x-name", b"1") in seen["headers"]
    assert seen["extensions"] == {"tls": {"client_cert_chain": ()}}


async def broken(scope, receive, send):
    """An application that breaks before it answers."""
    raise RuntimeError("broken")


def test_a_defect_of_the_application_is_a_500():
    """It breaks as a server does."""
    assert asked(broken).status_code == 500


@pytest.mark.parametrize(("method", "body"), [("GET", b"text"), ("HEAD", b"")])
def test_an_answer_to_head_has_no_body(method, body):
    """As over HTTP (RFC 9110 §9.3.2)."""

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"text"})

    assert asked(application, httpx.Request(method, "https://op.example/")).content == body


@pytest.mark.parametrize(("longest_idle", "connections"), [(0.01, 2), (5.0, 1)])
def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch, longest_idle, connections):
    """The server may be about to close it; one that has just answered is."""
    monkeypatch.setattr(transports, "LONGEST_IDLE", longest_idle)
    opened = []

    async def serve(reader, writer):
        opened.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def ask():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        address = "http://{}:{}/".format(*server.sockets[0].getsockname())
        async with httpx.AsyncClient(transport=network(None, Limits()), trust_env=False) as client:
            for _ in range(2):
                await client.get(address)
                await asyncio.sleep(0.03)
        server.close()
        await asyncio.gather(*opened)

    asyncio.run(ask())
    assert len(opened) == connections
