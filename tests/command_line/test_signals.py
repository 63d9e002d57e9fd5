"""The command itself is killed at moments that its provider chooses: reports are there, and nobody sees a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import jsonschema
import pytest
from junitparser import JUnitXml

from token_conformance import results
from token_conformance.command_line import main
from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

SCHEMA = json.loads((Path(results.__path__[0]) / "results.schema.json").read_text("utf-8"))

PROFILE = """
[profile]
name = "Reference"

[server]
issuer = "{base}"

[[clients]]
client_id = "app"
client_secret = "the-secret-of-the-app-0001"

[grants.client_credentials]
"""

WITHIN = 7.0
"""Seconds from the first signal until all reports are on disk."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")


class Holding:
    """An application that holds back an answer of the token endpoint, and does something instead of giving it."""

    def __init__(self, application, place):
        self._application, self._left = application, place
        self.instead = lambda: None
        self.released = threading.Event()

    async def __call__(self, scope, receive, send):
        if scope.get("path", "").endswith("/token"):
            self._left -= 1
            if self._left == 0:
                self.instead()
                return  # without an answer, long after the command has ended, or as soon as it hangs up
        await self._application(scope, receive, send)


class Command:
    """`token-conformance run` in a process of its own; `begun` is when the first signal was sent to it."""

    def __init__(self, folder, *arguments, **streams):
        self.folder, self.begun = folder, 0.0
        words = [sys.executable, "-m", "token_conformance", "run", *arguments, "--report-dir", str(folder / "reports")]
        usual = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(words, cwd=ROOT, text=True, start_new_session=True, **(usual | streams))

    def send(self, *numbers, group=False):
        """Send it signals, one after the other, or its whole group, as a terminal does."""
        self.begun = self.begun or monotonic()
        for number in numbers:
            (os.killpg if group else os.kill)(self.process.pid, number)

    def ended(self):
        """What it has printed until its end; the reports are as they must be whenever it was interrupted."""
        shown, _ = self.process.communicate(timeout=60)
        assert monotonic() - self.begun < WITHIN + 3  # other tests keep the machine busy
        assert self.process.returncode == 2, shown
        assert "Traceback" not in (shown or "")
        return shown or ""

    def reports(self):
        """The results of each profile that has a report; all of its files can be read."""
        found = {}
        for path in self.folder.glob("reports/*/*/results.json"):
            told = json.loads(path.read_text("utf-8"))
            jsonschema.validate(told, SCHEMA)
            JUnitXml.fromfile(str(path.with_name("junit.xml")))
            for page in ("index.html", "report.html"):
                assert path.with_name(page).read_text("utf-8").rstrip().endswith("</html>")
            found[told["profile"]] = told
        return found


@pytest.fixture
def provider(tmp_path):
    """A provider whose n-th token request makes something happen instead of getting an answer."""
    server = LoopbackServer()
    profile = tmp_path / "first.toml"
    profile.write_text(PROFILE.format(base=server.base_url))
    (tmp_path / "second.toml").write_text(profile.read_text())
    holding = Holding(ReferenceServer(load(profile, {})).application, place=5)
    with server.serving(holding):
        yield holding


@pytest.fixture
def command(tmp_path, provider):
    """Begins a live run of one profile, or of two, whose provider does something at its n-th token request."""
    begun = []

    def run(instead, *arguments, profiles=("first",), **streams):
        given = [str(tmp_path / f"{name}.toml") for name in profiles]
        begun.append(Command(tmp_path, *given, "--live", *arguments, **streams))
        provider.instead = lambda: instead(begun[-1])
        return begun[-1]

    yield run
    for each in begun:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait()


CARELESS = '''
import socket


def test_leaves_a_connection_open(conformance_run):
    """Somebody else will close it."""
    socket.socket()
'''


def test_what_was_gathered_is_written(command, tmp_path):
    """While an answer is awaited, in a real process with a real socket; the time-out is no second Ctrl-C."""
    suite = tmp_path / "test_careless.py"
    suite.write_text(CARELESS)
    interrupted = command(lambda run: run.send(signal.SIGINT, signal.SIGTERM), "--suites", str(suite))
    shown = interrupted.ended()
    told = interrupted.reports()["first"]
    assert told["outcome"] == "interrupted"
    assert told["trouble"].endswith((", by SIGINT", ", by SIGTERM"))
    assert told["requests"] > 1
    (evidence,) = tmp_path.glob("reports/first/*/evidence.jsonl")
    last = json.loads(evidence.read_text("utf-8").splitlines()[-1])
    assert (last["type"], told["trouble"].endswith(f", {last['why']}")) == ("broken_off", True)
    assert "first: No verdict on the provider: the run was interrupted after " in shown


ENDLESS = '''
import time


def test_is_never_judged(conformance_run):
    """It takes forever."""
    while True:
        time.sleep(0.1)
'''


def test_a_second_ctrl_c_ends_at_once(command, tmp_path):
    """Whatever is under way: here a check that would not end."""
    suite = tmp_path / "test_endless.py"
    suite.write_text(ENDLESS)
    interrupted = command(lambda run: run.send(signal.SIGINT), "--suites", str(suite))
    lines = iter(interrupted.process.stdout.readline, "")
    assert any("another Ctrl-C ends at once" in line for line in lines)
    interrupted.send(signal.SIGINT)
    interrupted.ended()
    assert not interrupted.reports()


def test_a_signal_at_the_start_ends_at_once(command, provider):
    """While libraries are imported there is nothing to keep."""
    interrupted = command(lambda run: None)
    assert "live at" in interrupted.process.stdout.readline()
    interrupted.send(signal.SIGTERM)
    assert "interrupted: nothing was asked of a provider" in interrupted.ended()
    assert not interrupted.reports()


@pytest.mark.parametrize(("name", "left"), [("run", 0), ("report", 0), ("profiles", 1)])
def test_commands_that_judge_end_at_once_at_the_start(monkeypatch, name, left):
    """With the status of what was interrupted; the others end in Python's way."""
    told = []
    monkeypatch.setattr(main, "leave_to_python", lambda: told.append(name))
    main.main.get_command(None, name)
    assert len(told) == left


def test_the_terminal_may_be_gone(command):
    """Where nobody reads any more, reports are written all the same."""
    reading, writing = os.pipe()

    def closed(run):
        os.close(reading)
        run.send(signal.SIGHUP)

    interrupted = command(closed, stdout=writing, stderr=writing)
    os.close(writing)
    interrupted.ended()
    assert interrupted.reports()["first"]["outcome"] == "interrupted"


def test_workers_are_told(command):
    """Ctrl-C reaches all processes of a terminal, a time-out of CI the first one: what was under way has a report."""

    def stop(run):
        run.send(signal.SIGINT, group=True)
        run.send(signal.SIGTERM)

    interrupted = command(stop, "-n", "2", profiles=("first", "second"))
    shown = interrupted.ended()
    told = interrupted.reports()
    assert "interrupted" in {each["outcome"] for each in told.values()}
    for name in ("first", "second"):
        assert name in told or f"{name}: not tested: the run was interrupted before." in shown
