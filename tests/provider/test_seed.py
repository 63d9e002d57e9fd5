"""The one refresh token of the environment goes from scenario to scenario."""

import asyncio

import pytest

from token_conformance.provider.seed import Seed
from token_conformance.verdict import Inconclusive


def test_the_next_scenario_gets_the_newest_token(make_exchange):
    """What the last scenario was handed over is what the next one starts from."""

    async def relay():
        seed = Seed("first")
        assert await seed.take("a") == "first"
        seed.give_back("a", [make_exchange('{"access_token": "x", "refresh_token": "second"}')], ended=False)
        return await seed.take("b")

    assert asyncio.run(relay()) == "second"


def test_one_scenario_at_a_time_holds_it():
    """A second scenario waits until the first has given the token back."""

    async def relay():
        seed, order = Seed("first"), []

        async def use(name):
            await seed.take(name)
            order.append(f"{name} takes")
            await asyncio.sleep(0)
            order.append(f"{name} gives")
            seed.give_back(name, [], ended=False)

        await asyncio.gather(use("a"), use("b"))
        return order

    assert asyncio.run(relay()) == ["a takes", "a gives", "b takes", "b gives"]


def test_a_second_login_in_a_scenario_is_inconclusive():
    """There is but one login."""

    async def twice():
        seed = Seed("first")
        await seed.take("a")
        await seed.take("a")

    with pytest.raises(Inconclusive, match="second login"):
        asyncio.run(twice())


def test_a_lineage_that_was_ended_is_inconclusive():
    """After a scenario that kills the tokens there is nothing to log in with."""

    async def relay():
        seed = Seed("first")
        await seed.take("a")
        seed.give_back("a", [], ended=True)
        await seed.take("b")

    with pytest.raises(Inconclusive, match="used up"):
        asyncio.run(relay())
