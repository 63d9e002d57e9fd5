"""What a live run leaves as evidence is judged as the run was: stages, seats, a stored session, and repetitions."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.live.test_reference_server import FORM, LOGINS
from tests.live.test_stored_session import Setting
from token_conformance.layout import ROOT
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

SOME = "test_rotation or test_revocation or test_id_token or test_session"
"""Scenarios of each reach, and JWTs."""


def judged(folder, *arguments):
    """The results that a command leaves, and what it says last."""
    command = [sys.executable, "-m", "token_conformance", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    (path,) = folder.glob("reports/reference/*/results.json")
    found = json.loads(path.read_text("utf-8"))
    path.unlink()
    told = [(check["id"], check["verdict"], check["message"], check["seen"]) for check in found["checks"]]
    return told, ended.returncode, ended.stdout.splitlines()[-1]


@pytest.mark.parametrize("login", ["interactive", "form"])
def test_a_live_run_is_told_again_as_it_was(tmp_path, login):
    """Nothing is sent the second time: the server is gone by then."""
    server = LoopbackServer()
    setting = Setting(tmp_path, server.base_url)
    if login in LOGINS:
        text = setting.profile_path.read_text("utf-8")
        setting.profile_path.write_text(text.replace('strategy = "interactive"', LOGINS[login]), "utf-8")
    else:
        setting.log_in()
    reference = ReferenceServer(setting.profile, faults=["refresh-reuse-accepted"])
    options = ["--live", "-k", SOME, *([f"--session-file={setting.session_path}"] if login not in LOGINS else [])]
    with server.serving(reference.application):
        told = judged(tmp_path, "run", str(setting.profile_path), *options)
    (evidence,) = tmp_path.rglob("evidence.jsonl")
    for secret in ("correct horse battery", setting.profile.user_client.client_secret, *_tokens(setting)):
        assert secret not in evidence.read_text("utf-8")
    assert judged(tmp_path, "report", str(evidence.parent)) == told
    assert "alice.example" in FORM
    assert "alice.example" not in evidence.read_text("utf-8")


def _tokens(setting):
    """The tokens of the stored session, where there is one."""
    if not setting.session_path.exists():
        return ()
    stored = json.loads(setting.session_path.read_text("utf-8"))
    return [stored[name] for name in ("refresh_token", "access_token") if stored.get(name)]
