"""What is parked is listed, and `run --due` says what there is to do before it does anything."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from token_conformance.command_line import run as command
from token_conformance.command_line.main import main
from token_conformance.profile.loading import load
from token_conformance.sessions.parked import ParkedScenario, lot_for

PROFILE = """
[profile]
name = "Example"

[server]
issuer = "https://op.example.invalid"

[[clients]]
name = "app"
client_id = "app"
client_secret = "s3cret"
redirect_uri = "https://app.example/callback"

[grants.authorization_code]

[login]
strategy = "form"
username = "alice"
password = "wonderland"
"""
NOW = datetime.now(UTC)


class Setting:
    """A profile, and the folder where it is used."""

    def __init__(self, folder):
        self.profile = folder / "example.toml"
        self.profile.write_text(PROFILE)
        self.file = folder / "session.json"

    @property
    def lot(self):
        return lot_for(str(self.profile), load(self.profile, {}), self.file, keyring=False)

    def park(self, scenario, due, **changes):
        provider, client_id, user = self.lot.whose
        usual = {"provider": provider, "client_id": client_id, "user": user, "parked": NOW - timedelta(days=30)}
        self.lot.keep(ParkedScenario(scenario=scenario, due=due, **(usual | changes)))

    def __call__(self, command, *arguments):
        return CliRunner().invoke(main, [command, str(self.profile), f"--session-file={self.file}", *arguments])


@pytest.fixture
def setting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Setting(tmp_path)


def test_nothing_is_listed_where_nothing_is(setting):
    """Both places are named."""
    listed = setting("sessions")
    assert listed.exit_code == 0
    assert listed.output.splitlines() == [
        f"no session is stored in {setting.file}",
        f"nothing is parked in {setting.file}.parked",
    ]


def test_what_is_parked_is_listed(setting):
    """With its times, what may have ended it, and what a run that did not come to its end has left."""
    setting.park("over", NOW - timedelta(days=1), endangered=("a run at noon did what may end it",))
    setting.park("ahead", NOW + timedelta(days=1))
    setting.park("broken_off", NOW + timedelta(days=2), presented=NOW)
    lines = setting("sessions").output.splitlines()
    assert lines[1] == f"parked in {setting.file}.parked:"
    assert lines[2].startswith("  over  since ")
    assert ", due since " in lines[2]
    assert lines[3] == "    in doubt: a run at noon did what may end it"
    assert ", due at " in lines[4]
    assert lines[5].endswith("by a run that did not come to its end")


def test_what_is_parked_can_be_forgotten(setting):
    """Nothing of it is left, not even the file."""
    setting.park("ahead", NOW + timedelta(days=1))
    assert setting("sessions", "--forget").output.endswith(f"nothing is parked in {setting.file}.parked\n")
    assert not setting.file.with_name("session.json.parked").exists()


def test_what_is_damaged_is_the_status_of_sessions(setting):
    """3, with a sentence."""
    setting.file.with_name("session.json.parked").write_text("{")
    listed = setting("sessions")
    assert listed.exit_code == 3
    assert "cannot be read" in listed.output


def test_where_nothing_is_due_nothing_is_done(setting, tmp_path):
    """The next one is named, the status is 0, and no report is written."""
    setting.park("ahead", NOW + timedelta(days=1))
    ended = setting("run", "--live", "--due")
    assert ended.exit_code == 0
    assert "example: nothing is due; the next is ahead, at " in ended.output
    assert not (tmp_path / "reports").exists()


def test_where_nothing_is_parked_the_status_is_another(setting):
    """3: what the schedule waits for is not there."""
    ended = setting("run", "--live", "--due")
    assert ended.exit_code == 3
    assert "nothing of example is parked" in ended.output


def test_who_has_lost_what_was_parked_does_not_keep_others_from_going_on(setting, tmp_path, monkeypatch):
    """What is due of them is done, and the status is 3 all the same."""
    done = []
    monkeypatch.setattr(command, "judged", lambda arguments: done.extend(arguments) or 0)
    setting.park("over", NOW - timedelta(days=1))
    other = tmp_path / "other.toml"
    other.write_text(PROFILE.replace("op.example", "other.example"))
    ended = CliRunner().invoke(
        main, ["run", str(other), str(setting.profile), f"--session-file={setting.file}", "--live", "--due"]
    )
    assert "ERROR: nothing of other is parked" in ended.output
    assert (str(setting.profile) in done, str(other) in done) == (True, False)
    assert ended.exit_code == 3


@pytest.mark.parametrize("option", ["--park", "--resume=example.toml"])
def test_due_is_done_alone(setting, option):
    """What is parked has nothing to do with other runs."""
    ended = setting("run", "--live", "--due", option)
    assert ended.exit_code == 4
    assert "--due goes on with what is parked alone: leave out --park and --resume" in ended.output
