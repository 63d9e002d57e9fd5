"""What a session has gone through is known as things, pairs and triples in their order, whatever came between."""

from __future__ import annotations

from token_conformance.exploring.acts import Act, Relation
from token_conformance.exploring.experience import Experience, Seen, Thing

NARROW, USE, REFRESH = (Thing(act, Relation.NEWEST) for act in (Act.NARROW, Act.USE, Act.REFRESH))


def gone_through(*things: Thing) -> Experience:
    experience = Experience()
    for thing in things:
        experience.note(thing, renews=thing is REFRESH)
    return experience


def test_each_two_count_in_their_order():
    assert gone_through(NARROW, USE, REFRESH).pairs == {(NARROW, USE), (NARROW, REFRESH), (USE, REFRESH)}


def test_the_same_thing_twice_is_a_pair():
    assert (USE, USE) in gone_through(USE, USE).pairs


def test_a_renewal_begins_a_generation():
    """What was done since then comes at once, each so many times."""
    experience = gone_through(NARROW, USE, REFRESH, USE, USE)
    assert experience.recent == {REFRESH, USE}
    assert experience.times[USE] == 2
    assert experience.times[NARROW] == 0


def test_what_was_seen_in_one_session_is_no_news_in_another():
    seen, first, other = Seen(), gone_through(NARROW, USE), gone_through(NARROW, REFRESH)
    assert seen.news(first, REFRESH) == (2, 2, 1)
    seen.note(first, REFRESH)
    assert seen.news(first, REFRESH) == (0, 0, 0)
    assert seen.news(other, REFRESH) == (1, 1, 1), "a refresh was not seen after a refresh"


def test_what_is_done_elsewhere_is_another_thing():
    elsewhere = Thing(Act.USE, Relation.NEWEST, "at another client")
    assert (elsewhere, USE) in gone_through(elsewhere, USE).pairs
    assert (USE, USE) not in gone_through(elsewhere, USE).pairs
