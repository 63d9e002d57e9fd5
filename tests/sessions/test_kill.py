"""Killed at any point, a process leaves a session that the next run goes on with, or says that an answer was in flight."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
import time
from collections import Counter

import pytest

from tests.sessions.renewing import renew
from token_conformance.profile.loading import load
from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.redaction import Redactor
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer
from token_conformance.running.run import Run
from token_conformance.running.stored_session import begin, stored_session
from token_conformance.running.trouble import Trouble
from token_conformance.servers.live import LiveServer
from token_conformance.sessions import FileVault, SessionStore, StoredSession
from token_conformance.sessions.live import live_provider
from token_conformance.sessions.session import access_token_end
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

KILLS = 100
SEED = 20260101

PROFILE = """
[profile]
name = "Reference"

[server]
issuer = "{base}"

[[clients]]
client_id = "app"
authentication = "none"
redirect_uri = "http://127.0.0.1/callback"

[grants.authorization_code]
scope = "openid offline_access"
pkce = "S256"

[grants.refresh_token]
rotation = "always"
reuse_revokes_family = true

[login]
strategy = "interactive"
username = "alice"
password = "a-password-of-alice"

[limits]
max_logins = 1000
"""


class Setting:
    """A provider that replaces refresh tokens at each use, and the place of a session with it."""

    def __init__(self, folder, base_url):
        self.profile_path = folder / "reference.toml"
        self.session_path = folder / "session.json"
        self.profile_path.write_text(PROFILE.format(base=base_url))
        self.profile = load(self.profile_path, {})
        self.store = SessionStore("reference", self.profile, FileVault(self.session_path))

    def log_in(self):
        """What the command `login` does, without a browser."""

        async def logged_in():
            async with live_provider(self.profile, "login") as provider:
                return await provider.exchange_code(await provider.authorize(redirect_uri="http://127.0.0.1/callback"))

        response = asyncio.run(logged_in())
        self.store.write(
            StoredSession(
                profile="reference",
                provider=self.store.provider,
                client_id="app",
                logged_in=response.answered,
                refresh_token=response.refresh_token,
                access_token=response.access_token,
                access_token_expires=access_token_end(response),
            )
        )

    def next_run(self):
        """Begin a run as any run begins; gives what it says where it cannot go on."""
        server = LiveServer(self.profile)
        run = Run("reference", self.profile, server, Redactor(), sessions=self.store)

        trouble = Trouble()

        async def begun():
            pace = Pace(self.profile.limits)
            with stored_session(run, trouble, needed=True) as lineage:
                if lineage.seed is None:
                    return
                wires = [
                    Wire(name, server.connect(name), self.profile.limits, pace) for name in ("session", "discovery")
                ]
                discovery = Discovery(self.profile, wires[1])
                await begin(run.name, trouble, Provider(self.profile, wires[0], discovery, lineage, LoginBudget(1)))
                for wire in wires:
                    await wire.close()

        asyncio.run(begun())
        assert trouble.no_session == (trouble.why is not None)
        return trouble.why


@pytest.fixture
def setting(tmp_path):
    server = LoopbackServer()
    found = Setting(tmp_path, server.base_url)
    with server.serving(ReferenceServer(found.profile).application):
        found.log_in()
        yield found


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with everything imported: each is forked from one that has done nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.sessions.renewing"])
    return context


def survived(setting):
    """Hold what a killed process left behind against what the next run makes of it."""
    left = setting.store.read()
    assert left is not None, "the session is gone"
    trouble = setting.next_run()
    if trouble is None:
        assert setting.store.read().in_flight is None
        return "went on in spite of it" if left.in_flight else "went on"
    assert left.in_flight is not None, trouble
    assert "the answer to a refresh was in flight when the run before ended" in trouble
    assert left.refresh_token not in trouble
    setting.log_in()
    return "said so"


@pytest.mark.parametrize("by", ["line", "time"])
def test_killed_at_any_point(setting, processes, by):
    """A hundred random lines of code, and a hundred random moments, are the last of a process that renews a session."""
    draw = random.Random(f"{SEED} {by}")  # noqa: S311 - reproducible on purpose
    outcomes = Counter()
    for _ in range(KILLS):
        begun = processes.Event()
        last_line = draw.randrange(1, 1500) if by == "line" else None
        process = processes.Process(target=renew, args=(setting.profile_path, setting.session_path, begun, last_line))
        process.start()
        if by == "time":
            assert begun.wait(30)
            time.sleep(draw.uniform(0, 0.15))
            process.kill()
        process.join(30)
        assert process.exitcode == -signal.SIGKILL, process.exitcode
        process.close()
        outcomes[survived(setting)] += 1
    assert sum(outcomes.values()) == KILLS
    assert outcomes["went on"] >= KILLS / 10
    if by == "line":
        assert outcomes["said so"] >= 1
