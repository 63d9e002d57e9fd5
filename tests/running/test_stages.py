"""No scenario that may end a session runs beside one that it could end; what can run at once does."""

import pytest

from token_conformance.running.scenario import Scenario
from token_conformance.running.stages import Row, acts_for_user, hands_of, stages, taken_over, taken_up, without_user


async def perform(provider):
    return None


def named(name, *, needs="login", reach="nothing", waits=False, tried_out=False, long=False):
    return Scenario(name, perform, tuple(needs.split()), reach, waits, tried_out=tried_out, long=long)


SCENARIOS = [
    named("reuse", reach="user"),
    named("aged", reach="user", waits=True),
    named("replay", needs="authorization_code", reach="user"),
    named("stranger", reach="session"),
    named("code", needs="authorization_code"),
    named("life", waits=True),
    named("service", needs="client_credentials"),
    named("refreshed", needs="login refresh"),
]
BOB = {"username": "bob", "password": "bob's password"}
CAROL = {"username": "carol", "password": "carol's password"}


@pytest.fixture
def dealt(make_profile):
    """The names of the scenarios, row by row and stage by stage."""

    def dealt(
        kind="live",
        *,
        scenarios=SCENARIOS,
        users=(),
        sessions="unknown",
        outlived=False,
        frugal=False,
        login=None,
        **tables,
    ):
        usual = {"strategy": "password", "username": "alice", "password": "wonderland", "users": users}
        profile = make_profile(login=login or usual, **tables)
        found = stages(scenarios, kind, profile, sessions=sessions, outlived=outlived, frugal=frugal)
        return [[(row.seat, row.user, [each.name for each in row.scenarios]) for row in stage] for stage in found]

    return dealt


def test_what_spares_others_runs_at_once_and_what_does_not_runs_alone(dealt):
    """Sessions, then codes, then what reaches far, one by one; what waits comes last, and likewise."""
    assert dealt(limits={"concurrency": 2}) == [
        [(0, 0, ["refreshed", "stranger"]), (1, 0, ["service"])],
        [(0, 0, ["code"])],
        [(0, 0, ["reuse", "replay"])],
        [("life", 0, ["life"])],
        [(0, 0, ["aged"])],
    ]


def test_another_user_need_not_wait(dealt):
    """Each seat has its user; what reaches far is dealt to all, and waits beside those who wait for nobody else's session."""
    assert dealt(limits={"concurrency": 2}, users=[BOB, CAROL]) == [
        [(0, 0, ["refreshed", "stranger"]), (1, 1, ["service"])],
        [(0, 0, ["code"])],
        [(0, 0, ["reuse"]), (1, 1, ["replay"])],
        [("life", 0, ["life"]), (1, 1, ["aged"])],
    ]


@pytest.mark.parametrize("users", [[], [BOB]], ids=["one user", "two users"])
@pytest.mark.parametrize("sessions", ["one", "several", "unknown"])
def test_no_session_is_held_beside_what_could_end_it(dealt, users, sessions):
    """In no stage do two rows share a user where one of them reaches far."""
    reach = {each.name: each.reach for each in SCENARIOS}
    for stage in dealt(users=users, sessions=sessions):
        far = [user for _, user, names in stage if any(reach[name] == "user" for name in names)]
        assert all([each for _, each, _ in stage].count(user) == 1 for user in far)


def test_what_spares_others_runs_at_once_where_sessions_live_side_by_side(dealt):
    """Codes are asked for and lifetimes waited for beside sessions that outlive it; what reaches far is alone as ever."""
    assert dealt(limits={"concurrency": 2}, sessions="several") == [
        [("life", 0, ["life"]), (0, 0, ["code", "service"]), (1, 0, ["refreshed", "stranger"])],
        [(0, 0, ["reuse", "replay"])],
        [(0, 0, ["aged"])],
    ]


def test_what_does_what_others_outlive_runs_beside_them(dealt):
    """What does more than was tried out is alone as ever."""
    scenarios = [
        named("reuse", reach="user", waits=True, tried_out=True),
        named("logout", reach="user"),
        named("refreshed"),
        named("life", waits=True),
    ]
    assert dealt(scenarios=scenarios, sessions="several", outlived=True) == [
        [("life", 0, ["life"]), (0, 0, ["refreshed"]), (1, 0, ["reuse"])],
        [(0, 0, ["logout"])],
    ]


def test_what_takes_long_begins_early(dealt):
    """What asks for many codes comes behind what pauses, and before all else."""
    scenarios = [named("brief"), named("code", needs="authorization_code"), named("pauses", long=True)]
    (((_, _, names),),) = dealt(scenarios=scenarios, sessions="several", limits={"concurrency": 1})
    assert names == ["pauses", "code", "brief"]


def test_where_each_authorization_is_a_login_few_rows_log_in(dealt):
    """There are fewer rows, and what ends a session comes behind what leaves one to it, however long it takes."""
    scenarios = [
        named("reuse", reach="user", tried_out=True, long=True),
        *(named(f"near_{place}") for place in range(7)),
    ]
    assert len(dealt(scenarios=scenarios, sessions="several", outlived=True)[0]) == 8
    (rows,) = dealt(scenarios=scenarios, sessions="several", outlived=True, frugal=True)
    assert [names for _, _, names in rows][1] == ["near_1", "reuse"]
    assert len(rows) == 6


def test_what_needs_no_user_has_rows_of_its_own(make_profile):
    """Half as many as there may be; what waits is left to the stages."""
    profile = make_profile(grants={"client_credentials": {}, "refresh_token": {}, "password": {}})
    free = [named(f"free_{place}", needs="") for place in range(6)]
    rows, bound = without_user([*free, named("life", needs="", waits=True), named("login")], profile)
    assert [[each.name for each in row.scenarios] for row in rows] == [
        ["free_0", "free_4"],
        ["free_1", "free_5"],
        ["free_2"],
        ["free_3"],
    ]
    assert [each.name for each in bound] == ["life", "login"]
    assert {row.seat for row in rows}.isdisjoint(range(8))


def test_a_row_does_its_own_first():
    """It takes over where rows share, and else it is done."""
    one, two = named("one"), named("two")
    stage = Row((one,), 0), Row((two,), 1)
    hands = hands_of(stage)
    assert taken_up(stage[0], stage, hands, shares=False) is one
    assert taken_up(stage[0], stage, hands, shares=False) is None
    assert taken_up(stage[0], stage, hands, shares=True) is two


def test_a_row_takes_over_what_its_user_has_still_to_do():
    """The next of the seat that has most to do; neither another user's, nor what has a seat of its own."""
    one, two, three, four, five = (named(name) for name in ("one", "two", "three", "four", "five"))
    first, second, other, alone = Row((one, three), 0), Row((two,), 1), Row((four,), 2, user=1), Row((five,), "five")
    stage = first, second, other, alone
    hands = hands_of(stage)
    assert [taken_over(second, stage, hands) for _ in range(4)] == [one, three, two, None]
    assert taken_over(alone, stage, hands) is None
    assert [list(hands[row.seat]) for row in (other, alone)] == [[four], [five]]


def test_one_session_is_used_by_one_scenario_at_a_time(dealt):
    """Where a login ends the others, only what logs nobody in runs beside it."""
    grants = {"refresh_token": {}, "password": {}, "client_credentials": {}}
    assert dealt(sessions="one", grants=grants) == [
        [(0, 0, ["service"])],
        [(0, 0, ["reuse", "replay", "stranger", "code", "refreshed"])],
        [(0, 0, ["aged", "life"])],
    ]


def test_the_only_session_is_ended_last(dealt):
    """Where there is one stored session, all that spares it comes first, waits too."""
    login = {"strategy": "refresh_token", "refresh_token": "a-refresh-token"}
    ((row,),) = dealt(login=login)
    assert row == (0, 0, ["refreshed", "service", "code", "life", "stranger", "reuse", "replay", "aged"])


def test_an_emulated_server_has_nobody_to_spare(dealt):
    """Each row has a server of its own, so that all run at once."""
    (stage,) = dealt("emulated")
    assert len(stage) == 6
    assert sorted(name for _, _, names in stage for name in names) == sorted(each.name for each in SCENARIOS)


def test_a_recording_plays_to_each_by_itself(dealt):
    """A scenario of a recording is alone with it."""
    (stage,) = dealt("recorded")
    assert [len(names) for _, _, names in stage] == [1] * len(SCENARIOS)


@pytest.mark.parametrize(
    ("needs", "grants", "acts"),
    [
        ("", {"client_credentials": {}}, False),
        ("client_secret", {"client_credentials": {}}, False),
        ("client_secret", {"refresh_token": {}}, True),
        ("login", {"client_credentials": {}}, True),
        ("device_code", {"client_credentials": {}}, True),
    ],
)
def test_who_acts_for_a_user(make_profile, needs, grants, acts):
    """What repeats a request needs no user where a client has one in its own name."""
    assert acts_for_user(named("any", needs=needs), make_profile(grants=grants)) == acts


def test_the_foremost_of_those_that_reach_far_come_first(make_profile):
    """A limit that nobody knows of may end the run before their usual turn; what spares others needs no such place."""
    scenarios = [named("near"), named("far", reach="user"), named("first", reach="user")]
    found = stages(scenarios, "live", make_profile(), foremost={"first", "near"})
    assert [[each.name for row in stage for each in row.scenarios] for stage in found] == [["first"], ["near"], ["far"]]


def test_what_goes_in_turn_keeps_its_order(make_profile):
    """One row, whatever they reach: nobody else holds a session."""
    scenarios = [named("far", reach="user"), named("near")]
    (((row),),) = stages(scenarios, "live", make_profile(), in_turn=True)
    assert [each.name for each in row.scenarios] == ["far", "near"]


def test_what_others_bring_about_is_read_after_all_of_them(dealt, make_profile):
    """Some providers make a key when they first sign by it: who reads the keys before does not find it."""
    keys = Scenario("keys", perform, late=True)
    assert dealt(scenarios=[keys, *SCENARIOS])[-1] == [(0, 0, ["keys"])]
    assert without_user([keys], make_profile())[1] == [keys]
    emulated = dealt("emulated", scenarios=[keys, *SCENARIOS])
    assert "keys" in [name for row in emulated[0] for name in row[2]]
