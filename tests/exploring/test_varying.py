"""Hypothesis varies stories and makes them simple; it prints nothing, keeps nothing, and goes the same way by a seed."""

from __future__ import annotations

import asyncio

import pytest

from token_conformance.exploring.acts import Act, Step
from token_conformance.exploring.varying import changed, varied

LOGIN, REFRESH, USE = Step(Act.LOGIN), Step(Act.REFRESH), Step(Act.USE)
STORY = (LOGIN, USE, REFRESH, USE, REFRESH)


def vary(shows, seed=1, stories=(STORY,)):
    """The simplest variation for which a judge says that it shows something, and all that were played."""
    played = []

    async def attempt(story):
        played.append(story)
        await asyncio.sleep(0)
        return shows(story)

    return asyncio.run(varied(stories, attempt, seed)), played


def test_what_is_found_is_made_simple():
    """A revocation that makes the difference is put in, and no other change."""
    found, played = vary(lambda story: any(step.act is Act.REVOKE for step in story))
    assert found is not None
    assert len(found) == len(STORY) + 1
    assert sum(step.act is Act.REVOKE for step in found) == 1
    assert len(played) > 2


def test_no_story_is_played_twice():
    _, played = vary(lambda story: Step(Act.REVOKE) in story)
    assert len(played) == len(set(played))


def test_where_nothing_shows_there_is_none():
    found, played = vary(lambda story: False)
    assert found is None
    assert played[0] == STORY


def test_the_same_seed_goes_the_same_way():
    assert vary(lambda story: False, 7)[1] == vary(lambda story: False, 7)[1]
    assert vary(lambda story: False, 7)[1] != vary(lambda story: False, 8)[1]


def test_nothing_is_printed_or_left_behind(tmp_path, monkeypatch, capfd):
    """What hypothesis would keep for the next time, or show of an example, could not hold a token either."""
    monkeypatch.chdir(tmp_path)
    vary(lambda story: len(story) > 6)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_what_breaks_off_is_not_gone_on_with():
    played, begun = [], asyncio.Event()

    async def attempt(story):
        played.append(story)
        begun.set()
        await asyncio.sleep(3600)
        return True

    async def broken_off():
        task = asyncio.create_task(varied((STORY,), attempt, 1))
        await begun.wait()
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(broken_off())
    assert len(played) == 1


def test_what_a_story_begins_with_stays():
    leaving_out = [("leave out", place, USE) for place in range(30)]
    assert changed(STORY, leaving_out)[0] == LOGIN
    assert changed(STORY, [("double", 1, USE)]) == (*STORY, REFRESH)
    assert changed(STORY, [("put in", 0, USE)]) == (*STORY, USE)
