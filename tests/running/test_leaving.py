"""A live run ends what it began at the provider, and says in a sentence what it could not end."""

import asyncio
from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qs

import httpx
import pytest

from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.leaving import named_proxy, take_leave, told
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.sessions.problems import SessionError

REVOCATION = {
    "token_endpoint": "https://op.example/token",
    "authorization_endpoint": "https://op.example/authorize",
    "revocation_endpoint": "https://op.example/revoke",
}
BY_PASSWORD = {
    "grants": {"password": {}, "refresh_token": {}},
    "login": {"strategy": "password", "username": "alice", "password": "wonderland"},
}


class Server:
    """Hands out numbered tokens, and notes what it is asked to revoke."""

    def __init__(self, status=200):
        self.status, self.given, self.revoked = status, 0, []

    def answer(self, request):
        if request.url.path == "/revoke":
            self.revoked.append(parse_qs(request.content.decode()))
            return httpx.Response(self.status)
        self.given += 1
        tokens = {"access_token": f"access-{self.given}", "refresh_token": f"refresh-{self.given}-of-this-run"}
        return httpx.Response(200, json={**tokens, "token_type": "Bearer"})


async def twice(provider):
    """Two logins, of which one is refreshed."""
    login = await provider.login()
    await provider.refresh(login.refresh_token)
    await provider.login()


@pytest.fixture
def left(make_profile, scripted_server):
    """The sentence of a run at a server."""

    def left(provider, kind="live", lot=None, by=None, stopped=None, **tables):
        profile, answering = (
            make_profile(**{"server": REVOCATION, **BY_PASSWORD, **tables}),
            scripted_server(provider.answer),
        )
        answering.kind = kind
        run = Run("example", profile, answering, Redactor(), lot=lot)

        async def perform():
            record = await gather(run, [Scenario("twice", twice)], lambda *progress: None)
            if by is not None:
                run.interruption.ask(by)
            return await take_leave(run, replace(record, stopped=stopped), record.exchanges)

        return asyncio.run(perform())

    return left


def test_what_the_run_got_is_revoked(left):
    """The newest refresh token of each login, by its client, and no other."""
    server = Server()
    assert left(server).startswith("at its end the run has revoked the 2 refresh tokens that it held")
    assert sorted(form["token"] for form in server.revoked) == [["refresh-2-of-this-run"], ["refresh-3-of-this-run"]]
    assert server.revoked[0]["token_type_hint"] == ["refresh_token"]
    assert server.revoked[0]["client_id"] == ["app"]


def test_a_setting_leaves_it_out(left):
    """It says so."""
    server = Server()
    assert left(server, limits={"revoke_at_end": False}).endswith(
        "of the 2 refresh tokens that the run held at its end, 2 live on until they expire: limits.revoke_at_end = false"
    )
    assert server.revoked == []


@pytest.mark.parametrize(
    ("how", "why"),
    [({"by": "SIGTERM"}, "the run was interrupted"), ({"stopped": 3}, "the provider has stopped answering")],
)
def test_a_run_that_asks_for_nothing_more_says_what_lives_on(left, how, why):
    """Whoever interrupts it wants it to end, and not to ask for more."""
    server = Server()
    assert left(server, **how).endswith(f", 2 live on until they expire: {why}")
    assert server.revoked == []


class Lot:
    """Stands for where sessions are parked."""

    def __init__(self, *parked):
        self._parked = parked

    def parked(self):
        if None in self._parked:
            raise SessionError("the lot cannot be read")
        return self._parked


@pytest.mark.parametrize("parked", ["a session", None])
def test_what_is_parked_is_not_endangered(left, parked):
    """Many a provider ends all tokens of a user and a client together; an empty lot holds nobody back."""
    server = Server()
    assert left(server, lot=Lot(parked)).endswith("what is parked might end with them")
    assert server.revoked == []
    assert left(server, lot=Lot()).startswith("at its end the run has revoked")


def test_without_an_endpoint_they_live_on(left):
    """Nobody guesses an address."""
    server = Server()
    endpoints = {name: value for name, value in REVOCATION.items() if name != "revocation_endpoint"}
    assert left(server, server=endpoints).endswith(
        "neither the profile nor the provider's metadata names a revocation_endpoint"
    )
    assert server.revoked == []


def test_a_refusal_is_told(left):
    """With its status."""
    assert left(Server(status=503)).endswith("2 live on until they expire: the revocation endpoint answered with 503")


@pytest.mark.parametrize("kind", ["emulated", "recorded"])
def test_a_run_at_no_real_provider_leaves_nothing(left, kind):
    """There is nothing to end."""
    server = Server()
    assert left(server, kind) is None
    assert server.revoked == []


def test_a_session_that_was_there_before_stays(left):
    """A run that starts from it revokes nothing."""
    server = Server()
    seeded = {"strategy": "refresh_token", "refresh_token": "a-refresh-token-from-before"}
    assert left(server, login=seeded) is None
    assert server.revoked == []


def test_some_of_them_are_told_apart():
    """Each reason once."""
    assert told(Counter({"revoked": 2, "the revocation endpoint answered with 400": 1})) == (
        "of the 3 refresh tokens that the run held at its end, 2 are revoked, 1 lives on until it expires: "
        "the revocation endpoint answered with 400"
    )


@pytest.mark.parametrize(("kind", "said"), [("live", True), ("emulated", False)])
def test_the_report_names_the_proxy(make_profile, scripted_server, kind, said):
    """That of a live run, which may have a part in what was seen."""
    server = scripted_server(Server().answer)
    server.kind = kind
    profile = make_profile(server={**REVOCATION, "proxy": "http://me:word@proxy.example:3128"})
    sentences = named_proxy(Run("example", profile, server, Redactor()))
    assert sentences == ("requests go through the proxy http://proxy.example:3128",) * said
