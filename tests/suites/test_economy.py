"""A run asks little of a provider: fewer requests than it has checks, and few logins."""

import asyncio

from token_conformance.gathering import gather
from token_conformance.plugin.selection import scenarios_of
from token_conformance.profile import examples, find, load
from token_conformance.redaction import Redactor
from token_conformance.run import Run
from token_conformance.servers.emulated import EmulatedServer


def test_a_run_of_a_plain_profile_is_frugal(checks):
    """generic-oidc takes less than one request for each check, and less than twelve logins."""
    path = find("generic-oidc")
    profile = load(path, examples(path))
    run = Run("generic-oidc", profile, EmulatedServer(profile), Redactor())
    asyncio.run(gather(run, scenarios_of(checks), lambda *progress: None))
    assert len(run.exchanges) < len(checks)
    assert run.logins < 12
