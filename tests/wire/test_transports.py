"""An application in this process is asked as it would be over a network, and answers likewise."""

import asyncio

import httpx
import pytest

from token_conformance.wire.transports import in_process

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
