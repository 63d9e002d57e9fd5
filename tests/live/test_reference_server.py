"""A live run against the reference server on loopback finds what an emulated one finds, by every way of logging in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

EVERYTHING = (Path(__file__).parent.parent / "suites" / "everything.toml").read_text("utf-8")
FORM = 'strategy = "form"\nusername = "alice.example"\npassword = "correct horse battery"'
LOGINS = {
    "form": FORM,
    "password": FORM.replace('"form"', '"password"'),
    "refresh_token": 'strategy = "refresh_token"\nrefresh_token = "a-refresh-token-from-the-environment"',
}


ROTATION = ("-k", "test_rotation or test_refresh or test_revocation or test_bystanders or test_second_attempts")
"""What is told of sessions beside each other."""


def live_run(folder, *arguments, login=FORM, faults=(), variations=()):
    """The status and the results of a live run against the reference server on loopback."""
    server = LoopbackServer()
    profile = folder / "reference.toml"
    text = EVERYTHING.replace("https://op.example", server.base_url).replace(FORM, login)
    profile.write_text(text.replace("[limits]", "[limits]\nmax_wait = 2"))
    command = [sys.executable, "-m", "token_conformance", "run", str(profile), "--live", *arguments]
    reference = ReferenceServer(load(profile, {}), faults=faults, variations=variations)
    with server.serving(reference.application):
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    (path,) = folder.glob("reports/reference/*/results.json")
    return ended.returncode, json.loads(path.read_text())


BY_NIGHT = [pytest.param(name, marks=pytest.mark.nightly) for name in ("password", "refresh_token")]


@pytest.fixture(params=["form", *BY_NIGHT])
def results(request, tmp_path):
    """The results of a live run with one way of logging in."""
    status, found = live_run(tmp_path, login=LOGINS[request.param])
    assert status == 0, found["summary"]
    return request.param, found


def test_nothing_is_red(results):
    """The faultless server alarms nobody over HTTP either, and what can be judged is."""
    strategy, found = results
    assert found["server"] == "live"
    assert (found["summary"]["fail"], found["summary"]["warning"], found["summary"]["error"]) == (0, 0, 0)
    assert found["summary"]["pass"] > {"form": 150, "password": 130, "refresh_token": 80}[strategy]


@pytest.mark.parametrize(
    ("variation", "noticed"),
    [
        ("one-session-per-user-and-client", "the provider keeps one session for each user and client"),
        ("login-not-remembered", "the provider keeps no login session"),
    ],
)
def test_a_way_of_the_server_is_noticed_and_alarms_nobody(tmp_path, variation, noticed):
    """The run adapts itself, says so once, and judges as much as at any other server."""
    status, found = live_run(tmp_path, *ROTATION, variations=[variation])
    assert (status, found["summary"]["fail"], found["summary"]["warning"], found["summary"]["error"]) == (0, 0, 0, 0)
    *others, farewell = found["noticed"]
    assert [sentence.partition(":")[0] for sentence in others] == [noticed]
    assert farewell.startswith("at its end the run has revoked the ")
    assert found["summary"]["pass"] > 60


def test_a_server_that_ends_all_sessions_of_a_thief_harms_no_neighbour(tmp_path):
    """What it does wrong is found, seen twice, and nothing else is red."""
    _, found = live_run(tmp_path, *ROTATION, faults=["refresh-reuse-revokes-user"])
    red = [check for check in found["checks"] if check["verdict"] in {"fail", "warning"}]
    assert [(check["id"].split("::")[1], check["seen"]) for check in red] == [
        ("test_reuse_leaves_others_alone[another-client]", [2, 2]),
        ("test_reuse_leaves_other_logins_alone", [2, 2]),
    ]
