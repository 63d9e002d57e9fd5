"""Makes a story short: tries on fresh logins what is left when steps are left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from token_conformance.exploring.acts import BEGINNINGS, LOOKS, WAITS, Story

Attempt = Callable[[Story], Awaitable[bool | None]]
"""Performs a story on fresh logins: whether it shows the same again; None where there is no room left."""


async def shortest(story: Story, guess: Story, attempt: Attempt) -> tuple[Story, bool | None]:
    """The shortest story found that shows the same, beginning with a guess, and whether any did on a fresh login."""
    repeated: bool | None = None
    for candidate in dict.fromkeys((guess, without_looks(story), story)):
        tried = await attempt(candidate)
        if tried:
            return await _shortened(candidate, attempt), True
        repeated = tried if tried is not None else repeated
    return story, repeated


async def _shortened(story: Story, attempt: Attempt) -> Story:
    size = max(len(story) // 2, 1)
    while size:
        for shorter in list(_without(story, size)):
            shows = await attempt(shorter)
            if shows is None:
                return story
            if shows:
                story = shorter
                break
        else:
            size //= 2
    return story


def without_looks(story: Story) -> Story:
    """A story without what a sound server makes nothing of, but for its last step."""
    return tuple(step for step in story[:-1] if step.act not in LOOKS) + story[-1:]


def concerning(story: Story, sessions: frozenset[int]) -> Story:
    """What of a story was done to some sessions, and the time that passed since the first of them began."""
    kept = [step for step in story if step.session in sessions or step.act in WAITS]
    begun = next((place for place, step in enumerate(kept) if step.act in BEGINNINGS), 0)
    return tuple(kept[begun:])


def renumbered(story: Story) -> Story:
    """A story whose sessions are counted from 0 on, in the order in which they begin."""
    numbers = {step.session: place for place, step in enumerate(each for each in story if each.act in BEGINNINGS)}
    return tuple(replace(step, session=numbers.get(step.session, 0)) for step in story)


def _without(story: Story, size: int) -> Iterator[Story]:
    """The story without so many steps in a row, the late ones first; what it ends with is what it shows."""
    last = len(story) - 1
    for begin in range(max(last - size, 0), -1, -size):
        if size < len(story) and begin + size <= last:
            yield (*story[:begin], *story[begin + size :])
