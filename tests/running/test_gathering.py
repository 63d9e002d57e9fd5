"""Scenarios run at once, apart from each other, and each tells why it did not come to its end."""

import asyncio

import httpx
import pytest

from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather, rows
from token_conformance.running.record import ScenarioDefect
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.live import RealClock
from token_conformance.verdict import Inconclusive, NotApplicable, TooLong


def accepting(request):
    return httpx.Response(
        200, json={"access_token": "an-access-token", "token_type": "Bearer", "refresh_token": "a-refresh-token"}
    )


@pytest.fixture
def perform(make_profile, scripted_server):
    def perform(*scenarios, handler=accepting, kind="emulated", **tables):
        profile, server = make_profile(**tables), scripted_server(handler)
        server.kind = kind
        run = Run("example", profile, server, Redactor())
        return asyncio.run(gather(run, scenarios, lambda *progress: None))

    return perform


async def log_in(provider):
    return await provider.login()


def test_a_transcript_is_what_the_scenario_returned(perform):
    """The checks get the scenario's own object, and its exchanges by their places."""
    run = perform(Scenario("logging_in", log_in))
    assert run.transcript("logging_in").access_token == "an-access-token"
    assert [exchange.id for exchange in run.exchanges] == ["logging_in/1"]


def test_scenarios_run_at_once(perform):
    """A scenario that waits for another one is not waited for itself."""
    met = asyncio.Event()

    async def waits(provider):
        await met.wait()

    async def comes(provider):
        met.set()

    run = perform(Scenario("waits", waits), Scenario("comes", comes))
    assert run.transcript("waits") is None


def test_a_feature_that_the_profile_lacks_is_not_applicable(perform):
    """The reason is the profile's table that is not there."""
    run = perform(Scenario("service", log_in, needs=("client_credentials",)))
    with pytest.raises(NotApplicable, match=r"the profile has no \[grants.client_credentials\]"):
        run.transcript("service")


def test_an_unreachable_provider_is_the_runs_trouble(perform):
    """Each scenario says why it has no transcript, and the run says it once."""

    def handler(request):
        raise httpx.ConnectError("connection refused")

    async def refresh_after_login(provider):
        login = await provider.login()
        return await provider.refresh(login.refresh_token)

    run = perform(Scenario("refreshing", refresh_after_login), handler=handler)
    assert run.trouble == "the provider does not answer: no connection to op.example: connection refused"
    with pytest.raises(Inconclusive, match="no connection to op.example"):
        run.transcript("refreshing")


def test_a_defect_of_one_scenario_leaves_the_others_alone(perform):
    """An exception that is no verdict is told as a defect of ours, where it belongs."""

    async def breaks(provider):
        return {}["missing"]

    run = perform(Scenario("breaks", breaks), Scenario("logging_in", log_in))
    with pytest.raises(ScenarioDefect, match="scenario breaks: KeyError"):
        run.transcript("breaks")
    assert run.transcript("logging_in").access_token == "an-access-token"


def test_the_exchanges_of_a_scenario_that_stopped_are_kept(perform):
    """What was seen before the end is evidence all the same."""

    async def stops(provider):
        await provider.login()
        raise Inconclusive("enough")

    run = perform(Scenario("stops", stops))
    assert [exchange.id for exchange in run.exchanges] == ["stops/1"]


def test_logins_are_limited(perform):
    """A scenario that logs in more often than the profile allows stops."""

    async def logs_in_often(provider):
        for _ in range(3):
            await provider.login()

    run = perform(Scenario("often", logs_in_often), limits={"max_logins": 2})
    with pytest.raises(Inconclusive, match="max_logins = 2"):
        run.transcript("often")
    assert len(run.exchanges) == 2


def test_the_next_scenario_goes_on_with_the_session(perform):
    """Where scenarios follow one another, the second one need not log in."""

    async def goes_on(provider):
        return await provider.session()

    run = perform(Scenario("first", log_in), Scenario("second", goes_on), kind="live", limits={"concurrency": 1})
    assert run.transcript("second").access_token == "an-access-token"
    assert [exchange.id for exchange in run.exchanges] == ["first/1"]
    assert run.logins == 1


def test_after_the_end_of_a_session_the_next_scenario_logs_in(perform):
    """Killers come last, and nothing is left behind them."""

    async def goes_on(provider):
        return await provider.session()

    run = perform(
        Scenario("kills", goes_on, ends_session=True),
        Scenario("kills_too", goes_on, ends_session=True),
        kind="live",
        limits={"concurrency": 1},
    )
    assert run.logins == 2


@pytest.fixture
def meeting_place(scripted_server):
    """A clock whose waits end when two of them are under way."""

    class Meeting:
        def __init__(self, clock):
            self.clock, self.barrier = clock, asyncio.Barrier(2)

        def now(self):
            return self.clock.now()

        def check(self, seconds):
            pass

        async def wait(self, seconds):
            async with asyncio.timeout(5):
                await self.barrier.wait()

    class Server(scripted_server):
        kind = "live"

        def connect(self, scenario):
            connection = super().connect(scenario)
            connection.clock = Meeting(connection.clock)
            return connection

    return Server(accepting)


def test_the_waits_of_a_row_overlap(make_profile, meeting_place):
    """While one scenario waits the next one acts, with a session of its own, and never do two of them act at once."""
    acting = []

    async def outlive(provider):
        acting.append(provider.wire.scenario)
        login = await provider.session()
        assert acting == [provider.wire.scenario]
        acting.clear()
        await provider.clock.wait(60)
        return login

    run = Run("example", make_profile(limits={"concurrency": 1}), meeting_place, Redactor())
    scenarios = [Scenario("logging_in", log_in), *(Scenario(name, outlive, waits=True) for name in ("one", "two"))]
    record = asyncio.run(gather(run, scenarios, lambda *progress: None))
    assert record.transcript("one") is record.transcript("logging_in")
    assert record.transcript("two") is not record.transcript("one")
    assert [record.waits[name].passed for name in ("one", "two")] == [60, 60]
    assert record.logins == 2


def test_a_wait_that_is_too_long_is_noted(make_profile, scripted_server):
    """The scenario is inconclusive, and the run knows what it would take."""

    class Server(scripted_server):
        def connect(self, scenario):
            connection = super().connect(scenario)
            connection.clock = RealClock(90)
            return connection

    async def outlive(provider):
        await provider.clock.wait(3600)

    run = Run("example", make_profile(), Server(accepting), Redactor())
    record = asyncio.run(gather(run, [Scenario("outlives", outlive)], lambda *progress: None))
    with pytest.raises(TooLong, match="it takes a wait of 3600 s; limits.max_wait is 90 s"):
        record.transcript("outlives")
    assert record.waits["outlives"].lacking == 3600


def test_harmless_scenarios_come_first_and_waits_are_spread():
    """Each row begins with what leaves the session alive, and ends with what waits."""
    scenarios = [
        Scenario("waits", log_in, waits=True),
        Scenario("kills", log_in, ends_session=True),
        Scenario("harmless", log_in, needs=("login",)),
        Scenario("waits_too", log_in, waits=True),
    ]
    named = [[scenario.name for scenario in row] for row in rows(scenarios, 2)]
    assert named == [["harmless", "waits"], ["kills", "waits_too"]]
