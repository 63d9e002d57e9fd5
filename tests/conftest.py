"""What several tests of the machinery start from."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from zlib import crc32

import httpx
import pytest

from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Exchange, Request, Response
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

MOST_USED, PORTIONS = "everything", 16
"""The profile by which most faults are judged, and in how many portions."""

Handler = Callable[[httpx.Request], httpx.Response]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a night have all of it: every scenario for every fault (`tests/suites`), and the tests marked `nightly`."""
    parser.addoption(
        "--nightly",
        action="store_true",
        help="run tests marked nightly, too; and perform every scenario for every fault, and see that those left out "
        "otherwise make no difference",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have processes that tests start compile the project once, and not each of them, where this one keeps no bytecode.

    What they keep lies in a folder that goes with the session.
    """
    if "PYTHONDONTWRITEBYTECODE" not in os.environ or hasattr(config, "workerinput"):
        return
    environment = pytest.MonkeyPatch()
    config.add_cleanup(environment.undo)
    folder = TemporaryDirectory(ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    environment.delenv("PYTHONDONTWRITEBYTECODE")
    environment.setenv("PYTHONPYCACHEPREFIX", folder.name)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked `nightly` to the night."""
    if config.getoption("nightly", default=False):
        return
    late = [item for item in items if item.get_closest_marker("nightly")]
    config.hook.pytest_deselected(items=late)
    items[:] = [item for item in items if item not in late]


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Have the server that the next test is about start while this one runs."""
    if isinstance(nextitem, pytest.Function) and nextitem.get_closest_marker("starts_ahead"):
        nextitem.callspec.params["set_up"].begin()


def pytest_sessionfinish() -> None:
    """End servers whose tests were not reached."""
    if "tests.live.setups" in sys.modules:
        sys.modules["tests.live.setups"].forsake()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out the tests by module, so that a provider is started once, and the table of faults by profile."""
    if config.option.tc_profile:
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        """A module is one portion of work, but for the longest: their parameters are servers, or begin with a profile."""

        def _split_scope(self, nodeid: str) -> str:
            module, _, test = nodeid.partition("::")
            parameters = test.partition("[")[2]
            if module.endswith("live/test_servers.py"):
                return parameters
            profile, _, fault = parameters.partition(" ")
            if not module.endswith("test_faults.py"):
                return module
            return f"{profile} {crc32(fault.encode()) % PORTIONS}" if profile == MOST_USED else profile

    return ByModule(config, log)


class StandingClock:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.present = NOON

    def now(self) -> datetime:
        return self.present

    def check(self, seconds: float) -> None:
        pass

    async def wait(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)


class ScriptedConnection:
    """A connection whose answers a function gives."""

    def __init__(self, handler: Handler) -> None:
        self.transport = httpx.MockTransport(handler)
        self.clock = StandingClock()

    def draw(self, kind: str) -> str:
        return secrets.token_urlsafe(32)

    def told(self, exchange: Exchange) -> Exchange:
        return exchange

    async def close(self) -> None:
        return None


class ScriptedServer:
    """A server that answers every scenario by the same function."""

    kind = "emulated"
    documentation = False
    description = "scripted"
    variables: ClassVar[dict[str, str]] = {}

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def connect(self, scenario: str) -> ScriptedConnection:
        return ScriptedConnection(self.handler)


@pytest.fixture
def make_profile() -> Callable[..., Profile]:
    """A profile of a provider at https://op.example, with any table replaced."""

    def make(**tables: Any) -> Profile:
        client = {
            "client_id": "app",
            "client_secret": "app-secret-value",
            "redirect_uri": "https://app.example/callback",
            "authentication": "client_secret_post",
        }
        usual: dict[str, Any] = {
            "profile": {"name": "Example"},
            "server": {
                "token_endpoint": "https://op.example/token",
                "authorization_endpoint": "https://op.example/authorize",
            },
            "clients": [client],
            "grants": {"refresh_token": {}, "password": {}},
            "login": {"strategy": "password", "username": "alice", "password": "wonderland"},
        }
        return Profile.model_validate(usual | tables)

    return make


@pytest.fixture
def make_wire(make_profile: Callable[..., Profile]) -> Callable[..., Wire]:
    """A wire whose answers a function gives."""

    def make(handler: Handler, **limits: Any) -> Wire:
        profile = make_profile(limits=limits)
        return Wire("example", ScriptedConnection(handler), profile.limits, Pace(profile.limits))

    return make


@pytest.fixture
def scripted_server() -> type[ScriptedServer]:
    """A server that answers every scenario by the same function."""
    return ScriptedServer


@pytest.fixture
def make_exchange() -> Callable[..., Exchange]:
    """A token request and its answer."""

    def make(
        body: bytes | str = b"",
        *,
        status: int = 200,
        headers: Sequence[tuple[str, str]] = (("Content-Type", "application/json"),),
        number: int = 1,
        **changes: Any,
    ) -> Exchange:
        content = body.encode() if isinstance(body, str) else body
        request = Request(
            "POST",
            "https://op.example/token",
            (("Content-Type", "application/x-www-form-urlencoded"),),
            b"grant_type=x",
        )
        answer = Response(status, tuple(headers), content)
        return Exchange(
            **{
                "scenario": "example",
                "number": number,
                "request": request,
                "answer": answer,
                "started": NOON,
                **changes,
            }
        )

    return make
