"""The emulated server as a live one: its clock is moved, and refuses what a real one would refuse to wait for."""

from __future__ import annotations

from token_conformance.profile.models import Profile
from token_conformance.servers.emulated import EmulatedConnection, EmulatedServer, MovableClock
from token_conformance.verdict import Inconclusive, TooLong
from token_conformance.wire.tls_probe import Handshake, Versions


class RehearsalClock(MovableClock):
    """A clock that is moved, and refuses what a real one would refuse to wait for."""

    def __init__(self, clock: MovableClock, max_wait: int) -> None:
        self._moved = clock
        self._max_wait = max_wait
        super().__init__(clock.now)

    def check(self, seconds: float) -> None:
        """Refuse a wait that is too long for a live run."""
        if seconds > self._max_wait:
            raise TooLong(f"it takes a wait of {seconds:.0f} s; limits.max_wait is {self._max_wait} s")

    async def wait(self, seconds: float) -> None:
        """Let that many seconds pass, at once."""
        self.check(seconds)
        self._moved.advance(seconds)


class RehearsalConnection(EmulatedConnection):
    """A row's own server, with a clock that keeps `max_wait`."""

    async def handshake(self, address: str, versions: Versions) -> Handshake:  # noqa: ARG002 - there is nothing to reach
        """There is no network to rehearse on."""
        raise Inconclusive("TLS is not rehearsed")


class RehearsalServer(EmulatedServer):
    """The emulated server as a live one: nobody waits longer there than the profile allows."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self._max_wait = profile.limits.max_wait

    def connect(self, scenario: str) -> EmulatedConnection:  # noqa: ARG002 - a recording distinguishes scenarios
        """A server of its own for a row of scenarios."""
        connection = RehearsalConnection(self._server())
        connection.clock = RehearsalClock(connection.clock, self._max_wait)
        return connection
