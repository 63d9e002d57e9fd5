"""Which scenarios run beside which: none that may end a session runs beside one that it could end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from token_conformance.profile.models import Profile
from token_conformance.running.scenario import Scenario
from token_conformance.wire.connection import ServerKind

MOST_ROWS = 8
"""Rows of scenarios that run at once, where nothing of what they do ends sessions of their neighbours."""

FEWER_ROWS = 6
"""Rows that run at once elsewhere: each of a live run logs in on its own, and each of an emulated one has a server of its own."""

BY_LOGIN = frozenset({"login", "refresh", "authorization_code"})
"""What scenarios need that want a user to be logged in."""

BY_SERVICE = frozenset({"client_credentials", "client_secret"})
"""What scenarios need that do without a user where the profile has a request in a client's own name."""


@dataclass(frozen=True)
class Row:
    """Scenarios that follow one another at one seat: with one browser, as one user, with the session that each leaves.

    A row of a later stage at the same seat goes on with its browser. A scenario with a seat of its own gives it its
    name. `user` is the number of the profile's user.
    """

    scenarios: tuple[Scenario, ...]
    seat: int | str
    user: int = 0


Stage = tuple[Row, ...]
"""Rows that run at once."""

Sessions = Literal["one", "several", "unknown"]
"""Whether a login ends the other sessions of its user and client, or they have been seen to live on beside it."""


def stages(
    scenarios: Sequence[Scenario],
    kind: ServerKind,
    profile: Profile,
    *,
    sessions: Sessions = "unknown",
    outlived: bool = False,
    frugal: bool = False,
    in_turn: bool = False,
    foremost: Collection[str] = (),
) -> tuple[Stage, ...]:
    """Deal the scenarios to rows, and the rows to stages that follow one another.

    Args:
        scenarios: all of them.
        kind: what answers. Rows of an emulated server have a server each, and there is a single stage; a recording
            plays to each scenario by itself.
        profile: whose users log in. Where there is but one session, all scenarios share it, one after the other.
        sessions: `one` where nobody may log in beside another one; `several` where an authorization beside a session
            leaves it alone.
        outlived: whether another session has outlived what scenarios do that may end every token of their user.
        frugal: whether each authorization costs a login: as few rows log in as may be, and use what others leave.
        in_turn: whether all of a live run go through one row in their order, where few requests are allowed and time is not what is scarce.
        foremost: the names of those that come first of all that reach every token of a user, lest a limit that nobody knows
            of keeps them from being judged.

    """
    seeded = profile.login.seeded
    if kind != "live":
        alone = seeded or kind == "recorded"
        return (_dealt(sorted(scenarios, key=enders_last), len(scenarios) if alone else FEWER_ROWS),)
    if seeded:
        return (_dealt(sorted(scenarios, key=_with_one_session), 1),)
    late, scenarios = _parted(scenarios, lambda each: each.late)
    if in_turn:
        return (_dealt([*scenarios, *late], 1),)
    scenarios = sorted(scenarios, key=lambda each: each.name not in foremost)
    first, others = _parted(scenarios, lambda each: each.name in foremost and not _spared(each, outlived=outlived))
    users = len(profile.login.users) + 1
    dealt = _live(others, profile, sessions, outlived=outlived, frugal=frugal)
    return tuple(stage for stage in (_dealt(first, users, users), *dealt, _dealt(late, 1)) if stage)


def without_user(scenarios: Sequence[Scenario], profile: Profile) -> tuple[Stage, list[Scenario]]:
    """Rows of those that act for no user, which no session is in the way of, and all the others."""
    bound, free = _parted(scenarios, lambda each: each.waits or each.late or acts_for_user(each, profile))
    rows = _dealt(sorted(free, key=_long_first), max(min(profile.limits.concurrency, MOST_ROWS) // 2, 1))
    return tuple(replace(row, seat=MOST_ROWS + place) for place, row in enumerate(rows)), bound


def acts_for_user(scenario: Scenario, profile: Profile) -> bool:
    """Whether a scenario may log a user in: it needs that, or what it repeats is the request of a user's client."""
    return profile.grants.client_credentials is None or not set(scenario.needs) <= BY_SERVICE


def _live(
    scenarios: Sequence[Scenario], profile: Profile, sessions: Sessions, *, outlived: bool, frugal: bool
) -> Iterable[Stage]:
    """Those that spare other sessions side by side, then those that do not, user by user; in this order too what waits.

    What asks for codes comes after all that holds a session: for some servers each authorization of a client replaces
    the one before. Where sessions were seen to live side by side, none does, and all that spares others runs at once, and
    with it what they were seen to outlive.
    Where there is another user, those who wait for an expiry need not wait for each other.
    """
    users, most = len(profile.login.users) + 1, MOST_ROWS if outlived and not frugal else FEWER_ROWS
    seats = min(profile.limits.concurrency, most)
    far, near = _parted(
        scenarios,
        lambda each: not _spared(each, outlived=outlived) or (sessions == "one" and acts_for_user(each, profile)),
    )
    lasting, brief = _parted(near, lambda each: each.waits and each.reach != "user")
    codes, holding = _parted(brief, _asks_for_codes)
    far_lasting, far_brief = _parted(far, lambda each: each.waits)
    waiting = tuple(Row((each,), each.name) for each in lasting)
    if sessions == "several":
        yield (*waiting, *_dealt(sorted(brief, key=_codes_first if frugal else _long_first), seats, users))
        waiting = ()
    else:
        yield _dealt(sorted(holding, key=enders_last), seats, users)
        yield _dealt(sorted(codes, key=enders_last), seats, users)
    yield _dealt(far_brief, users, users)
    if users == 1:
        yield waiting
        yield _dealt(far_lasting, 1)
    else:
        yield (*waiting, *_dealt(far_lasting, users - 1, users, first=1))


def is_beside_others(stage: Stage) -> bool:
    """Whether a stage does beside others what they were seen to outlive."""
    return any(each.tried_out for row in stage for each in row.scenarios)


def _dealt(scenarios: Sequence[Scenario], number: int, users: int = 1, *, first: int = 0) -> Stage:
    hands = ((first + place, tuple(scenarios[place::number])) for place in range(number))
    return tuple(Row(hand, seat, seat % users) for seat, hand in hands if hand)


Hands = dict[int | str, deque[Scenario]]
"""What is still to be done, by the seats of the rows."""


def hands_of(stage: Stage) -> Hands:
    """What the rows of a stage have to do."""
    return {row.seat: deque(row.scenarios) for row in stage}


def taken_up(row: Row, stage: Stage, hands: Hands, *, shares: bool) -> Scenario | None:
    """What a row does next: its own, and then, where rows share what there is to do, what it takes over."""
    if hands[row.seat]:
        return hands[row.seat].popleft()
    return taken_over(row, stage, hands) if shares else None


def taken_over(row: Row, stage: Stage, hands: Hands) -> Scenario | None:
    """What a row that is done may do for another seat of its user: the next of the one that has most to do."""
    others = [hands[other.seat] for other in stage if isinstance(other.seat, int) and other.user == row.user]
    fullest = max(others, key=len, default=None) if isinstance(row.seat, int) else None
    return fullest.popleft() if fullest else None


def _parted(scenarios: Iterable[Scenario], fits: Callable[[Scenario], bool]) -> tuple[list[Scenario], list[Scenario]]:
    """Those that fit, and the others."""
    listed = list(scenarios)
    return [each for each in listed if fits(each)], [each for each in listed if not fits(each)]


def _asks_for_codes(scenario: Scenario) -> bool:
    return "authorization_code" in scenario.needs


def enders_last(scenario: Scenario) -> tuple[bool, ...]:
    """Those that spare the session come first, so that the ones behind them find it alive."""
    by_itself = "login" not in scenario.needs
    return scenario.waits, _asks_for_codes(scenario), not scenario.spares, scenario.reach == "user", by_itself


def _codes_first(scenario: Scenario) -> tuple[bool, ...]:
    """What asks for codes asks for many, one after the other: it begins early, so that no row is left waiting for it."""
    return not _asks_for_codes(scenario), *enders_last(replace(scenario, waits=False))


def _long_first(scenario: Scenario) -> tuple[bool, ...]:
    """What takes long begins earlier still."""
    return not scenario.long, *_codes_first(scenario)


def _spared(scenario: Scenario, *, outlived: bool) -> bool:
    """Whether other sessions outlive what a scenario does, as far as is known."""
    return scenario.reach != "user" or (scenario.tried_out and outlived)


def _with_one_session(scenario: Scenario) -> tuple[bool, ...]:
    """What may end the only session comes after all that spares it, waits among it; what sets out to end it comes last."""
    return scenario.ends_session, not scenario.spares, *enders_last(scenario)
