"""The emulated server: the reference server in this process, an instance for each scenario."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Profile
from token_conformance.reference import MovableClock, ReferenceServer
from token_conformance.verdict import NotApplicable
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import Transport, in_process

__all__ = ["EmulatedConnection", "EmulatedServer", "MovableClock"]


class EmulatedConnection:
    """A scenario's own server, whose clock it moves and whose tokens it kills without disturbing anybody."""

    def __init__(self, server: ReferenceServer) -> None:
        self._application = server.application
        self.transport: Transport = in_process(server.application)
        self.clock: MovableClock = server.clock

    def presenting(self, certificate: ClientCertificate) -> Transport:
        """The same server, which sees the certificate."""
        return in_process(self._application, certificate)

    async def handshake(self, address: str, versions: Versions) -> Handshake:  # noqa: ARG002 - there is nothing to reach
        """There is no network."""
        raise NotApplicable("the emulated server runs in this process, without TLS")

    def draw(self, kind: str) -> str:  # noqa: ARG002 - a recording distinguishes kinds
        """43 unreserved characters of 256 random bits."""
        return secrets.token_urlsafe(32)

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange as it is."""
        return exchange

    async def close(self) -> None:
        """Close the transport."""
        await self.transport.aclose()


class EmulatedServer:
    """The reference server, taking on what the profile documents.

    Raises:
        ValueError: there is no such fault or variation; the message names the near ones.

    """

    kind: ServerKind = "emulated"
    description = "emulated: the reference server takes on what the profile documents"

    def __init__(self, profile: Profile, faults: Collection[str] = (), variations: Collection[str] = ()) -> None:
        self._profile = profile
        self._faults = tuple(faults)
        self._variations = tuple(variations)
        self.documentation = False
        self.variables: Mapping[str, str] = {}
        if self._faults:
            self.description = f"{self.description}, with faults switched on: {', '.join(self._faults)}"
        self._server()

    def connect(self, scenario: str) -> EmulatedConnection:  # noqa: ARG002 - a recording distinguishes scenarios
        """A server of its own for a scenario."""
        return EmulatedConnection(self._server())

    def _server(self) -> ReferenceServer:
        return ReferenceServer(self._profile, faults=self._faults, variations=self._variations)
