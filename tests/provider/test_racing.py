"""A refresh token races its own copies until a race is lost, or the session is over."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider.racing import MOST_RACES, raced
from token_conformance.verdict import Inconclusive


@pytest.fixture
def racing(make_exchange):
    """Races at a server that has so many winners in each; gives the winners of the race that counts, and all that was sent."""

    def racing(*winners):
        sent, left = [], list(winners)

        def answer(token, *, wins):
            sent.append(token)
            body = {"access_token": "a", "refresh_token": f"{token}+"} if wins else {"error": "invalid_grant"}
            return TokenResponse(make_exchange(json.dumps(body), status=200 if wins else 400))

        async def at_once(attempts):
            if not left:
                raise Inconclusive("the recording is over")
            most = left.pop(0)
            return tuple(answer(token, wins=place < most) for place, token in enumerate(attempts))

        limits = SimpleNamespace(race=3)
        provider = SimpleNamespace(
            refresh=lambda token, client: token, at_once=at_once, profile=SimpleNamespace(limits=limits)
        )
        racers = asyncio.run(raced(provider, "r", None))
        return sum(racer.accepted for racer in racers), sent

    return racing


@pytest.mark.parametrize(
    ("winners", "told", "races"),
    [
        ((3,), 3, 1),
        ((0,), 0, 1),
        ((1, 1, 2, 1), 2, 3),
        ((1, 0, 2), 1, 2),
        ((1,) * 20, 1, MOST_RACES),
        ((1, 1), 1, 2),
    ],
)
def test_it_races_on_while_one_alone_wins(racing, winners, told, races):
    """The first race with several winners counts, or else the first of all; one that nobody wins ends it, as an outage does."""
    found, sent = racing(*winners)
    assert found == told
    assert len(sent) == 3 * races


def test_each_race_is_for_the_newest_token(racing):
    """What the last winner was given."""
    assert racing(1, 1, 3)[1] == ["r"] * 3 + ["r+"] * 3 + ["r++"] * 3
