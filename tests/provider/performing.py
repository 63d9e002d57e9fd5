"""Performs a scenario of a test against the reference server."""

import asyncio

from tests.suites.judging import Careless, profile_named
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.emulated import EmulatedServer


def performed(perform, profile="everything", **behaviour):
    """The transcript of a scenario against the reference server."""
    described = profile_named(profile) if isinstance(profile, str) else profile
    run = Run("everything", described, EmulatedServer(described, **behaviour), Careless())
    record = asyncio.run(gather(run, [Scenario("attempt", perform)], lambda *progress: None))
    return record.transcript("attempt")
