"""Asks a provider that has fallen silent whether it is there."""

from __future__ import annotations

from collections.abc import Callable

from token_conformance.provider.spelling import FORM
from token_conformance.running.run import Run
from token_conformance.wire.exchange import Exchange, Request
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire


class Probing:
    """Requests that every provider answers somehow: for its metadata, or else a token request that nobody would grant.

    Args:
        run: whose provider it is.
        suffix: what the names of its exchanges end with.
        discovered: the exchange in which the metadata came, if there was one.

    """

    def __init__(self, run: Run, suffix: str, discovered: Callable[[], Exchange | None]) -> None:
        self.endpoint: str | None = None
        self.wire: Wire | None = None
        self._run, self._suffix, self._discovered = run, suffix, discovered

    async def is_answered(self) -> bool:
        """Ask once, and tell whether an answer came; the pace of the run is left aside: all others keep still meanwhile."""
        known = self._discovered()
        control = Request("POST", self.endpoint or "", FORM, b"grant_type=authorization_code")
        if known is not None and known.answer is not None:
            control = known.request
        if self.wire is None:
            limits, connection = self._run.profile.limits, self._run.server.connect("presence")
            self.wire = Wire(f"presence{self._suffix}", connection, limits, Pace(limits), noting=self._run.noting)
        return (await self.wire.send(control)).answer is not None

    async def close(self) -> None:
        """Close its connections."""
        if self.wire is not None:
            await self.wire.close()
