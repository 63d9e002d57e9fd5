"""The reference server on a port of this machine."""

from time import perf_counter

import httpx

from token_conformance.reference.loopback import LoopbackServer


async def greet(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


def test_an_answer_is_sent_at_once():
    """No answer waits for the client's acknowledgement of its headers, as TCP would have it: that takes 40 ms each."""
    taken = []
    with LoopbackServer().serving(greet) as address, httpx.Client(trust_env=False) as client:
        for _ in range(12):
            began = perf_counter()
            assert client.get(address).text == "hi"
            taken.append(perf_counter() - began)
    assert min(taken[2:]) < 0.03
