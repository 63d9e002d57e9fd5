"""Scenarios run at once, apart from each other, and each tells why it did not come to its end."""

import asyncio
from urllib.parse import parse_qsl

import httpx
import pytest

from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
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
        Scenario("kills", goes_on, reach="user"),
        Scenario("kills_too", goes_on, reach="user"),
        kind="live",
        limits={"concurrency": 1},
    )
    assert run.logins == 2


@pytest.fixture
def meeting_place(scripted_server):
    """A clock whose waits end when two of them are under way."""

    class Meeting:
        def __init__(self, clock):
            self.clock, self.barrier = clock, barrier

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

    barrier = asyncio.Barrier(2)
    return Server(accepting)


def test_waits_overlap(make_profile, meeting_place):
    """Scenarios that wait do so at the same time, each with a browser and a login of its own."""

    async def outlive(provider):
        login = await provider.session()
        await provider.clock.wait(60)
        return login, provider.wire.cookies

    run = Run("example", make_profile(limits={"concurrency": 1, "max_logins": 4}), meeting_place, Redactor())
    scenarios = [Scenario("logging_in", log_in), *(Scenario(name, outlive, waits=True) for name in ("one", "two"))]
    record = asyncio.run(gather(run, scenarios, lambda *progress: None))
    first, *waiting = (record.transcript(name) for name in ("logging_in", "one", "two"))
    logins, browsers = zip(*waiting, strict=True)
    assert len({id(login) for login in (first, *logins)}) == 3
    assert browsers[0] is not browsers[1]
    assert [record.waits[name].passed for name in ("one", "two")] == [60, 60]
    assert record.logins == 3


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


class Sessions:
    """A provider whose refresh tokens are known by user; `ends` says what a login or a reuse ends."""

    def __init__(self, *, one_session=False, reuse_ends_all=False, refusal=(400, "invalid_grant")):
        self.one_session, self.reuse_ends_all, self.refusal = one_session, reuse_ends_all, refusal
        self.living, self.number = {}, 0

    def __call__(self, request):
        form = dict(parse_qsl(request.content.decode()))
        user = form.get("username") or self.living.get(form.get("refresh_token"))
        if user is None:
            if self.reuse_ends_all:
                self.living.clear()
            status, error = self.refusal
            return httpx.Response(status, json={"error": error})
        if self.one_session and "username" in form:
            self.living = {token: owner for token, owner in self.living.items() if owner != user}
        self.living.pop(form.get("refresh_token"), None)
        self.number += 1
        token = f"refresh-token-{self.number:04}"
        self.living[token] = user
        return httpx.Response(200, json={"access_token": "a-token", "token_type": "Bearer", "refresh_token": token})


async def hold(provider):
    """Hold a session for a while, and refresh."""
    login = await provider.login()
    await asyncio.sleep(0.02)
    return await provider.refresh(login.refresh_token)


async def reuse(provider):
    """Present a used refresh token."""
    login = await provider.login()
    await provider.refresh(login.refresh_token)
    return await provider.refresh(login.refresh_token)


def held(number):
    return [Scenario(f"holds_{place}", hold, ("login", "refresh")) for place in range(number)]


def test_what_ends_all_sessions_does_so_while_nobody_has_one(perform):
    """Sessions of the same user that are held elsewhere outlive a reuse, for there are none; and later ones are new."""
    handler = Sessions(reuse_ends_all=True)
    far = [Scenario(name, reuse, ("login", "refresh"), "user") for name in ("reuses", "reuses_too")]
    waits = Scenario("waits", hold, ("login", "refresh"), waits=True)
    run = perform(*far, *held(3), waits, handler=handler, kind="live")
    for name in ("holds_0", "holds_1", "holds_2", "waits"):
        assert run.transcript(name).accepted
    assert [run.transcript(each.name).error for each in far] == ["invalid_grant"] * 2
    assert run.noticed == ()


def test_a_server_with_one_session_is_found_out_and_gets_one_at_a_time(perform):
    """It is said once, and each scenario logs in afresh while nobody else does: no refresh is refused."""
    scenarios = held(4)
    run = perform(*scenarios, handler=Sessions(one_session=True), kind="live")
    assert all(run.transcript(each.name).accepted for each in scenarios)
    assert [sentence.partition(":")[0] for sentence in run.noticed] == [
        "the provider keeps one session for each user and client"
    ]
    assert run.logins == 6


def test_a_row_that_is_done_takes_over_what_another_has_not_begun(perform):
    """One that lasts holds up nothing: all others of a live run end beside it."""
    begun, all_others = [], asyncio.Event()

    async def lasting(provider):
        await asyncio.wait_for(all_others.wait(), 5)

    async def brief(provider):
        begun.append(provider)
        if len(begun) == 13:
            all_others.set()

    others = [Scenario(f"brief_{place}", brief) for place in range(13)]
    assert perform(Scenario("lasting", lasting), *others, kind="live").transcript("lasting") is None


def test_where_each_authorization_is_a_login_rows_do_what_they_were_dealt(perform):
    """Whoever takes over brings no session along, so that the logins that are needed would differ from run to run."""
    ended = []

    async def lasting(provider):
        provider.logins.noticed = ("the provider keeps no login session",)
        await asyncio.sleep(0.05)
        ended.append("lasting")

    async def brief(provider):
        ended.append("brief")

    perform(Scenario("lasting", lasting), *(Scenario(f"brief_{place}", brief) for place in range(8)), kind="live")
    assert ended[-2:] == ["lasting", "brief"]


def test_sessions_that_live_side_by_side_are_told(perform):
    """Two logins whose refreshes are both accepted; where the older one is refused, there is one session."""
    for handler, found in ((Sessions(), "several"), (Sessions(one_session=True), "one")):
        assert perform(*held(2), handler=handler, kind="live").outcomes["side_by_side"].sessions == found


@pytest.mark.parametrize(
    ("refusal", "found"),
    [
        ((400, "invalid_request"), "one"),
        ((401, "invalid_token"), "one"),
        ((429, "slow_down"), "unknown"),
        ((500, "server_error"), "unknown"),
    ],
)
def test_a_session_is_ended_by_whatever_its_refusal_is_called(perform, refusal, found):
    """Dex calls a dead refresh token invalid_request; what is no decision shows nothing."""
    handler = Sessions(one_session=True, refusal=refusal)
    assert perform(*held(2), handler=handler, kind="live").outcomes["side_by_side"].sessions == found


class Beside(Sessions):
    """Sessions whose tokens can be revoked, and which tells how many requests for far-reaching scenarios were under way at once.

    `ends` names what ends all of them: a `revocation`, a `reuse`, or `late` reuse, after some; a `grace` ends nothing for it.
    """

    def __init__(self, *, ends=""):
        super().__init__(reuse_ends_all=ends == "reuse")
        self.ends, self.reused, self.at_once, self.most = ends, 0, 0, 0

    def __call__(self, request):
        form = dict(parse_qsl(request.content.decode()))
        if request.url.path == "/revoke":
            self.living.pop(form["token"], None)
            if self.ends == "revocation":
                self.living.clear()
            return httpx.Response(200)
        if "grace" in self.ends and "refresh_token" in form:
            self.living[form["refresh_token"]] = "alice"
        answer = super().__call__(request)
        self.reused += answer.status_code == 400
        if self.ends == "late" and answer.status_code == 400 and self.reused > 4:
            self.living.clear()
        return answer

    async def reuse(self, provider):
        """Present a used refresh token, and say how many others did so meanwhile."""
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        login = await provider.login()
        await provider.refresh(login.refresh_token)
        await asyncio.sleep(0.01)
        again = await provider.refresh(login.refresh_token)
        self.at_once -= 1
        return again


@pytest.fixture
def beside(perform):
    """The record of scenarios that reuse refresh tokens, at a provider with that habit, and the provider."""

    def beside(ends="", *, tried_out=True, **tables):
        provider = Beside(ends=ends)
        far = [
            Scenario(f"far_{place}", provider.reuse, ("refresh",), "user", tried_out=tried_out) for place in range(4)
        ]
        server = {"token_endpoint": "https://op.example/token", "revocation_endpoint": "https://op.example/revoke"}
        return perform(*far, *held(2), handler=provider, kind="live", server=server, **tables), provider

    return beside


def test_what_sessions_outlive_runs_at_once(beside):
    """Where a session has outlived what was done in others, all that does no more than that runs beside each other."""
    record, provider = beside()
    assert record.outcomes["side_by_side"].kept.refresh_token
    assert provider.most == 4
    assert record.transcript("untouched_session").accepted
    assert (record.doubtful, record.noticed) == (frozenset(), ())


@pytest.mark.parametrize(
    "habit", [{"ends": "reuse"}, {"ends": "revocation"}, {"ends": "nothing: it is in a grace"}, {"tried_out": False}]
)
def test_what_may_end_others_runs_alone(beside, habit):
    """What ended the other session, or could not be tried out while a used token works, and what nobody has said to be that."""
    record, provider = beside(**habit)
    assert record.outcomes["side_by_side"].kept is None
    assert provider.most == 1
    assert all(record.transcript(f"holds_{place}").accepted for place in range(2))
    assert "untouched_session" not in record.outcomes


@pytest.mark.parametrize(
    "tables", [{"limits": {"max_logins": 19}}, {"grants": {"refresh_token": {"lifetime": 60}, "password": {}}}]
)
def test_who_has_too_little_is_not_asked(beside, tables):
    """With few logins, or sessions that are over before the run, nobody asks what they outlive."""
    record, provider = beside(**tables)
    assert record.outcomes["side_by_side"].kept is None
    assert provider.most == 1


def test_an_ended_bystander_casts_doubt_on_all_beside_it(beside):
    """A deed that ends other sessions later than it was tried is found out by the session that nobody touches."""
    record, _ = beside("late")
    assert record.doubtful == {"far_0", "far_1", "far_2", "far_3", "holds_0", "holds_1"}
    assert any("a session that nobody touched was ended" in sentence for sentence in record.noticed)


def test_who_acts_for_no_user_is_waited_for_by_nobody(perform):
    """What needs no session goes on beside those who log in."""
    held_once = asyncio.Event()

    async def service(provider):
        await asyncio.wait_for(held_once.wait(), 5)

    async def holds(provider):
        await provider.login()
        held_once.set()

    grants = {"refresh_token": {}, "password": {}, "client_credentials": {}}
    free = Scenario("free", service, ("client_credentials",))
    holding = Scenario("holding", holds, ("login", "refresh"))
    record = perform(free, holding, *held(1), handler=Sessions(), kind="live", grants=grants)
    assert record.transcript("free") is None


def test_another_user_has_a_session_of_their_own(perform):
    """Where the profile names further users, each seat has one, and logs in as that one."""
    users = [{"username": "bob", "password": "bob's password"}]
    login = {"strategy": "password", "username": "alice", "password": "wonderland", "users": users}
    seen = []

    def handler(request):
        seen.append(dict(parse_qsl(request.content.decode())).get("username"))
        return accepting(request)

    far = [Scenario(name, log_in, ("login",), "user") for name in ("one", "two")]
    run = perform(*far, handler=handler, kind="live", login=login, limits={"max_logins": 2})
    assert run.logins == 2
    assert sorted(seen) == ["alice", "bob"]


def test_a_failure_that_goes_away_is_no_failure(perform):
    """A token request that is answered by 500 is sent again; the last answer counts, and the run says that it was so."""
    answers = iter([httpx.Response(500), accepting(None)])
    run = perform(Scenario("logging_in", log_in), handler=lambda request: next(answers), kind="live")
    assert run.transcript("logging_in").access_token == "an-access-token"
    assert [exchange.answer.status for exchange in run.exchanges] == [500, 200]
    assert "1 token requests at which the server failed were answered 1 s later" in run.noticed[0]
