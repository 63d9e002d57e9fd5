"""What a server asked of its behaviour tells which changes of it would have made a difference."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from tests.suites.judging import profile_named
from tests.suites.reach import Asked, AskingServer, behaviour, difference
from token_conformance.reference.behaviour import Behaviour, answers, policy, together
from token_conformance.reference.faults import FAULTS


@pytest.fixture(scope="module")
def asked() -> Asked:
    """What a server asked when a client without credentials wanted a token."""
    profile = profile_named("everything")
    server = AskingServer(profile, behaviour(profile))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=server.connect("asking").transport) as client:
            refused = await client.post("https://op.example/token", data={"grant_type": "client_credentials"})
            assert refused.json()["error"] == "invalid_client"

    asyncio.run(ask())
    return server.asked


def reached(asked: Asked, change) -> bool:
    usual = behaviour(profile_named("everything"))
    return difference(usual, change(usual)).reaches(asked)


@pytest.mark.parametrize(
    "change",
    [
        policy("client", service_authenticated=False),
        policy("request", json_accepted=True),
        answers(lambda answer: answer.headed("X-Further", "1")),
        answers(lambda answer: answer.saying(error=True)),
        answers(lambda answer: answer.members["access_token"]),
    ],
    ids=["policy", "reading", "header", "member", "crash"],
)
def test_what_was_asked_for_is_reached(asked, change):
    """A field that was read, an answer that a change alters or fails at."""
    assert reached(asked, change)


@pytest.mark.parametrize(
    "change",
    [
        policy("refresh", rotates=False),
        policy("client", service_authenticated=True),
        answers(lambda answer: answer.saying(refresh_token="x") if answer.tokens else answer),
        answers(lambda answer: replace(answer)),
        together(*(FAULTS[name].change for name in ("id-token-iss-other", "code-replay-accepted"))),
    ],
    ids=["not read", "the same", "not concerned", "equal", "faults"],
)
def test_what_was_not_asked_for_is_not_reached(asked, change):
    """A field that nobody read, one that is as before, a change that alters nothing."""
    assert not reached(asked, change)


@pytest.mark.parametrize(("before", "after"), [(True, 1), (1, 1.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1})], ids=str)
def test_what_python_takes_for_equal_differs(before, after):
    """JSON tells true from 1, 1 from 1.0, and one order of members from another."""
    usual = Behaviour()
    asked = Asked()
    asked.values["answer_changes"].append(before)
    assert difference(usual, answers(lambda answer: after)(usual)).reaches(asked)


def test_a_change_that_is_gone_is_refused():
    """Where changes are taken away, nobody knows what that reaches."""
    usual = answers(lambda answer: answer)(Behaviour())
    with pytest.raises(ValueError, match="answer_changes"):
        difference(usual, Behaviour())
