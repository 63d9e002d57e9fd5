"""What of a run fits into the token requests that a provider allows: the worthiest first, and the rest for another run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.stages import enders_last
from token_conformance.running.waiting import Waits
from token_conformance.verdict import Inconclusive, Limited, NotJudged
from token_conformance.wire.pace import Pace
from token_conformance.wire.rate_limit import RateLimit

SHARE_OF_REPETITIONS = 5
"""The part of what is allowed, one of so many, that is kept for repeating reds, and for what an estimate misses."""

OWN_LOGIN = 1
"""Token requests beyond the estimate of a scenario that finds no session to go on with."""

Place = tuple[int, float]
"""Where a scenario stands: among those that come first, and behind them by the worth of what it judges."""

UNKNOWN: Place = (0, 0.0)


@dataclass(frozen=True)
class Fitting:
    """The scenarios, of those that concern the provider, that fit into `room` token requests, those that are left, and those that no window of the `limits` has room for.

    `costs` tells of each scenario about how many token requests it makes, `total` what all take together.
    """

    limits: Sequence[RateLimit]
    room: int
    total: int
    costs: Mapping[str, int]
    chosen: tuple[Scenario, ...]
    left: tuple[Scenario, ...] = ()
    too_large: tuple[Scenario, ...] = ()

    def reasons(self, limited: str) -> Iterator[tuple[Scenario, NotJudged]]:
        """Why scenarios are not performed now, since requests are `limited`, or never."""
        for each in self.left:
            yield each, Limited(limited)
        for each in self.too_large:
            takes = f"it takes about {self.costs[each.name]} token requests"
            yield each, Inconclusive(f"{takes}, and {' and '.join(map(str, self.limits))} are allowed")

    @property
    def told(self) -> str:
        """What is said of a run that has to do with less, a sentence."""
        performed, of = len(self.chosen), len(self.chosen) + len(self.left) + len(self.too_large)
        return (
            f"the provider limits token requests, of which {self.room} were allowed and all scenarios take about {self.total}: "
            f"{performed} of {of} scenarios are performed, the worthiest first"
        )

    @property
    def whole(self) -> bool:
        """Whether all of them fit."""
        return not self.left and not self.too_large

    @property
    def runs(self) -> int:
        """About how many runs it takes to judge what is left, after this one."""
        left = sum(self.costs.get(each.name, 0) for each in self.left)
        return ceil(left / max(1, usable(self.room)))


def thrifty_pace(run: Run) -> Pace:
    """The pace of a live run, which keeps to the limits that its profile tells."""
    limits = run.profile.limits
    told = (RateLimit(each.count, each.seconds, "profile") for each in limits.token_requests)
    run.allowance.keep_to(told, limits.max_wait)
    return Pace(limits, patient=True, allowance=run.allowance)


async def what_fits(run: Run, pace: Pace, scenarios: Sequence[Scenario]) -> Fitting | None:
    """What fits into what the provider allows, as far as that is known by now; None where nothing is, or it was found out before."""
    allowance = pace.allowance
    if allowance is None or allowance.room is None or allowance.costs:
        return None
    found = await fitting(run, scenarios, allowance.room, allowance.long)
    allowance.costs = found.costs
    return found


def note_left(run: Run, scenario: Scenario, why: NotJudged) -> None:
    """Note of a scenario that it is not performed, and why."""
    now = datetime.now(UTC)
    run.noting.began(scenario.name, now, "left", 0, afresh=True)
    run.noting.ended(scenario.name, now, why, Waits(), 0)


def usable(room: int) -> int:
    """How many token requests of those that are allowed are for scenarios that run for the first time."""
    return room - room // SHARE_OF_REPETITIONS


async def fitting(run: Run, scenarios: Sequence[Scenario], room: int, limits: Sequence[RateLimit]) -> Fitting:
    """Find out by rehearsals what fits into so many token requests, by `run.worth`; nothing is sent anywhere.

    Args:
        run: the run.
        scenarios: what there is to do.
        room: the token requests that are allowed now.
        limits: how many are allowed, and in which time.

    """
    concerned = [each for each in scenarios if each.lacking(run.profile) is None]
    costs = await _costs(run, concerned)
    total, budget = costs.total(), usable(room)
    if total <= budget:
        return Fitting(limits, room, total, costs, tuple(concerned))
    ordered = sorted(concerned, key=lambda each: _order(each, run.worth, costs))
    most = min(limit.count for limit in limits)
    too_large = {each.name for each in ordered if costs[each.name] + OWN_LOGIN > most}
    chosen = _that_fit([each for each in ordered if each.name not in too_large], costs, budget)
    while chosen and (await _costs(run, _in_turn(chosen, run.worth), in_turn=True)).total() > budget:
        chosen = _without_the_last(chosen, costs)
    names = {each.name for each in chosen}
    left = tuple(each for each in ordered if each.name not in names | too_large)
    large = tuple(each for each in ordered if each.name in too_large)
    return Fitting(limits, room, total, costs, _in_turn(chosen, run.worth), left, large)


def _in_turn(scenarios: Iterable[Scenario], worth: Mapping[str, Place]) -> tuple[Scenario, ...]:
    """The order in which scenarios are performed one by one: the foremost first, for nobody knows what comes between."""
    return tuple(sorted(scenarios, key=lambda each: (worth.get(each.name, UNKNOWN)[0], *enders_last(each))))


def token_requests(record: Record) -> Counter[str]:
    """How many requests to the token endpoint each scenario of a record has made."""
    endpoints = {record.token_endpoint, record.token_endpoint_alias}
    sent = (each for each in record.exchanges if each.request.method != "OPTIONS")
    return Counter(each.scenario for each in sent if each.request.url.partition("?")[0] in endpoints)


async def _costs(run: Run, scenarios: Sequence[Scenario], *, in_turn: bool = False) -> Counter[str]:
    from token_conformance.running.planning import rehearsed  # which draws in the whole reference server

    return token_requests(await rehearsed(run.name, run.profile, scenarios, in_turn=in_turn))


def _order(scenario: Scenario, worth: Mapping[str, Place], costs: Mapping[str, int]) -> Place:
    """The foremost come by their places, all others by what a token request of theirs is worth."""
    place, value = worth.get(scenario.name, UNKNOWN)
    return place, -value / max(1, costs.get(scenario.name, 0))


def _that_fit(ordered: Sequence[Scenario], costs: Mapping[str, int], budget: int) -> list[Scenario]:
    """One after the other, each that still fits, in this order."""
    chosen: list[Scenario] = []
    for each in ordered:
        if sum(costs.get(known.name, 0) for known in chosen) + costs.get(each.name, 0) <= budget:
            chosen.append(each)
    return chosen


def _without_the_last(chosen: Sequence[Scenario], costs: Mapping[str, int]) -> list[Scenario]:
    """The same without the least worthy of those that cost something."""
    last = next((each for each in reversed(chosen) if costs.get(each.name, 0)), chosen[-1])
    return [each for each in chosen if each is not last]
