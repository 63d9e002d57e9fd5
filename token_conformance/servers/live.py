"""The live server: HTTP to a real provider."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Limits, Profile
from token_conformance.verdict import NotApplicable, TooLong
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.proxy import proxy_for, sentence, shown
from token_conformance.wire.tls_probe import Handshake, Versions, handshake
from token_conformance.wire.transports import Transport, network


class RealClock:
    """The time of the world; waiting takes as long as it says, at most `max_wait` seconds at a time."""

    def __init__(self, max_wait: int) -> None:
        self.max_wait = max_wait

    def now(self) -> datetime:
        """The present (UTC)."""
        return datetime.now(UTC)

    def check(self, seconds: float) -> None:
        """Refuse a wait that is too long."""
        if seconds > self.max_wait:
            raise TooLong(f"it takes a wait of {seconds:.0f} s; limits.max_wait is {self.max_wait} s")

    async def wait(self, seconds: float) -> None:
        """Sleep; scenarios run at once, so that the waits of a run overlap."""
        self.check(seconds)
        await asyncio.sleep(seconds)


class LiveConnection:
    """A scenario's own connections and randomness; without `limits` there is no network behind its transport."""

    def __init__(
        self,
        transport: Transport,
        clock: RealClock,
        limits: Limits | None = None,
        ca_bundle: str | None = None,
        proxy: str | None = None,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self._limits = limits
        self._ca_bundle = ca_bundle
        self._proxy = proxy
        self._presenting: dict[ClientCertificate, Transport] = {}

    def presenting(self, certificate: ClientCertificate) -> Transport:
        """Connections that present the certificate; those of one certificate are kept."""
        if self._limits is None:
            return self.transport
        if certificate not in self._presenting:
            self._presenting[certificate] = network(self._ca_bundle, self._limits, certificate, self._proxy)
        return self._presenting[certificate]

    async def handshake(self, address: str, versions: Versions) -> Handshake:
        """Begin a TLS connection, and end it again."""
        if self._limits is None:
            raise NotApplicable("there is no network behind the connection")
        if (proxy := proxy_for(self._proxy, address)) is not None:
            raise NotApplicable(f"the proxy {shown(proxy)} stands between: a handshake alone is not sent through it")
        return await handshake(address, versions, self._ca_bundle, self._limits.request_timeout)

    def draw(self, kind: str) -> str:  # noqa: ARG002 - a recording distinguishes kinds
        """43 unreserved characters of 256 random bits."""
        return secrets.token_urlsafe(32)

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange as it is."""
        return exchange

    async def close(self) -> None:
        """Close the connections of the scenario."""
        for transport in (self.transport, *self._presenting.values()):
            await transport.aclose()


class LiveServer:
    """The provider at the addresses of its profile."""

    kind: ServerKind = "live"

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        address = profile.server.address
        through = sentence(profile.server.proxy, address)
        self.description = f"live at {address}{f'; {through}' if through else ''}"
        self.documentation = False
        self.variables: Mapping[str, str] = {}

    def connect(self, scenario: str) -> LiveConnection:  # noqa: ARG002 - a recording distinguishes scenarios
        """Connections of its own for a scenario."""
        limits, ca_bundle, proxy = self._profile.limits, self._profile.server.ca_bundle, self._profile.server.proxy
        transport = network(ca_bundle, limits, proxy=proxy)
        return LiveConnection(transport, RealClock(limits.max_wait), limits, ca_bundle, proxy)
