"""Judges all checks of the suites in this process, without a pytest session of its own for each run."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import pytest

from tests.certificates import certificates
from tests.suites.grounds import lacking
from token_conformance.plugin.repeating import outcome_of, sight_of
from token_conformance.profile.loading import load
from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.verdict import Verdict
from token_conformance.wire.connection import Server
from token_conformance.wire.exchange import Exchange

PROFILES = Path(__file__).parent


class Careless(Redactor):
    """Learns no secrets: nothing of these runs is written."""

    def learn_exchange(self, exchange: Exchange) -> None:
        """Leave the exchange alone."""


@dataclass(frozen=True)
class Judged:
    """The verdict on one check, its message, and the exchanges whose answers the check looked at."""

    verdict: Verdict
    message: str
    seen: Sequence[Exchange] = field(default=(), repr=False, compare=False)
    explained_by: tuple[str, ...] = ()


async def performed(profile: Profile, server: Server, scenarios: Iterable[Scenario]) -> Record:
    """The record of a run of some scenarios."""
    return await gather(Run("everything", profile, server, Careless()), scenarios, lambda *progress: None)


def recorded(profile: Profile, server: Server, scenarios: Iterable[Scenario]) -> Record:
    """The record of a run of some scenarios, performed at once."""
    return asyncio.run(performed(profile, server, scenarios))


@cache
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
    """The verdict on one check, as the plugin would give it, and what it rests on; one that rests on nothing is an error."""
    outcome = outcome_of(check, record)
    found = sight_of(check, record, outcome).judgement
    lack = lacking(name_of(check), found.verdict, outcome.seen, outcome.compared)
    if lack:
        return Judged(Verdict.ERROR, f"{lack}: {found.message}", outcome.seen)
    return Judged(found.verdict, found.message, outcome.seen, found.explained_by)
