"""`login` in a user's browser at a provider that nobody of this project wrote, and runs from its session and its token."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.live.running import red, run
from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.provider.login.browsing import Walk, follow_to_redirect
from token_conformance.sessions.live import live_provider

pytestmark = pytest.mark.node

PROFILE = """
[profile]
name = "oidc-provider"
claims = ["oidc"]

[server]
issuer = "{issuer}"

[[clients]]
client_id = "native"
authentication = "none"
redirect_uri = "http://127.0.0.1/callback"

[grants.authorization_code]
scope = "openid offline_access"
pkce = "S256"
prompt = "consent"

[grants.refresh_token]
rotation = "always"

[login]
strategy = "{strategy}"
username = "alice"
password = "a-password-of-alice-0003"
{seed}

[limits]
max_wait = 2
"""

KNOWN = {"refreshed_id_token_has_no_nonce"}
"""What oidc-provider departs from in renewals; see test_oidc_provider.py."""

LIVING = ("-k", "test_session or test_refresh")


@pytest.fixture
def issuer(start):
    """A provider that rotates refresh tokens."""
    return start(rotate=True).issuer


def logged_in(folder, issuer):
    """The file of the session that `login` stores while a user follows the address that it prints."""
    path, session = folder / "interactive.toml", folder / "session.json"
    path.write_text(PROFILE.format(issuer=issuer, strategy="interactive", seed=""))
    command = [
        sys.executable,
        "-m",
        "token_conformance",
        "login",
        "--no-browser",
        f"--session-file={session}",
        str(path),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as logging_in:
        lines = iter(logging_in.stdout.readline, "")
        address = next(line.strip() for line in lines if line.strip().startswith("http"))
        assert httpx.get(redirected(path, address)).status_code == 200
        assert "Logged in" in logging_in.stdout.read()
    return session


def redirected(path, address):
    """Where the provider's pages send a user who logs in and agrees: a port of this machine."""
    profile = load(path, {})
    redirect_uri = parse_qs(urlsplit(address).query)["redirect_uri"][0]

    async def walk():
        async with live_provider(profile, "browser") as browser:
            return await follow_to_redirect(browser.wire, address, Walk(redirect_uri, profile.login))

    return f"{redirect_uri}?{httpx.QueryParams(asyncio.run(walk()).parameters)}"


def test_a_run_starts_from_the_session(issuer, tmp_path):
    """The session serves a whole row of scenarios; nobody has to log in again."""
    session = logged_in(tmp_path, issuer)
    results = run(tmp_path / "interactive.toml", tmp_path, f"--session-file={session}", *LIVING)
    assert (set(red(results)), results["logins"]) == (KNOWN, 0), red(results)
    assert results["summary"]["pass"] > 10


def test_a_run_starts_from_a_refresh_token(issuer, tmp_path):
    """A refresh token alone, obtained elsewhere, is enough for what needs no further login."""
    token = json.loads(logged_in(tmp_path, issuer).read_text())["refresh_token"]
    profile = tmp_path / "seeded.toml"
    profile.write_text(PROFILE.format(issuer=issuer, strategy="refresh_token", seed='refresh_token = "${SEED}"'))
    results = run(profile, tmp_path, *LIVING, said={"seed": token})
    assert set(red(results)) == KNOWN, red(results)
    assert results["summary"]["pass"] > 10
    written = "".join(path.read_text() for path in (tmp_path / "reports").rglob("*.*") if path.is_file())
    assert token not in written
