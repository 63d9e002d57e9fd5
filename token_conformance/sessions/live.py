"""A provider to talk to outside of a run: for a login, and for its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from token_conformance.profile.models import Profile
from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.servers.live import LiveServer
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire


@asynccontextmanager
async def live_provider(profile: Profile, purpose: str) -> AsyncIterator[Provider]:
    """The provider at the addresses of its profile; `purpose` is what its exchanges are called."""
    server, pace = LiveServer(profile), Pace(profile.limits)
    wire, discovering = (Wire(name, server.connect(name), profile.limits, pace) for name in (purpose, "discovery"))
    discovery = Discovery(profile, discovering)
    try:
        yield Provider(profile, wire, discovery, Lineage(), LoginBudget(1))
    finally:
        await wire.close()
        await discovery.close()
