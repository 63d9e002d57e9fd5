"""What a scenario talks through, whichever server answers: live, recorded or emulated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import Transport

ServerKind = Literal["live", "recorded", "emulated"]


class Clock(Protocol):
    """The time that the server lives in."""

    def now(self) -> datetime:
        """The present (UTC)."""
        ...

    def check(self, seconds: float) -> None:
        """Ask, before a login is spent on it, whether a wait of that many seconds is possible.

        Raises:
            TooLong: it would take longer than the profile's `max_wait`; the message says how long.

        """
        ...

    async def wait(self, seconds: float) -> None:
        """Let that many seconds pass, really or by moving the server's clock.

        Raises:
            TooLong: it would take longer than the profile's `max_wait`; the message says how long.

        """
        ...


class Connection(Protocol):
    """One scenario's own way to the server: nothing that it does there disturbs another scenario's."""

    @property
    def transport(self) -> Transport:
        """Where requests go."""
        ...

    def presenting(self, certificate: ClientCertificate) -> Transport:
        """Where requests go that present a certificate in TLS (RFC 8705)."""
        ...

    async def handshake(self, address: str, versions: Versions) -> Handshake:
        """Begin a TLS connection to the host of an address with some versions, and send nothing.

        Raises:
            NotApplicable: no network lies between the scenario and the server.

        """
        ...

    @property
    def clock(self) -> Clock:
        """The time that the server lives in."""
        ...

    def draw(self, kind: str) -> str:
        """An unpredictable value for a `state`, a `nonce`, a `code_verifier` or a made-up token: 43 unreserved characters.

        A recording gives the values that were sent when it was made.
        """
        ...

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange as evidence; a recording names the parts that it does not hold, or tells its own request and times."""
        ...

    async def close(self) -> None:
        """Give back what the connection holds."""
        ...


class Server(Protocol):
    """What answers."""

    @property
    def kind(self) -> ServerKind:
        """How it answers."""
        ...

    @property
    def description(self) -> str:
        """What answers, for the first line of a run."""
        ...

    @property
    def documentation(self) -> bool:
        """Whether what answers is an example of the provider's documentation, and not a server."""
        ...

    @property
    def variables(self) -> Mapping[str, str]:
        """Values that it gives to the variables of the profile."""
        ...

    def connect(self, scenario: str) -> Connection:
        """A connection for the scenario of that name."""
        ...
