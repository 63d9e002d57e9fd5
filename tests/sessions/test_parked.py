"""What is parked is stored as sessions are: as a whole, for its owner alone, by provider, client and user."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from token_conformance.provider.dpop import new_prover
from token_conformance.sessions import DamagedSessionError, FileVault, StorageError
from token_conformance.sessions.parked import Draw, KeptExchange, ParkedScenario, ParkingLot, due_after, lot_for

KEY = new_prover("ES256").exported()
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "example.parked.json"


@pytest.fixture
def lot(profile, path):
    return ParkingLot("example", profile, FileVault(path))


@pytest.fixture
def make_parked(lot):
    def make(scenario="aged", due=NOW, **changes):
        provider, client_id, user = lot.whose
        usual = {"provider": provider, "client_id": client_id, "user": user, "parked": NOW - timedelta(days=30)}
        return ParkedScenario(scenario=scenario, due=due, **(usual | changes))

    return make


def test_what_was_parked_is_found_again(lot, make_parked):
    """All of it: bytes that are no text, values that were drawn, and the key of the proofs."""
    answer = KeptExchange(
        method="POST",
        url="https://op.example/token",
        started=NOW,
        status=200,
        headers=(("content-type", "application/json"),),
        body=b'{"refresh_token": "a-token"}\xff\x00',
    )
    parked = make_parked(exchanges=(answer,), drawn=(Draw(kind="state", value="s"),), dpop_key=KEY, waits=1, logins=1)
    lot.keep(parked)
    assert lot.parked() == (parked,)


def test_it_is_its_owners_alone(lot, path, make_parked):
    """The file has the mode 0600, in a folder of the mode 0700."""
    lot.keep(make_parked())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_secret_is_shown(make_parked):
    """Neither answers nor keys stand in what Python prints of it."""
    answer = KeptExchange(
        method="POST", url="https://op.example/token", started=NOW, status=200, body=b"a-secret-token"
    )
    shown = repr(make_parked(exchanges=(answer,), drawn=(Draw(kind="state", value="s-e-c"),), dpop_key=KEY))
    assert not any(secret in shown + repr(answer) for secret in ("a-secret-token", "s-e-c", KEY["d"]))


def test_those_due_first_come_first(lot, make_parked):
    """And what is due is found by the time."""
    later, sooner = make_parked("later", NOW + timedelta(hours=1)), make_parked("sooner", NOW)
    lot.keep(later)
    lot.keep(sooner)
    assert [each.scenario for each in lot.parked()] == ["sooner", "later"]
    assert [each.scenario for each in lot.due(NOW)] == ["sooner"]
    assert lot.due(NOW - timedelta(seconds=1)) == ()


def test_what_was_presented_is_due_whatever_the_time(lot, make_parked):
    """A run that did not come to its end is told of at the next chance."""
    lot.keep(make_parked(due=NOW + timedelta(days=1)).going_on(NOW))
    assert [each.presented for each in lot.due(NOW)] == [NOW]


def test_a_scenario_is_parked_once(lot, path, make_parked):
    """What comes later takes its place, and the last one that is dropped takes the file with it."""
    lot.keep(make_parked(logins=1))
    lot.keep(make_parked(logins=2))
    assert [each.logins for each in lot.parked()] == [2]
    lot.drop(make_parked())
    assert lot.parked() == ()
    assert not path.exists()


@pytest.mark.parametrize("member", ["provider", "client_id", "user"])
def test_what_belongs_to_others_is_left_alone(lot, make_parked, path, member):
    """It is neither listed, nor due, nor dropped."""
    foreign = make_parked(**{member: "another"})
    lot.keep(foreign)
    lot.keep(make_parked())
    lot.endanger("a deed")
    lot.drop(make_parked())
    assert lot.due(NOW) == ()
    (left,) = json.loads(path.read_text())["scenarios"]
    assert (left[member], left["endangered"]) == ("another", [])


def test_what_may_have_ended_it_is_told_once(lot, make_parked):
    """Of all that is parked, or only of what another authorization ends."""
    lot.keep(make_parked("one"))
    lot.keep(make_parked("only", single=True))
    lot.endanger("a reuse")
    lot.endanger("a reuse")
    lot.endanger("a login", single=True)
    told = {each.scenario: each.endangered for each in lot.parked()}
    assert told == {"one": ("a reuse",), "only": ("a reuse", "a login")}


def test_where_nothing_is_parked_nothing_is_written(lot, path):
    """A run that parks nothing leaves no trace."""
    lot.endanger("a reuse")
    assert lot.parked() == ()
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2, "scenarios": []}', '{"version": 1, "scenarios": [{"scenario": "t-o-k-e-n"}]}'],
)
def test_what_is_damaged_says_so_without_its_contents(lot, path, text):
    """Nobody takes it for an empty place, and nothing of it is repeated."""
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(DamagedSessionError, match=r"what is parked of example in .* cannot be read") as told:
        lot.parked()
    assert "t-o-k-e-n" not in str(told.value)


def test_what_cannot_be_written_says_so(lot, path, make_parked):
    """A folder that is a file takes nothing."""
    path.parent.write_text("")
    with pytest.raises(StorageError, match=r"what is parked of example cannot be locked"):
        lot.keep(make_parked())


def test_it_lies_beside_the_session(profile, tmp_path, data_home, monkeypatch):
    """In the data folder, or beside the file that is named."""
    written = tmp_path / "my-provider.toml"
    written.touch()
    usual = lot_for(str(written), profile, None, keyring=False)
    named = lot_for(str(written), profile, tmp_path / "session.json", keyring=False)
    assert usual.place == str(data_home / "token-conformance" / "sessions" / "my-provider.parked.json")
    assert named.place == str(tmp_path / "session.json.parked")


def test_a_wait_that_nobody_outlives_ends_with_the_calendar():
    """No lifetime that a server tells is an error of ours."""
    assert due_after(NOW, 60) == NOW + timedelta(minutes=1)
    assert due_after(NOW, 1e15).year == 9999


def test_of_two_runs_one_presents_it(lot, make_parked):
    """The mark is set by the first; what was dropped meanwhile is nobody's."""
    parked = make_parked()
    lot.keep(parked)
    assert lot.take(parked, NOW)
    assert not lot.take(parked, NOW)
    lot.drop(parked)
    assert not lot.take(parked, NOW)


def test_what_is_no_key_is_damaged(make_parked):
    """It is known before anything is presented."""
    with pytest.raises(ValidationError):
        make_parked(dpop_key={"kty": "EC"})
