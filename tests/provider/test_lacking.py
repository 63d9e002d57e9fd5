"""Why a token is lacking is said by the answer that should have held it."""

import asyncio

import httpx
import pytest

from token_conformance.provider.lacking import present
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request

TOKEN = Request("POST", "https://op.example/token", (), b"grant_type=authorization_code")


def exchanges(make_wire, *answers):
    """Exchanges that were answered so."""
    waiting = list(answers)
    wire = make_wire(lambda request: waiting.pop(0))

    async def send():
        for _ in answers:
            await wire.send(TOKEN)

    asyncio.run(send())
    return wire.exchanges


def test_a_token_is_handed_through():
    """What is there is used."""
    assert present("a-token", "access token", []) == "a-token"


def test_the_refusal_before_is_named(make_wire):
    """A refused exchange of the code is the reason why there is nothing to refresh."""
    seen = exchanges(make_wire, httpx.Response(400, json={"error": "invalid_grant"}))
    with pytest.raises(Inconclusive, match=r"no refresh token: the answer before, 400 invalid_grant to POST /token \("):
        present(None, "refresh token", seen)


def test_a_failure_before_is_named(make_wire):
    """So is a server that failed."""
    seen = exchanges(make_wire, httpx.Response(500, json={"error": "internal_server_error"}))
    with pytest.raises(Inconclusive, match=r"the answer before, 500 internal_server_error to POST /token \("):
        present(None, "refresh token", seen)


@pytest.mark.parametrize("answers", [(), (httpx.Response(200, json={"access_token": "a"}),)])
def test_an_accepted_answer_is_not_blamed(make_wire, answers):
    """Where the answer before was no refusal, it just lacks the token."""
    with pytest.raises(Inconclusive, match="no refresh token: the answer before did not hand one over"):
        present(None, "refresh token", exchanges(make_wire, *answers))
