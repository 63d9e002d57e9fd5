"""What a run does to the stored session: everything is on disk before the next request leaves."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from token_conformance.provider.dpop import new_prover, restored
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.verdict import Inconclusive


class TokenEndpoint:
    """Replaces the refresh token at each use, and notes what was stored when a request reached it.

    Where `reuse_ends` the session, a token that was used before ends it.
    """

    def __init__(self, path):
        self.path = path
        self.newest = 1
        self.stored = []
        self.expires_in = 600
        self.reuse_ends = False
        self.fails = lambda number: None

    def __call__(self, request):
        self.stored.append(json.loads(self.path.read_text()))
        failure = self.fails(len(self.stored))
        if isinstance(failure, Exception):
            raise failure
        if failure is not None:
            return failure
        if f"refresh_token=refresh-token-{self.newest:04}" not in request.content.decode():
            self.newest = -1 if self.reuse_ends else self.newest
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.newest += 1
        return httpx.Response(
            200,
            json={
                "access_token": f"access-token-{self.newest:04}",
                "token_type": "Bearer",
                "refresh_token": f"refresh-token-{self.newest:04}",
                "expires_in": self.expires_in,
            },
        )


@pytest.fixture
def profile(make_profile):
    return make_profile(
        grants={"authorization_code": {"scope": "api"}, "refresh_token": {}}, login={"strategy": "interactive"}
    )


@pytest.fixture
def endpoint(path):
    return TokenEndpoint(path)


@pytest.fixture
def perform(profile, store, endpoint, scripted_server):
    """A live run whose provider is the endpoint."""

    def perform(*scenarios):
        server = scripted_server(endpoint)
        server.kind = "live"
        run = Run("example", profile, server, Redactor(), sessions=store)
        return asyncio.run(gather(run, scenarios, lambda *progress: None))

    return perform


@pytest.fixture
def stored(store, make_session):
    def stored(**changes):
        store.write(make_session(**changes))

    return stored


def named(perform, **settings):
    return Scenario(perform.__name__, perform, needs=("login", "refresh"), **settings)


async def renewing(provider):
    """Take the session, and renew it twice."""
    session = await provider.session()
    first = await provider.refresh(session.refresh_token)
    second = await provider.refresh(first.refresh_token)
    return session, second


def test_each_token_is_stored_before_the_next_request(perform, stored, endpoint, store):
    """A request finds on disk the very token that it holds, and that it is under way."""
    stored(logged_in=datetime(2026, 1, 1, tzinfo=UTC))
    run = perform(named(renewing))
    assert run.transcript("renewing")[1].refresh_token == "refresh-token-0004"
    assert [each["refresh_token"] for each in endpoint.stored] == [f"refresh-token-000{n}" for n in (1, 2, 3)]
    assert all(each["in_flight"] for each in endpoint.stored)
    left = store.read()
    assert (left.refresh_token, left.access_token, left.in_flight) == ("refresh-token-0004", "access-token-0004", None)
    assert left.logged_in == datetime(2026, 1, 1, tzinfo=UTC)
    assert not run.no_session


async def using(provider):
    return (await provider.session()).access_token


def test_a_session_is_renewed_a_minute_before_it_expires(perform, stored, endpoint):
    """A scenario that asks for the session gets one with more than a minute to live."""
    endpoint.expires_in = 59  # by the clock of the run, which stands still at a noon of the past
    stored()

    async def later(provider):
        return (await provider.session()).access_token

    run = perform(named(using), named(later))
    assert {run.transcript("using"), run.transcript("later")} == {"access-token-0003", "access-token-0004"}


def test_a_session_with_time_left_is_used_as_it_is(perform, stored, endpoint):
    """Nothing is renewed without need."""
    stored()
    assert perform(named(using)).transcript("using") == "access-token-0002"
    assert len(endpoint.stored) == 1


def test_an_answer_that_never_came(perform, stored, endpoint, store):
    """The mark stays, and the next run that is refused says so; the token before is not lost from disk."""
    stored()
    endpoint.fails = lambda number: httpx.ReadError("hung up") if number == 2 else None
    run = perform(named(renewing))
    with pytest.raises(Inconclusive, match="no answer"):
        _ = run.transcript("renewing")[1].access_token
    left = store.read()
    assert left.refresh_token == "refresh-token-0002"
    assert left.in_flight is not None
    endpoint.newest = 3
    run = perform(named(renewing))
    assert run.no_session
    assert "the answer to a refresh was in flight when the run before ended, at" in run.trouble
    with pytest.raises(Inconclusive, match="was in flight"):
        run.transcript("renewing")
    assert store.read().in_flight == left.in_flight


def test_an_answer_that_never_came_and_did_no_harm(perform, stored, store):
    """Where the provider still takes the token, the run goes on, and the mark is gone."""
    stored(in_flight=datetime(2026, 1, 1, tzinfo=UTC))
    run = perform(named(using))
    assert run.trouble is None
    assert store.read().in_flight is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(503), "could not be renewed: 503 without an error code"),
        (httpx.Response(401, json={"error": "invalid_client"}), "could not be renewed: 401 invalid_client"),
        (httpx.ConnectError("refused"), "could not be renewed: no answer to POST /token: no connection to op.example"),
        (
            httpx.Response(400, json={"error": "invalid_grant"}),
            "no longer accepts its refresh token (400 invalid_grant)",
        ),
        (
            httpx.Response(200, content=rb'{"access_token": "\ud800", "refresh_token": "\ud800"}'),
            "what is no character",
        ),
    ],
    ids=["unavailable", "client", "away", "over", "no_text"],
)
def test_a_renewal_that_fails(perform, stored, endpoint, answer, words, store):
    """The sentence tells a provider in trouble from a session that is over."""
    stored()
    endpoint.fails = lambda number: answer
    run = perform(named(using))
    assert run.no_session == words.startswith("no longer accepts")
    assert words in run.trouble
    assert store.read().refresh_token == "refresh-token-0001"


async def ending(provider):
    """Use an old token again, for which a provider ends the session."""
    session = await provider.session()
    await provider.refresh(session.refresh_token)
    return await provider.refresh(session.refresh_token)


def test_a_session_that_outlives_a_scenario(perform, stored, store):
    """A scenario that might have ended it leaves it to the next one, and to the next run."""
    stored()
    run = perform(named(renewing), named(ending, reach="user"), named(using, reach="user"))
    assert run.transcript("using").startswith("access-token-")
    assert store.read().ended_by is None
    assert "ending~afterwards" in [exchange.scenario for exchange in run.exchanges]


def test_a_session_that_a_scenario_ends(perform, stored, store, endpoint):
    """It is noted before the harm is done, later scenarios do without, and the next run says who it was."""
    stored()
    endpoint.reuse_ends = True
    run = perform(named(renewing), named(ending, reach="user"), named(using, reach="user"))
    with pytest.raises(Inconclusive, match="an earlier scenario has ended the stored session"):
        run.transcript("using")
    left = store.read()
    assert left.ended_by == "ending"
    store.write(left.model_copy(update={"refresh_token": "refresh-token-0001"}))
    run = perform(named(using))
    assert "the run before has ended it on purpose, in scenario ending: log in anew" in run.trouble


def test_a_session_that_survives_its_end(perform, stored, store):
    """A provider that does not end the session leaves a run to go on with."""
    stored(ended_by="ending")
    assert perform(named(using)).trouble is None
    assert store.read().ended_by is None


async def nothing(provider):
    """Ask the provider nothing."""


def test_a_scenario_that_sends_nothing_ends_nothing(perform, stored, store):
    """What did not come about leaves no trace."""
    stored()
    run = perform(named(nothing, reach="user"), named(using))
    assert run.transcript("using") == "access-token-0002"
    assert store.read().ended_by is None


async def raw(provider):
    """Send a refresh token otherwise than in a token request of ours."""
    session = await provider.session()
    return await provider.send(
        "POST", "https://op.example/token", body=f"refresh_token={session.refresh_token}".encode()
    )


def test_a_raw_request_leaves_a_mark(perform, stored, store):
    """Nobody reads its answer, so that nobody knows what became of the token."""
    stored()
    perform(named(raw))
    assert store.read().in_flight is not None


def test_a_disk_that_takes_nothing(perform, stored, endpoint, store, monkeypatch):
    """A token that could not be stored is not asked for."""
    stored()
    monkeypatch.setattr("os.fsync", lambda opened: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    run = perform(named(using))
    assert endpoint.stored == []
    assert "could not be renewed: the session file" in run.trouble
    assert "cannot be written: No space left on device" in run.trouble


def test_a_session_keeps_its_key():
    """The proofs of a later run are by the key that the tokens are bound to."""
    prover = new_prover("ES256")
    assert restored(prover.exported()).thumbprint == prover.thumbprint
    assert restored(prover.exported()).algorithm == "ES256"


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"kty": "EC"},
        {"kty": "oct", "k": "YSBzZWNyZXQgdGhhdCBpcyBsb25nIGVub3VnaA", "alg": "HS256"},
        {name: value for name, value in new_prover("ES256").exported().items() if name != "d"},
    ],
    ids=["empty", "no_curve", "secret", "public"],
)
def test_a_key_that_is_none(perform, stored, key):
    """A damaged key is told like any other damage."""
    with pytest.raises(ValueError, match="is none"):
        restored(key)
    stored(dpop_key=key)
    assert "is damaged (dpop_key): log in anew with" in perform(named(using)).trouble


def test_lifetimes_of_refresh_tokens(perform, stored, endpoint, store):
    """A provider that tells when the refresh token dies is believed; 0 means never."""
    stored()
    for told, expected in ((3600, timedelta(hours=1)), (0, None), (10**20, None), ("soon", None)):
        tokens = {"access_token": "another", "refresh_token": "refresh-token-0001", "refresh_expires_in": told}
        answer = httpx.Response(200, json=tokens)
        endpoint.fails = lambda number, answer=answer: answer
        before = datetime(2026, 1, 1, 12, tzinfo=UTC)  # the standing clock's noon
        perform(named(using))
        end = store.read().refresh_token_expires
        assert (end is None) == (expected is None)
        assert end is None or abs(end - before - expected) < timedelta(seconds=5)
        stored()


async def giving_up(provider):
    """Leave a session behind of which nobody knows whether it lives on."""
    await provider.refresh((await provider.session()).refresh_token)
    raise Inconclusive("it took too long")


def test_a_session_that_ends_under_way(perform, stored, endpoint):
    """A run whose session is refused in its midst tells that as one which begins without any: status 3, and what helps."""
    stored()
    refused = httpx.Response(400, json={"error": "invalid_grant"})
    endpoint.fails = lambda number: refused if number > 2 else None
    run = perform(named(giving_up), named(using))
    assert run.no_session
    assert "the one stored session was not accepted: 400 invalid_grant: log in anew with `token-conf" in run.trouble
