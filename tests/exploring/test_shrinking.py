"""Stories become as short as what they show allows."""

from __future__ import annotations

import asyncio

from token_conformance.exploring.acts import Act, Relation, Step
from token_conformance.exploring.shrinking import concerning, shortest, without_looks

LOGIN, REFRESH, USE = Step(Act.LOGIN), Step(Act.REFRESH), Step(Act.USE)
NARROW, REUSE = Step(Act.NARROW), Step(Act.REFRESH, 0, Relation.FIRST)
WHOLE = (LOGIN, USE, REFRESH, NARROW, USE, REFRESH, NARROW, REUSE)


def shortened(story, guess, shows, room=100):
    """The shortest story, where a judge says what shows, and how many attempts there is room for."""
    tried = []

    async def attempt(candidate):
        if len(tried) == room:
            return None
        tried.append(candidate)
        return shows(candidate)

    return asyncio.run(shortest(story, guess, attempt)), tried


def test_steps_that_make_no_difference_are_left_out():
    needed = [LOGIN, NARROW, NARROW, REUSE]
    (story, repeats), _ = shortened(WHOLE, WHOLE, lambda story: [each for each in story if each in needed] == needed)
    assert story == tuple(needed)
    assert repeats is True


def test_a_guess_that_shows_it_is_gone_on_with():
    guess = (LOGIN, REFRESH, REUSE)
    (story, _), tried = shortened(WHOLE, guess, lambda story: {LOGIN, REUSE} <= set(story))
    assert tried[0] == guess
    assert story == (LOGIN, REUSE)


def test_what_does_not_repeat_is_left_as_it_was():
    (story, repeats), tried = shortened(WHOLE, WHOLE[:1] + WHOLE[-1:], lambda story: False)
    assert (story, repeats) == (WHOLE, False)
    assert tried[-1] == WHOLE


def test_without_room_nobody_knows_whether_it_repeats():
    (story, repeats), _ = shortened(WHOLE, WHOLE, lambda story: True, room=0)
    assert (story, repeats) == (WHOLE, None)


def test_looks_are_left_out_but_for_the_last_step():
    assert without_looks((LOGIN, USE, REFRESH, USE)) == (LOGIN, REFRESH, USE)


def test_a_story_is_of_the_sessions_that_it_concerns():
    other, wait = Step(Act.LOGIN, 1), Step(Act.WAIT)
    assert concerning((wait, LOGIN, other, wait, REFRESH), frozenset({0})) == (LOGIN, wait, REFRESH)
