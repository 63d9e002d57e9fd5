"""A run that is told to stop asks for nothing more, keeps what it has, and says what it did not come to."""

import asyncio
import json

import httpx
import pytest

from token_conformance.redaction import Redactor
from token_conformance.running import interruption
from token_conformance.running.gathering import gather
from token_conformance.running.interruption import InterruptedRunError, Interruption
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.stages import MOST_ROWS
from token_conformance.verdict import NotApplicable

ANSWER = {"access_token": "an-access-token", "token_type": "Bearer", "refresh_token": "a-refresh-token"}


@pytest.fixture
def run(make_profile, scripted_server):
    server = scripted_server(lambda request: httpx.Response(200, json=ANSWER))
    server.kind = "recorded"  # plays to each scenario by itself, all at once
    return Run("example", make_profile(), server, Redactor())


def gathered(run, *scenarios, progress=lambda *_: None):
    return asyncio.run(gather(run, scenarios, progress))


async def logs_in(provider):
    return await provider.login()


@pytest.fixture
def stops(run):
    """A scenario that has an answer when the run is told to stop, and then waits for another one."""

    async def stops(provider):
        await provider.login()
        run.interruption.ask("SIGTERM")
        await asyncio.Event().wait()

    return Scenario("stops", stops)


def test_what_was_gathered_is_in_the_record(run, stops):
    """A transcript that is whole, and the exchanges of a scenario that did not come to its end."""
    record = gathered(run, Scenario("logs_in", logs_in), stops)
    assert record.transcript("logs_in").access_token == "an-access-token"
    assert [exchange.id for exchange in record.exchanges] == ["logs_in/1", "stops/1"]
    assert (record.broken_off, record.how_far) == (True, "after 1 of 2 scenarios")
    with pytest.raises(InterruptedRunError, match="interrupted before scenario stops had ended"):
        record.transcript("stops")


def test_nothing_is_begun_any_more(run, stops):
    """What was not begun says so; what does not concern the provider is told as ever."""
    run.server.kind = "emulated"
    behind = [Scenario(f"later_{number}", logs_in) for number in range(12)]
    service = Scenario("service", logs_in, needs=("client_credentials",))
    record = gathered(run, stops, *behind, service)
    assert len(record.exchanges) <= MOST_ROWS
    assert str(record.outcomes["later_11"]) == "the run was interrupted before scenario later_11"
    assert isinstance(record.outcomes["service"], NotApplicable)
    assert record.how_far.endswith(" of 13 scenarios")


def test_a_run_that_was_told_before_asks_nothing(run):
    """Not even for the metadata."""
    run.interruption.ask("SIGINT")
    record = gathered(run, Scenario("logs_in", logs_in))
    assert record.exchanges == ()
    assert record.how_far == "after 0 of 1 scenario"


def test_a_scenario_cannot_go_on_asking(run):
    """One that holds its own against being given up gets no further answer."""

    async def stubborn(provider):
        run.interruption.ask("SIGINT")
        await provider.login()

    record = gathered(run, Scenario("stubborn", stubborn))
    assert record.exchanges == ()


def test_a_defect_of_ours_ends_the_run_and_not_the_record(run):
    """What was gathered before is kept, and the defect has a name and a place."""

    def breaks(*_):
        raise KeyError("missing")

    record = gathered(run, Scenario("logs_in", logs_in), Scenario("logs_in_too", logs_in), progress=breaks)
    assert record.defect.startswith("a defect of the suite: KeyError (")
    assert record.defect.endswith("): 'missing'")
    assert record.broken_off
    assert [exchange.id for exchange in record.exchanges] == ["logs_in/1", "logs_in_too/1"]


class Patient:
    """Answers a refresh that is under way when the run is told to stop, after so many seconds."""

    def __init__(self, told, seconds):
        self.told, self.seconds, self.requests = told, seconds, 0

    async def __call__(self, request):
        self.requests += 1
        if self.requests == 2:
            self.told.ask("SIGTERM")
            await asyncio.sleep(self.seconds)
        answer = ANSWER | {"refresh_token": f"refresh-token-{self.requests:04}", "expires_in": 600}
        return httpx.Response(200, json=answer)


@pytest.fixture
def interrupted_refresh(make_profile, scripted_server, tmp_path, request):
    """A live run with a stored session that is told to stop while its second refresh is answered; gives what is stored."""
    from token_conformance.sessions import FileVault, SessionStore, StoredSession

    profile = make_profile(
        grants={"authorization_code": {"scope": "api"}, "refresh_token": {}}, login={"strategy": "interactive"}
    )
    path = tmp_path / "session.json"
    store = SessionStore("example", profile, FileVault(path))
    told = Interruption()

    def perform(seconds):
        asked = Patient(told, seconds)
        server = scripted_server(asked)
        server.kind = "live"
        run = Run("example", profile, server, Redactor(), sessions=store, interruption=told)
        now = run.started
        store.write(
            StoredSession(
                profile="example",
                provider=store.provider,
                client_id="app",
                logged_in=now,
                refresh_token="refresh-token-0000",
                access_token="an-access-token",
                access_token_expires=None,
            )
        )

        async def refreshes(provider):
            session = await provider.session()
            await provider.refresh(session.refresh_token)
            await provider.refresh(session.refresh_token)

        record = gathered(run, Scenario("refreshes", refreshes, needs=("login", "refresh")))
        assert asked.requests == 2, "more was asked after the run was told to stop"
        return record, json.loads(path.read_text())

    return perform


def test_a_refresh_in_flight_is_waited_for(interrupted_refresh):
    """Its answer is on disk, and in the record; no session is lost."""
    record, stored = interrupted_refresh(0.2)
    assert stored["refresh_token"] == "refresh-token-0002"
    assert "in_flight" not in stored
    assert len(record.exchanges) == 2


def test_a_refresh_that_is_not_answered_is_not_waited_for_any_longer(interrupted_refresh, monkeypatch):
    """The session says that an answer was in flight."""
    monkeypatch.setattr(interruption, "PATIENCE", 0.1)
    _, stored = interrupted_refresh(60)
    assert stored["refresh_token"] == "refresh-token-0001"
    assert "in_flight" in stored


def test_what_does_not_heed_is_left_alone(monkeypatch):
    """Nothing that somebody does keeps the reports waiting."""
    monkeypatch.setattr(interruption, "GIVING_UP", 0.05)
    told = Interruption()

    async def deaf():
        told.ask("SIGINT")
        for _ in range(20):
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue

    async def given_up():
        began = asyncio.get_running_loop().time()
        with pytest.raises(InterruptedRunError):
            await told.unless_asked(deaf())
        return asyncio.get_running_loop().time() - began

    with asyncio.Runner() as runner:
        assert runner.run(given_up()) < 0.5
