"""Hypothesis draws what is tried, and makes what shows something small; what it is told stays the same for each mutation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from token_conformance.exploring.requests.drawing import one_at_a_time, several
from token_conformance.exploring.requests.found import Disagreement, Kind
from token_conformance.exploring.requests.hunting import Hunt
from token_conformance.exploring.requests.mutation import Grant, Mutation, One
from token_conformance.exploring.requests.trying import SpentError

ONES = tuple(One(row, way) for row in range(1, 9) for way in range(2))
CRASH = Disagreement(Kind.FAILED, "endpoint-no-server-error", "it fails")


@dataclass(frozen=True)
class Tried:
    mutation: Mutation
    disagreements: tuple[Disagreement, ...]

    @property
    def changes(self):
        return tuple(str(each) for each in self.mutation.ones)


@dataclass
class Server:
    """Fails where all these rows are among the changes; takes so many requests."""

    rows: set[int]
    requests: int = 1000
    heard: list[Mutation] = field(default_factory=list)
    problem: type[BaseException] = SpentError

    @property
    def sent(self):
        return len(self.heard)

    async def attempt(self, mutation):
        if self.sent == self.requests:
            raise self.problem
        self.heard.append(mutation)
        await asyncio.sleep(0)
        fails = self.rows <= {one.row for one in mutation.ones}
        return Tried(mutation, (CRASH,) if fails else ())

    def news(self, trial):
        return list(trial.disagreements)


def hunted(server, strategy, most, *, fewer, seed=1):
    hunt = Hunt(server)
    asyncio.run(hunt.run(strategy, most, seed, fewer=fewer))
    return hunt


def test_each_change_is_tried_once():
    server = Server({99})
    hunt = hunted(server, one_at_a_time([Mutation(Grant.REFRESH_TOKEN, (one,)) for one in ONES]), 16, fewer=False)
    assert hunt.smallest is None
    assert sorted(each.ones for each in server.heard) == sorted((one,) for one in ONES)


@pytest.mark.parametrize("seed", range(3))
def test_several_changes_become_as_few_as_show_it(seed):
    hunt = hunted(Server({3, 7}), several({Grant.REFRESH_TOKEN: ONES}), 500, fewer=True, seed=seed)
    assert {one.row for one in hunt.smallest.mutation.ones} == {3, 7}
    assert len(hunt.smallest.mutation.ones) == 2


def test_changes_of_one_row_do_not_meet():
    server = Server({99})
    hunted(server, several({Grant.REFRESH_TOKEN: ONES}), 60, fewer=True)
    assert all(len({one.row for one in each.ones}) == len(each.ones) for each in server.heard)


def test_spent_requests_end_it():
    server = Server({99}, requests=7)
    hunt = hunted(server, several({Grant.REFRESH_TOKEN: ONES}), 500, fewer=True)
    assert isinstance(hunt.spent, SpentError)
    assert server.sent == 7


def test_a_defect_of_ours_is_raised():
    """It is no finding, and does not vanish in the thread."""
    with pytest.raises(ZeroDivisionError):
        hunted(
            Server({99}, requests=3, problem=ZeroDivisionError),
            several({Grant.REFRESH_TOKEN: ONES}),
            500,
            fewer=True,
        )


def test_a_run_that_is_told_to_stop_does_not_wait_for_it():
    """The thread ends with the task that waits for it."""

    class Silent(Server):
        async def attempt(self, mutation):
            self.asked.set()
            await asyncio.Event().wait()

    async def stopped():
        server = Silent({99})
        server.asked = asyncio.Event()
        hunt = Hunt(server)
        task = asyncio.create_task(hunt.run(several({Grant.REFRESH_TOKEN: ONES}), 500, 1, fewer=True))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stopped())
