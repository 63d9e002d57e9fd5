"""A run with a stored session: begins with it, keeps it true, and says why there is none."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.profile.login import STORED_ELSEWHERE
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer
from token_conformance.sessions import FileVault, SessionStore, StoredSession

EVERYTHING = (Path(__file__).parent.parent / "suites" / "everything.toml").read_text("utf-8")
FORM = 'strategy = "form"\nusername = "alice.example"\npassword = "correct horse battery"'
HARMLESS = ("-k", "test_session")


class Setting:
    """A running reference server, a profile of it, and the place of its session."""

    def __init__(self, folder, base_url):
        self.folder = folder
        self.profile_path = folder / "reference.toml"
        self.session_path = folder / "session.json"
        text = EVERYTHING.replace("https://op.example", base_url).replace(FORM, 'strategy = "interactive"')
        self.profile_path.write_text(text.replace("[limits]", "[limits]\nmax_wait = 2"))
        self.profile = load(self.profile_path, {})
        self.store = SessionStore("reference", self.profile, FileVault(self.session_path))

    def log_in(self, **changes):
        """Store the session that the server knows from its beginning."""
        self.store.write(
            StoredSession(
                **{
                    "profile": "reference",
                    "provider": self.store.provider,
                    "client_id": self.profile.user_client.client_id,
                    "logged_in": datetime.now(UTC),
                    "refresh_token": STORED_ELSEWHERE,
                    "access_token": "an-access-token-of-the-login",
                    **changes,
                }
            )
        )

    def start(self, *more):
        command = [sys.executable, "-m", "token_conformance", "run", str(self.profile_path), "--live"]
        command += [f"--session-file={self.session_path}", *more]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, *more):
        with self.start(*more) as process:
            output, _ = process.communicate(timeout=300)
        return process.returncode, output

    @property
    def results(self):
        newest = max(self.folder.glob("reports/reference/*/results.json"))
        return json.loads(newest.read_text())


@pytest.fixture
def setting(tmp_path):
    with running(tmp_path) as found:
        yield found


@contextmanager
def running(folder):
    server = LoopbackServer()
    found = Setting(folder, server.base_url)
    with server.serving(ReferenceServer(found.profile).application):
        yield found


def test_a_whole_run(setting):
    """Nothing is red; what the session outlives leaves it to the next scenario, until one ends it on purpose."""
    setting.log_in()
    status, output = setting.run()
    assert status == 0, output
    assert setting.results["logins"] == 0
    summary = setting.results["summary"]
    assert (summary["fail"], summary["warning"], summary["error"]) == (0, 0, 0)
    assert summary["pass"] > 80
    session = setting.store.read()
    assert (session.in_flight, session.ended_by) == (None, "revocation_among_others")
    assert session.refresh_token not in output


def test_a_run_that_ends_the_session(setting):
    """Nothing is red; the next run says in which scenario the session has ended, with the status 3."""
    setting.log_in()
    status, output = setting.run("-k", "revoked_refresh_token_is_refused")
    assert status == 0, output
    session = setting.store.read()
    assert (session.in_flight, session.ended_by) == (None, "revoked")
    status, output = setting.run("-k", "refresh")
    assert status == 3, output
    assert "is over: the run before has ended it on purpose, in scenario revoked: log in anew" in output
    assert session.refresh_token not in output


def test_runs_that_end_nothing_follow_one_another(setting):
    """Each run leaves its newest refresh token for the next one."""
    setting.log_in()
    before = STORED_ELSEWHERE
    for _ in range(2):
        status, output = setting.run(*HARMLESS)
        assert status == 0, output
        session = setting.store.read()
        assert session.refresh_token != before
        assert (session.in_flight, session.ended_by) == (None, None)
        before = session.refresh_token


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda setting: None, "there is no stored session of reference in"),
        pytest.param(
            lambda setting: setting.session_path.write_text("{"),
            "is damaged: it is no JSON: log in anew with",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            lambda setting: setting.log_in(refresh_token_expires=datetime(2026, 1, 1, tzinfo=UTC)),
            "expired at 2026-01",
            marks=pytest.mark.nightly,
        ),
        (lambda setting: setting.log_in(refresh_token="unknown-token"), "no longer accepts its refresh token (400"),
        (
            lambda setting: setting.log_in(refresh_token="unknown-token", in_flight=datetime(2026, 1, 1, tzinfo=UTC)),
            "the answer to a refresh was in flight when the run before ended, at 2026-01-01 00:00:00 UTC",
        ),
    ],
    ids=["none", "damaged", "expired", "refused", "in_flight"],
)
def test_no_session(setting, prepare, sentence):
    """The run says why, names the command that logs in, judges what needs no login, and ends with the status 3."""
    prepare(setting)
    status, output = setting.run("-k", "client_credentials or refresh")
    assert status == 3, output
    assert sentence in output
    assert f"token-conformance login {setting.profile_path}" in output
    assert "Traceback" not in output
    assert "unknown-token" not in output
    assert setting.results["summary"]["pass"] >= 3


@pytest.mark.nightly
def test_runs_that_are_killed(setting):
    """Whenever a run is killed, the next one goes on with its session, or says that an answer was in flight."""
    setting.log_in()
    draw = random.Random(20260101)  # noqa: S311 - reproducible on purpose
    for _ in range(4):
        with setting.start(*HARMLESS) as process:
            time.sleep(draw.uniform(1.0, 4.0))
            process.kill()
        assert setting.store.read() is not None
    in_flight = setting.store.read().in_flight is not None
    status, output = setting.run(*HARMLESS)
    assert status in ({0, 3} if in_flight else {0}), output
    assert (status == 3) == ("the answer to a refresh was in flight" in output)


def test_a_session_in_use(setting):
    """A run does without a session that another process uses."""
    setting.log_in()
    with setting.store.locked():
        status, output = setting.run("-k", "refresh")
    assert status == 3
    assert "the session of reference is in use by another process" in output


def test_a_run_that_needs_no_login(setting):
    """Nobody misses a session where nothing wants a user."""
    status, output = setting.run("-k", "client_credentials")
    assert status == 0, output


def test_a_provider_that_is_not_there(tmp_path):
    """That nobody answers is no fault of the session: it stays, and the status is 4."""
    with running(tmp_path) as setting:
        setting.log_in()
    status, output = setting.run("-k", "refresh")
    (line,) = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    assert status == 4, output
    assert "no connection to 127.0.0.1:" in line
    assert setting.store.read().refresh_token == STORED_ELSEWHERE


def test_a_wrong_client_secret(setting):
    """A client that is refused is no fault of the session either."""
    setting.log_in()
    text = setting.profile_path.read_text()
    setting.profile_path.write_text(text.replace('"s3cret:+/%of the app"', '"a-wrong-secret-0001"'))
    status, output = setting.run("-k", "refresh")
    assert status == 4, output
    assert "401 invalid_client" in output
    assert "check its credentials" in output
