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


@pytest.fixture(params=LOGINS)
def results(request, tmp_path):
    """The results of a live run with one way of logging in."""
    server = LoopbackServer()
    profile = tmp_path / "reference.toml"
    text = EVERYTHING.replace("https://op.example", server.base_url).replace(FORM, LOGINS[request.param])
    profile.write_text(text.replace("[limits]", "[limits]\nmax_wait = 2"))
    command = [sys.executable, "-m", "token_conformance", "run", str(profile), "--live"]
    with server.serving(ReferenceServer(load(profile, {})).application):
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (path,) = tmp_path.glob("reports/reference/*/results.json")
    return request.param, json.loads(path.read_text())


def test_nothing_is_red(results):
    """The faultless server alarms nobody over HTTP either, and what can be judged is."""
    strategy, found = results
    assert found["server"] == "live"
    assert (found["summary"]["fail"], found["summary"]["warning"], found["summary"]["error"]) == (0, 0, 0)
    assert found["summary"]["pass"] > {"form": 150, "password": 130, "refresh_token": 80}[strategy]
