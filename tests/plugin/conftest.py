"""An inner pytest session with a provider that always answers the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from token_conformance.layout import ROOT

INNER_CONFTEST = """
import secrets
import pytest
import httpx
from token_conformance.plugin import options
from token_conformance.profile.models import Profile
from token_conformance.servers.live import RealClock

ANSWERS = {answers!r}
TABLES = {tables!r}


class Connection:
    def __init__(self, max_wait):
        self.clock = RealClock(max_wait)
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request):
        if "refuse" in request.content.decode():
            return httpx.Response(400, json={{"error": "invalid_grant"}})
        return httpx.Response(200, json=ANSWERS)

    def draw(self, kind):
        return secrets.token_urlsafe(32)

    def undocumented(self, number):
        return frozenset()

    async def close(self):
        return None


class Server:
    kind, description, variables = "emulated", "scripted", {{}}

    def __init__(self, max_wait):
        self.max_wait = max_wait

    def connect(self, scenario):
        return Connection(self.max_wait)


def select(name, choice, environment):
    client = {{"client_id": "app", "client_secret": "app-secret-value"}}
    usual = {{
        "profile": {{"name": "Example"}},
        "server": {{"token_endpoint": "https://op.example/token"}},
        "clients": [client],
        "grants": {{"client_credentials": {{}}}},
    }}
    return name, Profile.model_validate(usual | TABLES), Server(choice.wait or 0)


options.select = select
pytest_plugins = ["token_conformance.plugin"]
"""

CATALOGUE = """
[[requirement]]
id = "must"
source = "RFC 6749"
section = "5.1"
level = "MUST"
title = "t"
protects = "p"
mend = "m"

[[requirement]]
id = "should"
source = "RFC 6749"
section = "5.2"
level = "SHOULD"
title = "t"
protects = "p"
mend = "m"
"""

SCENARIO = '''
import pytest
from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario


@scenario(needs="client_credentials")
async def asked(provider):
    """Ask once."""
    return await provider.client_credentials()
'''


class InnerRun:
    """A suite of one module, run for scripted providers."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.folder = Path(pytester.path)

    def __call__(
        self,
        checks: str,
        *arguments: str,
        profiles: tuple[str, ...] = ("example",),
        answers: dict[str, object] | None = None,
        **tables: object,
    ) -> pytest.RunResult:
        answers = answers or {"access_token": "an-access-token-value", "token_type": "Bearer"}
        self.pytester.makeconftest(INNER_CONFTEST.format(answers=answers, tables=tables))
        (self.folder / "requirements.toml").write_text(CATALOGUE)
        (self.folder / "test_inner.py").write_text(SCENARIO + checks)
        self.pytester.makefile(".toml", pytest='[pytest]\nmarkers = ["requirement(*ids)", "evidence_of(*names)"]\n')
        given = [word for name in profiles for word in ("--profile", name)]
        return self.pytester.runpytest_subprocess(*given, "-p", "no:cacheprovider", *arguments, "test_inner.py")

    def results(self, profile: str = "example") -> dict[str, object]:
        """The results.json of the run."""
        path = max((self.folder / "reports" / profile).glob("*/results.json"))
        return json.loads(path.read_text())


@pytest.fixture
def inner_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> InnerRun:
    """Runs a suite of one module for scripted providers."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))))
    return InnerRun(pytester)
