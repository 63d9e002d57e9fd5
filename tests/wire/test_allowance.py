"""Token requests are counted against the limits that are known; time passes only when somebody sleeps."""

import asyncio
from datetime import UTC, datetime

import pytest

from token_conformance.verdict import Limited
from token_conformance.wire.allowance import MARGIN, MOST_LIMITS, Allowance, Spent
from token_conformance.wire.exchange import Exchange, Request, Response
from token_conformance.wire.rate_limit import RateLimit

BEGAN = 1_800_000_000.0
SHORT, LONG = RateLimit(3, 10, "profile"), RateLimit(5, 900, "profile")


class Clock:
    def __init__(self):
        self.present, self.slept = BEGAN, []

    def now(self):
        return self.present

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.present += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def allowance(clock):
    def allowance(*limits, longest=60):
        made = Allowance(sleep=clock.sleep, now=clock.now)
        made.keep_to(limits, longest)
        return made

    return allowance


def take(allowance, times):
    async def taken():
        return [await allowance.take() for _ in range(times)]

    return asyncio.run(taken())


def answer(**headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    present = datetime.fromtimestamp(BEGAN, UTC)
    return Exchange("login", 1, Request("POST", "https://op.example/token"), Response(200, named), present)


def test_a_short_window_is_waited_for(allowance, clock):
    """The fourth request leaves when the first is out of the window."""
    assert take(allowance(SHORT), 4) == [0, 0, 0, 10 + MARGIN]
    assert clock.slept == [10 + MARGIN]


def test_a_long_window_ends_it(allowance, clock):
    """Nobody sleeps so long: the reason says when it makes sense to go on."""
    limited = allowance(LONG)
    take(limited, 5)
    with pytest.raises(
        Limited, match=r"allows 5 token requests in 900 s, by the profile: .* from 2027-01-15 08:15:01 UTC"
    ):
        take(limited, 1)
    assert (limited.room, clock.slept) == (0, [])


def test_of_several_limits_each_is_kept(allowance, clock):
    """A limit a minute is waited for, and one an hour is not."""
    limited = allowance(SHORT, LONG)
    assert sum(take(limited, 5)) == 10 + MARGIN
    with pytest.raises(Limited):
        take(limited, 1)


def test_room_for_several_is_waited_for_before_the_first(allowance):
    """So that a scenario is not held up in its midst."""
    limited = allowance(SHORT)
    take(limited, 1)
    assert limited.wait_for(2) == 0
    assert limited.wait_for(3) == 10 + MARGIN
    assert limited.wait_for(99) == 10 + MARGIN


def test_headers_tell_of_a_limit_and_of_others_requests(allowance):
    """Of 50 requests 20 are left, though only one was ours."""
    limited = allowance()
    take(limited, 1)
    limited.heed(answer(RateLimit_Policy="50;w=900", RateLimit_Remaining="20"))
    assert limited.limits == (RateLimit(50, 900, "announced"),)
    assert limited.room == 20


def test_a_server_that_tells_of_ever_new_limits_fills_nothing(allowance):
    """Nor does one that says how many thousands somebody else has sent."""
    limited = allowance()
    for count in range(100, 1000):
        limited.heed(answer(RateLimit_Policy=f"{count};w=900"))
    assert len(limited.limits) == MOST_LIMITS


def test_a_window_that_is_told_by_its_rest_is_the_longest_rest(allowance):
    """Which gets shorter from answer to answer."""
    limited = allowance()
    for rest in ("880", "870", "900", "890"):
        limited.heed(answer(X_RateLimit_Limit="50", X_RateLimit_Reset=rest))
    assert limited.limits == (RateLimit(50, 900, "announced"),)


def test_the_profile_knows_better_than_headers(allowance):
    """What is documented is kept to, whatever else is told."""
    limited = allowance(LONG)
    limited.heed(answer(RateLimit_Policy="50;w=900"))
    assert limited.limits == (LONG,)


def test_a_refusal_is_learnt_from(allowance, clock):
    """Four were answered in 20 s, and after 880 more another one will be: four in 900 s."""
    limited = allowance()
    take(limited, 5)
    clock.present += 20
    limited.refused(880)
    assert limited.limits == (RateLimit(4, 900, "met"),)
    with pytest.raises(Limited, match="as it seems"):
        take(limited, 1)


def test_another_run_goes_on_where_one_has_left_it(allowance, clock):
    """What is spent stays so until its time is over."""
    first = allowance(LONG)
    take(first, 4)
    second = Allowance(sleep=clock.sleep, now=clock.now)
    second.go_on(first.spent)
    second.keep_to([LONG], 60)
    assert (second.room, second.limits) == (1, (LONG,))
    clock.present += 1000
    assert second.room == 5


def test_a_profile_that_tells_of_limits_by_now_goes_before_what_was_met(allowance, clock):
    """What an earlier run had to guess is written down meanwhile."""
    later = Allowance(sleep=clock.sleep, now=clock.now)
    later.go_on([Spent(RateLimit(4, 880, "met"), 0, datetime.fromtimestamp(BEGAN, UTC))])
    later.keep_to([LONG], 60)
    assert later.limits == (LONG,)


def test_what_is_known_can_be_told(allowance):
    """A limit, what is used of it, and from when on all of it is there again."""
    limited = allowance(LONG)
    take(limited, 2)
    assert limited.spent == (Spent(LONG, 2, datetime.fromtimestamp(BEGAN + 900 + MARGIN, UTC)),)
