"""A server that fails at one request, and has accepted another one, is asked the same again."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from token_conformance.wire.exchange import Request

GOOD = Request(
    "POST", "https://op.example/token", (("Content-Type", "application/x-www-form-urlencoded"),), b"grant_type=good"
)
BAD = replace(GOOD, body=b"grant_type=bad")


@pytest.fixture
def answered(make_wire):
    """The exchanges of a scenario whose bad request, sent after these, gets these answers one after the other."""

    def answered(*answers, before=(GOOD,), bad=BAD):
        left = list(answers)

        def handler(request):
            return httpx.Response(200, json={"access_token": "a"}) if request.content == GOOD.body else left.pop(0)

        async def scenario(wire):
            for request in before:
                await wire.send(request)
            return await wire.send(bad)

        wire = make_wire(handler)
        return asyncio.run(scenario(wire)), wire.exchanges

    return answered


def failing(status=500, **more):
    return httpx.Response(status, **more)


def test_the_same_failure_again_is_told(answered):
    """The second answer counts, and says that it came before; both are recorded."""
    last, exchanges = answered(failing(), failing())
    assert (last.answer.status, last.repeated) == (500, True)
    assert exchanges[-1] is last
    assert [exchange.answer.status for exchange in exchanges] == [200, 500, 500]


def test_a_failure_that_goes_away_is_no_answer(answered):
    """What the second request is told is told of the request."""
    last, _ = answered(failing(502), failing(400, json={"error": "invalid_grant"}))
    assert (last.answer.status, last.repeated) == (400, False)


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (failing(), {"before": ()}),
        (failing(400), {}),
        (failing(500, json={"error": "invalid_grant"}), {}),
        (failing(), {"bad": replace(BAD, body=b"client_assertion=once")}),
    ],
    ids=["of a server that never accepted anything", "none", "in words", "of a proof"],
)
def test_nothing_else_is_sent_again(answered, answer, how):
    """A server that fails at everything, one that says what is wrong, and what is good once are left alone."""
    _, exchanges = answered(answer, **how)
    assert len([exchange for exchange in exchanges if exchange.request.body != GOOD.body]) == 1
