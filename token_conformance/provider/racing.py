"""Several refreshes at once, as often as it takes to see a race that a server loses now and then."""

from __future__ import annotations

from token_conformance.evidence.rotation import tally
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.provider import Provider
from token_conformance.verdict import NotJudged

MOST_RACES = 8
"""A server that loses one race of three loses one of eight in 24 of 25 runs."""


async def raced(provider: Provider, newest: str | None, client: Client) -> tuple[TokenResponse, ...]:
    """The answers to a refresh token that is sent several times at once, and then its successor, while one alone wins.

    A server that looks a token up before it locks it has several winners in some races, and one in others. Where the
    losers end the session, as reuse may, there is one race alone.

    Returns:
        The answers of the first race with several winners, or else of the first one of all.

    """
    first = racers = await _race(provider, newest, client)
    for _ in range(MOST_RACES - 1):
        winners = [racer for racer in racers if racer.exchange.answer is not None and racer.accepted]
        if len(winners) != 1:
            break
        newest = winners[0].refresh_token or newest
        try:
            racers = await _race(provider, newest, client)
        except NotJudged:  # as where a recording holds no other race
            break
    return racers if all(racer.exchange.answer for racer in racers) and tally(racers).winners > 1 else first


async def _race(provider: Provider, newest: str | None, client: Client) -> tuple[TokenResponse, ...]:
    return await provider.at_once(
        [provider.refresh(newest, client=client) for _ in range(provider.profile.limits.race)]
    )
