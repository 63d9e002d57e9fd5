"""Judges a run of all suites against the reference server in this process, without a pytest session of its own for each."""

from __future__ import annotations

import asyncio
import inspect
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pytest

from tests.certificates import certificates
from token_conformance.judging.judgement import verdict_of
from token_conformance.layout import PACKAGE, ROOT, SUITES
from token_conformance.plugin.selection import requirement_ids, requirements_for, scenarios_of
from token_conformance.plugin.verdicts import fact_of
from token_conformance.profile.loading import load
from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.servers.emulated import EmulatedServer
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange, watching

PROFILES = Path(__file__).parent


class Careless(Redactor):
    """Learns no secrets: nothing of these runs is written."""

    def learn_exchange(self, exchange: Exchange) -> None:
        """Leave the exchange alone."""


@dataclass(frozen=True)
class Judged:
    """The verdict on one check, and its message."""

    verdict: Verdict
    message: str


class Collected:
    """A plugin of an inner session that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]


@pytest.fixture(scope="session")
def checks() -> list[pytest.Function]:
    """All checks of the suites, collected once."""
    collected = Collected()
    settings = [
        "-c",
        str(PACKAGE / "pytest.toml"),
        f"--rootdir={ROOT}",
        "-p",
        "token_conformance.plugin",
        "-W",
        "ignore",
    ]
    quietly = ["--collect-only", "-p", "no:terminal", "-p", "no:cacheprovider"]
    profile = ["--profile", str(PROFILES / "everything.toml"), "--emulated"]
    pytest.main([*settings, *quietly, *profile, str(SUITES)], plugins=[collected])
    return collected.items


@pytest.fixture(scope="session")
def judge_all(checks):
    """Judges all checks for a profile of this folder with faults and variations; gives verdicts by the checks' names."""

    def judge_all(
        profile: str, *, faults: Collection[str] = (), variations: Collection[str] = ()
    ) -> Mapping[str, Judged]:
        described = profile_named(profile)
        run = Run(profile, described, EmulatedServer(described, faults=faults, variations=variations), Careless())
        record = asyncio.run(gather(run, scenarios_of(checks), lambda *progress: None))
        return {name_of(check): judged(check, record) for check in checks}

    return judge_all


def profile_named(name: str) -> Profile:
    """A profile of this folder, or one of `variants.toml`, which changes another one in some tables."""
    variants = tomllib.loads((PROFILES / "variants.toml").read_text("utf-8"))
    if name not in variants:
        return load(PROFILES / f"{name}.toml", certificates())
    changes = dict(variants[name])
    written = Template((PROFILES / f"{changes.pop('base')}.toml").read_text("utf-8"))
    base = tomllib.loads(written.safe_substitute(certificates()))
    return Profile.model_validate(merged(base, changes))


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The base with the changes in it, table by table."""
    both = {
        name: merged(base[name], value) for name, value in changes.items() if isinstance(value, dict) and name in base
    }
    return {**base, **changes, **both}


def name_of(check: pytest.Function) -> str:
    """`refresh::test_name`, short enough for a table."""
    return f"{check.path.stem.removeprefix('test_')}::{check.name}"


def judged(check: pytest.Function, record: Record) -> Judged:
    """The verdict on one check, as the plugin would give it."""
    stated = tuple(requirements_for(check)[id_] for id_ in requirement_ids(check))
    with watching() as seen:
        try:
            check.function(**arguments_of(check, record))
        except Exception as problem:
            return Judged(*verdict_of(problem, stated, record.profile, seen, fact=fact_of(check)))
    return Judged(Verdict.PASS, "")


def arguments_of(check: pytest.Function, record: Record) -> dict[str, Any]:
    """What the check's fixtures are in this run."""
    parameters = check.callspec.params if hasattr(check, "callspec") else {}
    known = {"conformance_run": record, "evidence": record.evidence, **parameters}
    names = inspect.signature(check.function).parameters
    return {name: known[name] if name in known else record.transcript(name) for name in names}


@pytest.fixture(scope="session")
def check_names(checks: list[pytest.Function]) -> list[str]:
    """The names of all checks, as tables give them."""
    return [name_of(check) for check in checks]
