"""A live run parks what it cannot wait for; once the tokens are old, another one judges them as if it had waited."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.live.running import judged_again, told_otherwise
from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

EVERYTHING = (Path(__file__).parent.parent / "suites" / "everything.toml").read_text("utf-8")
EXPIRED_REFRESH_TOKEN = ("test_expired_refresh_token_is_refused", "test_expiry_is_final")
NAMES = "expired_refresh_token or expiry_is_final"
NOTHING_JUDGED = 5
A_MONTH = 31 * 86_400
MOMENT = re.compile(r'"(\d{4}-\d\d-\d\dT[\d:.]+Z)"')


class Setting:
    """The reference server on loopback, a profile of it, and a place for what is parked."""

    def __init__(self, folder, base_url, **changes):
        self.folder = folder
        self.profile = folder / "reference.toml"
        text = EVERYTHING.replace("https://op.example", base_url)
        self.profile.write_text(text.replace("[limits]", "[limits]\nmax_wait = 2"))
        self.reference = ReferenceServer(load(self.profile, {}), **changes)
        self.parked = folder / "session.json.parked"

    def command(self, name, *more):
        command = [sys.executable, "-m", "token_conformance", name, str(self.profile), *more]
        command.append(f"--session-file={self.folder / 'session.json'}")
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        ended = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return ended.returncode, ended.stdout + ended.stderr

    def run(self, *more):
        return self.command("run", "--live", *more)

    def let_pass(self, seconds):
        """Let time pass: the server's clock goes ahead, and what was parked was so that much earlier."""
        self.reference.clock.advance(seconds)

        def earlier(found):
            moment = datetime.fromisoformat(found[1]) - timedelta(seconds=seconds)
            return json.dumps(moment.isoformat().replace("+00:00", "Z"))

        self.parked.write_text(MOMENT.sub(earlier, self.parked.read_text()))

    @property
    def results(self):
        return json.loads(max(self.folder.glob("reports/reference/*/results.json")).read_text())

    @property
    def verdicts(self):
        return {check["id"].split("::")[1]: check["verdict"] for check in self.results["checks"]}

    @property
    def row(self):
        return next(row for row in self.results["expiries"] if row["kind"] == "refresh token (idle)")


@pytest.fixture
def make_setting(tmp_path):
    server, started = LoopbackServer(), []

    def make(**changes):
        setting = Setting(tmp_path, server.base_url, **changes)
        serving = server.serving(setting.reference.application)
        serving.__enter__()
        started.append(serving)
        return setting

    yield make
    for serving in started:
        serving.__exit__(None, None, None)


def waited(setting, *options):
    """The verdicts of a run that waited, in which the clock is moved instead."""
    status, output = setting.command("run", "--emulated", "-k", NAMES, *options)
    return (
        status,
        {name: verdict for name, verdict in setting.verdicts.items() if name in EXPIRED_REFRESH_TOKEN},
        output,
    )


@pytest.mark.parametrize(
    ("fault", "status", "red", "row"),
    [
        (None, 0, {}, (400, "invalid_grant")),
        ("refresh-expired-accepted", 1, {"test_expired_refresh_token_is_refused": "fail"}, (None, None)),
        pytest.param(
            *("refresh-expired-forbidden", 1, {"test_refusal_is_400_or_401": "fail"}, (403, "invalid_grant")),
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            *("refresh-expired-invalid-token", 1, {"test_bad_grant_is_invalid_grant": "fail"}, (400, "token_expired")),
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_what_was_parked_is_judged_as_if_the_run_had_waited(make_setting, fault, status, red, row):
    """The same checks find the same; the status and results.json are theirs."""
    setting = make_setting(faults=[fault] if fault else [])
    assert setting.run("--park", "-k", NAMES)[0] == NOTHING_JUDGED
    assert [each["scenario"] for each in setting.results["parked"]] == ["expired_refresh_token"]
    assert "expired_refresh_token" not in [each["scenario"] for each in setting.results["todo"]]
    assert told_otherwise(setting.folder, setting.results) == []
    assert judged_again(setting.folder)["parked"] == setting.results["parked"]
    setting.let_pass(A_MONTH)
    ended, output = setting.run("--due")
    found = setting.verdicts
    reds = {name: verdict for name, verdict in found.items() if verdict in {"fail", "warning", "error"}}
    assert red.items() <= reds.items(), output
    assert ended == (1 if "fail" in reds.values() else 0), output
    assert (setting.row["status"], setting.row["code"]) == row
    _, verdicts, told = waited(setting, *([f"--fault={fault}"] if fault else []))
    assert {name: found[name] for name in EXPIRED_REFRESH_TOKEN} == verdicts, told


def test_a_benign_server_alarms_nobody(make_setting):
    """Refresh tokens that are kept, and never rotated, expire all the same."""
    setting = make_setting(variations=["refresh-token-kept"])
    described = setting.profile.read_text()
    assert 'rotation = "always"' in described
    setting.profile.write_text(described.replace('rotation = "always"', 'rotation = "unknown"'))
    setting.run("--park", "-k", NAMES)
    setting.let_pass(A_MONTH)
    status, output = setting.run("--due")
    assert status == 0, output
    assert setting.verdicts["test_expired_refresh_token_is_refused"] == "pass"


def test_what_is_not_due_is_told_and_not_presented(make_setting):
    """The status is 0, and no report is written; what is parked is listed."""
    setting = make_setting()
    setting.run("--park", "-k", NAMES)
    setting.let_pass(A_MONTH - 2 * 86_400)
    before = list(setting.folder.glob("reports/reference/*"))
    status, output = setting.run("--due")
    assert status == 0
    assert "nothing is due; the next is expired_refresh_token, at " in output
    assert list(setting.folder.glob("reports/reference/*")) == before
    status, output = setting.command("sessions")
    assert status == 0
    assert re.search(r"^  expired_refresh_token  since .* UTC, due at .* UTC$", output, re.MULTILINE), output


def test_where_nothing_is_parked_the_schedule_says_so(make_setting):
    """A schedule that has lost what it waits for does not look as if it waited."""
    setting = make_setting()
    status, output = setting.run("--due")
    assert status == 3
    assert "nothing of reference is parked" in output


def test_what_a_far_reaching_run_may_have_ended_is_inconclusive(make_setting):
    """Its refusal is not taken for the work of age, and the reason names the run and its deeds."""
    setting = make_setting()
    setting.run("--park", "-k", NAMES)
    assert setting.run("-k", "test_used_refresh_token_is_refused")[0] == 0
    setting.let_pass(A_MONTH)
    _, output = setting.run("--due")
    assert setting.verdicts["test_expired_refresh_token_is_refused"] == "inconclusive", output
    (check,) = (each for each in setting.results["checks"] if "expired_refresh_token_is" in each["id"])
    assert "age need not be the reason: a run at" in check["message"]
