"""Every profile that comes along is taken on by the reference server: what it documents is seen, and nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from tests.suites.judging import judged, name_of
from token_conformance.judging.causes import causes
from token_conformance.judging.requirement import catalogue
from token_conformance.plugin.selection import requirement_ids, scenarios_of
from token_conformance.plugin.stale import stale_deviations, unseen_deviations
from token_conformance.profile.files import examples, find, names
from token_conformance.profile.loading import load
from token_conformance.redaction import Redactor
from token_conformance.results.on_the_way import seen_on_the_way
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.running.watching import watched
from token_conformance.servers.emulated import EmulatedServer
from token_conformance.verdict import Verdict

NOT_TAKEN_ON = {
    "better-auth",
    "dex",
    "hydra",
    "keycloak",
    "mcp-sdk-python",
    "mcp-sdk-typescript",
    "spring-authorization-server",
}
"""Profiles of servers that depart in ways of their own, as was observed: the reference server does not take on each."""

QUIET = {Verdict.PASS, Verdict.DEVIATION, Verdict.NOT_APPLICABLE}


@dataclass(frozen=True)
class Row:
    """What tells of a check whether a deviation is stale."""

    name: str
    requirements: tuple[str, ...]
    verdict: Verdict
    message: str
    explained_by: tuple[str, ...]


@pytest.mark.parametrize("name", names())
def test_a_shipped_profile_is_judged_quietly(checks, name):
    """Emulated, a profile has no red check, none that cannot be judged, and no deviation that is not seen; and the oracle
    sees nothing on the way.
    """
    path = find(name)
    profile = load(path, examples(path), requirements=catalogue())
    run = Run(name, profile, EmulatedServer(profile), Redactor())
    record = asyncio.run(gather(run, scenarios_of(checks), lambda *progress: None))
    verdicts = [(check, judged(check, record)) for check in checks]
    rows = [
        Row(name_of(check), requirement_ids(check), found.verdict, found.message, found.explained_by)
        for check, found in verdicts
    ]
    assert {row.name: f"{row.verdict}: {row.message}" for row in rows if row.verdict not in QUIET} == {}
    assert seen_on_the_way(watched([record]), record.exchanges, (), profile, causes(), catalogue()) == ()
    assert stale_deviations(run, rows) == ()
    assert name in NOT_TAKEN_ON or unseen_deviations(profile.deviations, rows) == ()
