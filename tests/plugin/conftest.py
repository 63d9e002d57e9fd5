"""An inner pytest session with a provider that always answers the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from token_conformance.layout import ROOT
from token_conformance.plugin import options
from token_conformance.running import scenario

INNER_CONFTEST = """
from tests.plugin.scripted import selecting
from token_conformance.plugin import options
from token_conformance.running import scenario

options.select = selecting({answers!r}, {tables!r})
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
    """A suite of one module, run for scripted providers in this process; only workers are processes of their own."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester = pytester
        self.folder = Path(pytester.path)
        self.always: tuple[str, ...] = ()
        self._monkeypatch = monkeypatch

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
        plugins = ("token_conformance.plugin", "xdist.plugin", "pytest_html.plugin", "no:cacheprovider")
        quietly = [word for plugin in plugins for word in ("-p", plugin)]
        with self._monkeypatch.context() as patched:
            patched.setattr(options, "select", options.select)
            patched.setattr(scenario, "_DECLARED", {})
            return self.pytester.runpytest_inprocess(*quietly, *self.always, *given, *arguments, "test_inner.py")

    def results(self, profile: str = "example") -> dict[str, object]:
        """The results.json of the run."""
        path = max((self.folder / "reports" / profile).glob("*/results.json"))
        return json.loads(path.read_text())


@pytest.fixture
def inner_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> InnerRun:
    """Runs a suite of one module for scripted providers."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # it would rewrite what this process has imported
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))))
    return InnerRun(pytester, monkeypatch)


@pytest.fixture
def direct_run(inner_run: InnerRun) -> InnerRun:
    """The same as `token-conformance run` does it: checks are judged directly."""
    inner_run.always = ("--tc-directly",)
    return inner_run
