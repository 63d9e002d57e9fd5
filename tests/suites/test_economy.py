"""A run asks little of a provider: fewer requests than it has checks, and few logins."""

import asyncio

from token_conformance.plugin.selection import scenarios_of
from token_conformance.profile.files import examples, find
from token_conformance.profile.loading import load
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.servers.emulated import EmulatedServer


def test_a_run_of_a_plain_profile_is_frugal(checks):
    """generic-oidc takes less than one request for each check, and less than twelve logins."""
    path = find("generic-oidc")
    profile = load(path, examples(path))
    run = Run("generic-oidc", profile, EmulatedServer(profile), Redactor())
    record = asyncio.run(gather(run, scenarios_of(checks), lambda *progress: None))
    assert len(record.exchanges) < len(checks)
    assert record.logins < 12
