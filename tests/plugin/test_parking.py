"""What is parked and cannot be read or written is told, and stops nothing else."""

import asyncio
from types import SimpleNamespace

import pytest

from token_conformance.plugin.parking import going_on, heed_what_is_parked, park_what_is_left, parked_of
from token_conformance.plugin.stash import PARKED, RECORDS, REPETITIONS, UNPARKED
from token_conformance.redaction import Redactor
from token_conformance.running.parking import ParkedNow
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.waiting import Waits
from token_conformance.sessions import FileVault
from token_conformance.sessions.parked import ParkingLot
from token_conformance.verdict import Inconclusive

FAR = Scenario("reuse", None, needs=("login",), reach="user")
AGED = Scenario("aged", None, waits=True, parks=True)


@pytest.fixture
def config():
    plugins = SimpleNamespace(get_plugin=lambda name: None)
    found = SimpleNamespace(stash=pytest.Stash(), pluginmanager=plugins)
    found.stash[PARKED], found.stash[UNPARKED], found.stash[REPETITIONS] = {}, {}, {}
    return found


@pytest.fixture
def damaged(make_profile, scripted_server, tmp_path):
    """A live run whose parked scenarios cannot be read."""
    path = tmp_path / "parked.json"
    path.write_text("{")
    profile, server = make_profile(), scripted_server(lambda request: None)
    server.kind = "live"
    return Run("example", profile, server, Redactor(), lot=ParkingLot("example", profile, FileVault(path)))


def test_a_run_that_cannot_tell_what_is_parked_of_itself_says_so(damaged):
    """It goes on all the same; nothing is said where nothing can be parked."""
    (told,) = heed_what_is_parked(damaged, [FAR])
    assert "what is parked has not been told of this run: what is parked of example in " in told
    assert heed_what_is_parked(Run("example", damaged.profile, damaged.server, Redactor()), [FAR]) == ()


def test_what_cannot_be_parked_is_the_runs_trouble(damaged, config):
    """One sentence, and nothing is said to be parked."""
    record = Record(damaged.profile, "live", waits={"aged": Waits(lacking=86_400)})
    asyncio.run(park_what_is_left(damaged, record, [AGED], config))
    assert "what is left could not be parked: " in config.stash[UNPARKED]["example"]
    assert config.stash[PARKED] == {}
    assert parked_of(damaged, None) == ()


def test_a_run_with_trouble_parks_nothing(damaged, config):
    """Nobody logs in at a provider that has stopped answering."""
    record = Record(damaged.profile, "live", waits={"aged": Waits(lacking=86_400)}, trouble="it stopped")
    asyncio.run(park_what_is_left(damaged, record, [AGED], config))
    assert config.stash[UNPARKED] == config.stash[PARKED] == {}


def test_what_cannot_be_gone_on_with_is_a_session_that_cannot_be_used(damaged, config):
    """The scenarios are inconclusive, and the run ends as one without its session."""
    record = asyncio.run(going_on(damaged, [AGED], config))
    assert record.no_session
    assert "cannot be read" in record.trouble
    with pytest.raises(Inconclusive, match="cannot be read"):
        record.transcript("aged")


@pytest.fixture
def parking(monkeypatch, make_profile, scripted_server, config):
    """Parks what is left of a run, with an outcome of it; gives the sentences on trouble, and what was noticed."""

    def run(**told):
        profile, server = make_profile(), scripted_server(lambda request: None)
        run = Run("example", profile, server, Redactor(), lot=object())
        record = Record(profile, "live", waits={"aged": Waits(lacking=86_400)}, noticed=("it sleeps",))
        config.stash[RECORDS] = {"example": record}

        async def park(*_):
            return ParkedNow((), Record(profile, "live", **told))

        monkeypatch.setattr("token_conformance.running.parking.park", park)
        asyncio.run(park_what_is_left(run, record, [AGED], config))
        return config.stash[UNPARKED].get("example"), config.stash[RECORDS]["example"].noticed

    return run


@pytest.mark.parametrize("name", ["trouble", "defect"])
def test_a_provider_that_is_gone_when_it_is_parked_is_the_runs_trouble(parking, name):
    """A run whose provider has stopped answering does not conform, however late it did."""
    trouble, _ = parking(**{name: "the provider stopped answering after 3 requests"})
    assert trouble == "not all that is left could be parked: the provider stopped answering after 3 requests"


def test_what_is_not_parked_for_a_reason_of_its_own_says_so(parking):
    """Nobody waits for what is not there."""
    trouble, noticed = parking(outcomes={"aged": Inconclusive("it takes more than limits.max_logins = 2 logins")})
    assert trouble is None
    assert noticed == ("it sleeps", "aged is not parked: it takes more than limits.max_logins = 2 logins")


@pytest.mark.parametrize("option", ["--park", "--due"])
def test_only_a_live_server_issues_what_can_be_parked(inner_run, option):
    """The status is 4, and the option that is missing is named."""
    result = inner_run("", option.replace("--", "--tc-"))
    result.stderr.fnmatch_lines([f"*{option} * a live server has issued: give --live"])
    assert result.ret == 4


def test_what_writes_no_evidence_refuses_to(inner_run):
    """Plain pytest says so as the command does."""
    result = inner_run("", "--tc-due", "--tc-evidence")
    result.stderr.fnmatch_lines(["*--due goes on with answers of another day, of which no evidence is written*"])
    assert result.ret == 4


def test_facts_are_not_written_of_what_came_late(inner_run):
    """A life that was measured by a schedule is no life."""
    result = inner_run("", "--tc-due", "--tc-write-facts=facts.toml")
    result.stderr.fnmatch_lines(["*--write-facts writes lives as they were measured on time*"])
    assert result.ret == 4
