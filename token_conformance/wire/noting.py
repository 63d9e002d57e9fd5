"""Who is told at once of what a run sends and gets, so that it is on disk before anything else happens."""

from __future__ import annotations

from typing import Protocol

from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake


class Noting(Protocol):
    """Notes what the scenarios of a run draw, exchange and see, as it comes; it never fails."""

    def drew(self, scenario: str, kind: str, value: str) -> None:
        """An unpredictable value that a scenario is about to send."""
        ...

    def exchanged(self, exchange: Exchange) -> None:
        """An exchange that is over."""
        ...

    def shook_hands(self, scenario: str, address: str, versions: str, handshake: Handshake) -> None:
        """How a handshake without a request ended."""
        ...


class Deaf:
    """Notes nothing."""

    def drew(self, scenario: str, kind: str, value: str) -> None:
        """Let the value go."""

    def exchanged(self, exchange: Exchange) -> None:
        """Let the exchange go."""

    def shook_hands(self, scenario: str, address: str, versions: str, handshake: Handshake) -> None:
        """Let the handshake go."""
