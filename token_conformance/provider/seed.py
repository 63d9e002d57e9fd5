"""The refresh token of the environment: the only login of a profile that cannot log in by itself."""

from __future__ import annotations

import asyncio

from token_conformance.exchange import Exchange
from token_conformance.token_response import TokenResponse
from token_conformance.verdict import Inconclusive


class Seed:
    """Hands one lineage of refresh tokens from scenario to scenario, always the newest of it."""

    def __init__(self, refresh_token: str | None) -> None:
        self._newest = refresh_token
        self._turn = asyncio.Lock()
        self._holder: str | None = None

    async def take(self, scenario: str) -> str:
        """The newest refresh token, for the scenario alone until it gives it back.

        Raises:
            Inconclusive: the scenario wants a second login, or an earlier scenario has ended the lineage.

        """
        if self._holder == scenario:
            raise Inconclusive(
                "it needs a second login, and there is only the one refresh token of login.refresh_token"
            )
        await self._turn.acquire()
        self._holder = scenario
        if self._newest is None:
            raise Inconclusive("an earlier scenario has used up the refresh token of login.refresh_token")
        return self._newest

    def give_back(self, scenario: str, exchanges: list[Exchange], *, ended: bool) -> None:
        """Take the newest refresh token out of what the scenario did; `ended` where it killed the lineage."""
        if self._holder != scenario:
            return
        newer = [TokenResponse(exchange).refresh_token for exchange in exchanges if exchange.answer is not None]
        self._newest = None if ended else next((token for token in reversed(newer) if token), self._newest)
        self._holder = None
        self._turn.release()
