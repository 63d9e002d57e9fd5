"""`login` with strategy `device` at a provider that nobody of this project wrote, and a run from its session."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest

from tests.live.running import command_line, red
from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.provider.login.verification import Verification, follow_verification
from token_conformance.sessions.live import live_provider

pytestmark = pytest.mark.node

PROFILE = """
[profile]
name = "oidc-provider"
claims = ["oidc"]

[server]
issuer = "{issuer}"

[[clients]]
client_id = "app"
client_secret = "the-secret-of-the-app-0001"
authentication = "client_secret_basic"

[grants.device_code]
scope = "openid offline_access"

[grants.refresh_token]
rotation = "always"

[login]
strategy = "device"
username = "alice"
password = "a-password-of-alice-0003"

[limits]
max_wait = 2
"""


def test_a_device_is_let_in(start, tmp_path):
    """The code that is shown is entered at the provider's own page; a run goes on from the session without a login."""
    path = tmp_path / "device.toml"
    path.write_text(PROFILE.format(issuer=start().issuer))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    session = f"--session-file={tmp_path / 'session.json'}"
    command = [sys.executable, "-m", "token_conformance", "login", str(path), session]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as logging_in:
        _, address, code = (logging_in.stdout.readline().strip() for _ in range(3))
        let_in(path, address, code.removeprefix("and enter the code "))
        assert "Logged in" in logging_in.stdout.read()
    ended = subprocess.run(
        command_line(path, session, "-k", "test_session or test_refresh"),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    (results,) = tmp_path.glob("reports/device/*/results.json")
    found = json.loads(results.read_text())
    assert (red(found), found["logins"]) == ({}, 0)
    assert found["summary"]["pass"] > 10


def let_in(path, address, code):
    """Enter the code, log in and agree."""
    profile = load(path, {})

    async def walk():
        async with live_provider(profile, "browser") as browser:
            await follow_verification(browser.wire, address, Verification("", profile.login, user_code=code))

    asyncio.run(walk())
