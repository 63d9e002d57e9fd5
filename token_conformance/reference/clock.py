"""A clock that is moved instead of waited for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _world() -> datetime:
    return datetime.now(UTC)


class MovableClock:
    """The time of the reference server: that of its source, plus what it was moved ahead."""

    def __init__(self, source: Callable[[], datetime] = _world) -> None:
        self._source = source
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present (UTC)."""
        return self._source() + self._ahead

    @property
    def timestamp(self) -> float:
        """The present in seconds since 1970, as JWTs count (RFC 7519 §2)."""
        return self.now().timestamp()

    def advance(self, seconds: float) -> None:
        """Move ahead by that many seconds."""
        self._ahead += timedelta(seconds=seconds)

    def check(self, seconds: float) -> None:
        """Any time can pass here."""

    async def wait(self, seconds: float) -> None:
        """Let that many seconds pass, at once."""
        self.advance(seconds)
