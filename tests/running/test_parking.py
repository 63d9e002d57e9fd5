"""Scenarios that are parked at a wait too long for any run, and go on when it is over: one server, whose clock is moved."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest

from suites.test_expiry import access_token_life, expired_refresh_token
from suites.test_session import prolonged_session
from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.redaction import Redactor
from token_conformance.reference import ReferenceServer
from token_conformance.running.gathering import gather
from token_conformance.running.parking import CONTROL, endanger, park, present, to_park, why_not_parked
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.side_by_side import ONE_SESSION
from token_conformance.servers.emulated import EmulatedConnection
from token_conformance.servers.rehearsed import RehearsalClock
from token_conformance.sessions import FileVault, StorageError
from token_conformance.sessions.parked import ParkingLot
from token_conformance.verdict import Inconclusive, NotApplicable, TooLong

EVERYTHING = ROOT / "tests" / "suites" / "everything.toml"
HOUR, DAY = 3600, 86_400
REFRESHING, USING, PROLONGING = (
    fixture.scenarios[0]
    for fixture in (
        expired_refresh_token._get_wrapped_function(),
        access_token_life._get_wrapped_function(),
        prolonged_session._get_wrapped_function(),
    )
)


class OneServer:
    """The reference server as a live one: all scenarios talk to the same, whose clock nobody else moves for long."""

    kind = "live"
    description = "the reference server as a live one"
    documentation = False

    def __init__(self, profile, faults=()):
        self._profile = profile
        self.server = ReferenceServer(profile, faults=faults)
        self.asked = []  # a refresh token, or None, for each request
        self.down = False

    def connect(self, scenario):
        connection = EmulatedConnection(self.server)
        connection.transport = Counted(self, connection.transport)
        connection.clock = RehearsalClock(self.server.clock, self._profile.limits.max_wait)
        return connection


class Counted(httpx.AsyncBaseTransport):
    """Notes which refresh tokens are presented; with `down` nobody answers."""

    def __init__(self, server, transport):
        self._server, self._transport = server, transport

    async def handle_async_request(self, request):
        if self._server.down:
            raise httpx.ConnectError("connection refused")
        self._server.asked.append(dict(parse_qsl(request.content.decode())).get("refresh_token"))
        return await self._transport.handle_async_request(request)


@dataclass
class Setting:
    """A provider, its profile, and where its scenarios are parked."""

    server: OneServer
    profile: object
    lot: ParkingLot
    path: object

    def run(self, **changes):
        usual = {"started": self.server.server.clock.now(), "lot": self.lot}
        return Run("everything", self.profile, self.server, Redactor(), **(usual | changes))

    def gather(self, *scenarios):
        return asyncio.run(gather(self.run(), scenarios, lambda *_: None))

    def park(self, *scenarios):
        record = self.gather(*scenarios)
        left = to_park(record, scenarios)
        return asyncio.run(park(self.run(), record, left, lambda *_: None))

    def present(self, *scenarios):
        return asyncio.run(present(self.run(due=True), scenarios, lambda *_: None))

    def later(self, seconds):
        self.server.server.clock.advance(seconds)


def tokens_in(transcript):
    """The refresh tokens of a transcript: the one that was used at once, and the one that was kept."""
    return dict(transcript.control.exchange.request.form)["refresh_token"], transcript.control.refresh_token


@pytest.fixture
def make_setting(tmp_path):
    def make(*faults, edit=lambda text: text):
        written = tmp_path / "everything.toml"
        written.write_text(edit(EVERYTHING.read_text("utf-8")), "utf-8")
        profile, path = load(written, {}), tmp_path / "parked.json"
        return Setting(OneServer(profile, faults), profile, ParkingLot("everything", profile, FileVault(path)), path)

    return make


@pytest.fixture
def setting(make_setting):
    return make_setting()


def test_what_takes_too_long_is_parked_with_one_login(setting):
    """Its tokens are on disk, when it is due is known, and nothing that was sent is stored."""
    parked = setting.park(REFRESHING)
    (stored,) = setting.lot.parked()
    assert [each.scenario for each in parked.scenarios] == [stored.scenario] == ["expired_refresh_token"]
    assert (stored.due - stored.parked).total_seconds() == pytest.approx(30 * DAY + 20, abs=1)
    assert parked.record.logins == stored.logins == 1
    text = setting.path.read_text()
    assert "correct horse battery" not in text
    assert "s3cret" not in text
    assert setting.path.stat().st_mode & 0o777 == 0o600


def test_after_its_time_it_goes_on_as_if_it_had_waited(setting):
    """The transcript holds the answers of then, and those of now to the same tokens; the login is not made again."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    setting.server.asked.clear()
    record = setting.present(REFRESHING)
    transcript = record.transcript("expired_refresh_token")
    assert transcript.control.accepted
    assert (transcript.expired.error, transcript.repeated.error) == ("invalid_grant", "invalid_grant")
    aged = transcript.expired.exchange.started - transcript.control.exchange.started
    assert aged.days == 31
    assert [setting.server.asked.count(token) for token in tokens_in(transcript)] == [0, 2]
    assert record.logins_of["expired_refresh_token"] == 0
    assert record.logins_of[CONTROL] == 1
    assert setting.lot.parked() == ()


def test_it_is_presented_once(setting):
    """A second run with --due finds nothing to do."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    setting.present(REFRESHING)
    assert setting.lot.due(setting.run().started) == ()
    assert not setting.path.exists()


def test_before_its_time_it_stays(setting):
    """Nothing is due a day before."""
    setting.park(REFRESHING)
    setting.later(29 * DAY)
    assert setting.lot.due(setting.run().started) == ()


def test_an_interrupted_run_presents_nothing(setting):
    """It stays parked, for the next run."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    run, asked = setting.run(due=True), len(setting.server.asked)
    run.interruption.ask("SIGTERM")
    record = asyncio.run(present(run, (REFRESHING,), lambda *_: None))
    assert str(record.outcomes[REFRESHING.name]) == "the run was interrupted: it stays parked"
    assert len(setting.server.asked) == asked
    assert [each.scenario for each in setting.lot.parked()] == [REFRESHING.name]


def test_what_is_parked_is_not_parked_again(setting):
    """A nightly run costs no login more."""
    setting.park(REFRESHING)
    assert setting.park(REFRESHING).scenarios == ()


def test_an_expired_token_that_works_is_seen(make_setting):
    """The answer of a server that never looks at the clock hands tokens over."""
    setting = make_setting("refresh-expired-accepted")
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    assert setting.present(REFRESHING).transcript("expired_refresh_token").expired.handed_over


def test_a_crash_between_login_and_store_leaves_nothing_behind(setting, monkeypatch):
    """What could not be stored is the reason to end; the next run parks anew."""
    with monkeypatch.context() as broken:
        broken.setattr(FileVault, "write", lambda *_: (_ for _ in ()).throw(StorageError("no room")))
        with pytest.raises(StorageError, match="no room"):
            setting.park(REFRESHING)
    assert setting.lot.parked() == ()
    assert len(setting.park(REFRESHING).scenarios) == 1


def test_a_crash_after_it_was_presented_does_not_present_it_again(setting, monkeypatch):
    """The mark is on disk before the token leaves; the next run says so, sends nothing of it, and lets it go."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    kept = b"".join(each.body for each in setting.lot.parked()[0].exchanges).decode()
    with monkeypatch.context() as broken:
        broken.setattr(ParkingLot, "drop", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            setting.present(REFRESHING)
    setting.server.asked.clear()
    record = setting.present(REFRESHING)
    with pytest.raises(Inconclusive, match=r"presented at .*, and that run did not come to its end: park anew"):
        record.transcript("expired_refresh_token")
    assert not any(token and token in kept for token in setting.server.asked)
    assert setting.lot.parked() == ()


def test_a_refusal_that_may_have_another_reason_than_age_is_none(setting):
    """A run meanwhile that may have ended all tokens of the user makes it inconclusive; one that reaches nobody does not."""
    setting.park(REFRESHING)
    endanger(setting.run(), setting.lot, [Scenario("reading", None)])
    assert setting.lot.parked()[0].endangered == ()
    endanger(setting.run(), setting.lot, [Scenario("reuse", None, needs=("login",), reach="user")])
    setting.later(31 * DAY)
    record = setting.present(REFRESHING)
    with pytest.raises(Inconclusive, match=r"age need not be the reason: a run at .* \(reuse\)"):
        record.transcript("expired_refresh_token")


def test_what_is_accepted_in_spite_of_it_is_told(make_setting):
    """Nobody else's doing can make an expired token work."""
    setting = make_setting("refresh-expired-accepted")
    setting.park(REFRESHING)
    endanger(setting.run(), setting.lot, [Scenario("reuse", None, needs=("login",), reach="user")])
    setting.later(31 * DAY)
    assert setting.present(REFRESHING).transcript("expired_refresh_token").expired.handed_over


def test_a_login_endangers_what_another_authorization_ends(setting):
    """Only at a provider that keeps one session, and only by who logs in."""
    setting.park(REFRESHING)
    setting.lot.keep(setting.lot.parked()[0].model_copy(update={"single": True}))
    endanger(setting.run(), setting.lot, [Scenario("service", None, needs=("client_credentials",))])
    assert setting.lot.parked()[0].endangered == ()
    endanger(setting.run(), setting.lot, [Scenario("login", None, needs=("login",))])
    assert "logged its user in again" in setting.lot.parked()[0].endangered[0]


def test_where_a_new_login_is_refused_too_age_proves_nothing(make_setting):
    """The user's password has changed meanwhile: inconclusive, and why."""
    setting = make_setting()
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    login = setting.profile.login.model_copy(update={"password": "a password of yesterday"})
    setting.profile = setting.profile.model_copy(update={"login": login})
    record = setting.present(REFRESHING)
    with pytest.raises(Inconclusive, match="beside what was parked, nobody is let in"):
        record.transcript("expired_refresh_token")


def test_what_is_accepted_counts_without_a_new_login(make_setting):
    """Whoever cannot log in any more has still seen an expired token work."""
    setting = make_setting("refresh-expired-accepted")
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    login = setting.profile.login.model_copy(update={"password": "a password of yesterday"})
    setting.profile = setting.profile.model_copy(update={"login": login})
    assert setting.present(REFRESHING).transcript("expired_refresh_token").expired.handed_over


def test_of_two_runs_at_once_one_goes_on(setting, monkeypatch):
    """The other says so, and presents nothing."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    monkeypatch.setattr(ParkingLot, "take", lambda *_: False)
    with pytest.raises(Inconclusive, match="another run goes on with it"):
        setting.present(REFRESHING).transcript("expired_refresh_token")
    assert len(setting.lot.parked()) == 1


def test_what_cannot_be_marked_is_not_presented(setting, monkeypatch):
    """A full disk is told, and it stays parked."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    with monkeypatch.context() as broken:
        broken.setattr(FileVault, "write", lambda *_: (_ for _ in ()).throw(StorageError("no room")))
        with pytest.raises(Inconclusive, match="it stays parked: no room"):
            setting.present(REFRESHING).transcript("expired_refresh_token")
    assert setting.present(REFRESHING).transcript("expired_refresh_token").expired.error == "invalid_grant"


def test_a_provider_that_is_down_is_shown_nothing(setting):
    """It stays parked, and goes on when the provider is back."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    setting.server.down = True
    record = setting.present(REFRESHING)
    with pytest.raises(Inconclusive, match="it stays parked"):
        record.transcript("expired_refresh_token")
    setting.server.down = False
    assert setting.present(REFRESHING).transcript("expired_refresh_token").expired.error == "invalid_grant"


def test_a_suite_that_asks_otherwise_sends_nothing(setting):
    """What was parked by an older version is let go where the new one asks for something else."""
    setting.park(REFRESHING)
    setting.later(31 * DAY)

    kept = b"".join(each.body for each in setting.lot.parked()[0].exchanges).decode()

    async def changed(provider):
        login = await provider.login()
        await provider.userinfo(login.access_token)
        await provider.clock.wait(30 * DAY)
        return await provider.refresh(login.refresh_token)

    setting.server.asked.clear()
    record = setting.present(replace(REFRESHING, perform=changed))
    with pytest.raises(Inconclusive, match="have changed since it was parked: park anew"):
        record.transcript("expired_refresh_token")
    assert not any(token and token in kept for token in setting.server.asked)
    assert setting.lot.parked() == ()


def test_a_session_is_kept_alive_until_its_absolute_end(make_setting):
    """At half its life it is refreshed and parked anew; the next time it is over, whatever was renewed."""
    setting = make_setting(
        edit=lambda text: text.replace("lifetime = 2592000", 'lifetime = 2592000\nlifetime_from = "login"')
    )
    setting.park(PROLONGING)
    setting.later(15 * DAY + HOUR)
    with pytest.raises(Inconclusive, match="parked until"):
        setting.present(PROLONGING).transcript("prolonged_session")
    setting.later(14 * DAY + 12 * HOUR)
    assert setting.lot.due(setting.run().started) == ()
    setting.later(13 * HOUR)
    transcript = setting.present(PROLONGING).transcript("prolonged_session")
    assert transcript.control.accepted
    assert transcript.late.error == "invalid_grant"


def test_who_comes_back_too_late_judges_nothing_by_it(setting):
    """An access token that was to be used shortly before its end, and a refresh token after it, may both be dead by now."""
    setting.park(USING)
    setting.later(31 * DAY)
    transcript = setting.present(USING).transcript("access_token_life")
    assert (transcript.late, transcript.missed, transcript.stale) == (None, True, True)
    assert transcript.expired.answer.status == 401


def test_who_comes_back_in_time_sees_it_alive(setting):
    """Within the last minute of the access token it is used, and used again when it is dead."""
    setting.park(USING)
    setting.later(HOUR - 55)
    with pytest.raises(Inconclusive, match="parked until"):
        setting.present(USING).transcript("access_token_life")
    setting.later(3 * 60)
    transcript = setting.present(USING).transcript("access_token_life")
    assert (transcript.late.answer.status, transcript.expired.answer.status) == (200, 401)
    assert transcript.renewal.accepted
    assert not transcript.missed
    assert not transcript.stale


def test_tokens_bound_to_a_key_are_presented_by_it(make_setting):
    """The key of the proofs is parked with them (RFC 9449 §5)."""
    setting = make_setting(
        "refresh-expired-accepted", edit=lambda text: text.replace("[tokens]", '[tokens]\ndpop = "required"')
    )
    setting.park(REFRESHING)
    setting.later(31 * DAY)
    transcript = setting.present(REFRESHING).transcript("expired_refresh_token")
    assert transcript.expired.handed_over, transcript.expired


def test_another_clients_parked_scenarios_are_left_alone(setting):
    """What was parked by a client that the profile had before is neither listed nor lost."""
    setting.park(REFRESHING)
    clients = [each.model_copy(update={"client_id": f"new-{each.client_id}"}) for each in setting.profile.clients]
    other = ParkingLot("everything", setting.profile.model_copy(update={"clients": clients}), FileVault(setting.path))
    assert other.parked() == ()
    other.endanger("nothing of it is concerned")
    assert setting.lot.parked()[0].endangered == ()


def test_some_scenarios_cannot_be_parked(setting):
    """What has to be asked on time, what needs a login where there is but one session, and a browser's login."""
    on_time = replace(REFRESHING, parks=False)
    login = setting.profile.login.model_copy(update={"strategy": "interactive"})
    one_session = setting.profile.model_copy(update={"login": login})
    browser = setting.profile.model_copy(update={"login": login.model_copy(update={"strategy": "browser"})})
    assert "on time" in why_not_parked(on_time, setting.profile)
    assert "stored session" in why_not_parked(REFRESHING, one_session)
    assert "browser's" in why_not_parked(REFRESHING, browser)
    assert why_not_parked(REFRESHING, setting.profile) is None
    assert why_not_parked(Scenario("device", None, needs=("device_code",), parks=True), one_session) is None


def test_where_there_is_one_session_one_is_parked(setting):
    """Each login ends the session before."""
    record = replace(setting.gather(REFRESHING, PROLONGING, USING), noticed=(ONE_SESSION,))
    assert isinstance(record.outcomes["expired_refresh_token"], TooLong)
    assert [each.name for each in to_park(record, [PROLONGING, USING, REFRESHING])] == ["access_token_life"]


def test_without_a_lifetime_there_is_nothing_to_wait_for(make_setting):
    """What nobody knows the time of is not parked."""
    setting = make_setting(edit=lambda text: text.replace("lifetime = 2592000\n", ""))
    record = setting.gather(REFRESHING)
    assert isinstance(record.outcomes["expired_refresh_token"], NotApplicable)
    assert to_park(record, [REFRESHING]) == ()


def test_what_is_stored_is_plain_json(setting):
    """Its times are those of the world, and it says its version."""
    setting.park(REFRESHING)
    stored = json.loads(setting.path.read_text())
    assert stored["version"] == 1
    assert datetime.fromisoformat(stored["scenarios"][0]["parked"]).tzinfo == UTC
