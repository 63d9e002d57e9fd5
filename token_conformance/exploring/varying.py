"""Varies stories by hypothesis, and has it make what it finds as simple as it can: numbers alone, and nothing kept.

A story is played on a loop, and hypothesis runs in a thread beside it, which waits for each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from token_conformance.exploring.acts import BEGINNINGS, Act, Relation, Step, Story

MOST_CHANGES = 6
"""Steps that are put in, left out or doubled in one variation."""

MOST_TRIES = 200
"""Variations that hypothesis may make up; most are refused for want of requests before."""

Try = Callable[[Story], Awaitable[bool]]
"""Plays a story: whether it shows what is looked for; False where there is no room left for it."""


ACTS = tuple(act for act in Act if act not in BEGINNINGS)
KINDS = ("put in", "double", "leave out")
LATEST, SESSIONS = 30, 3
"""How far from its end a story is changed, and how many of its sessions are."""

Change = tuple[str, int, Step]
"""What is done, at which place, counted from the end, and the step that is put in."""


def variations(stories: Sequence[Story]) -> SearchStrategy[Story]:
    """Stories that come of others by a few changes; the first one, unchanged, is the simplest."""
    return st.builds(changed, st.sampled_from(stories), st.lists(changes(), max_size=MOST_CHANGES))


def changes() -> SearchStrategy[Change]:
    """One change of a story: a single number, of which hypothesis drops all the more easily what makes no difference."""
    sizes = len(KINDS) * LATEST * len(Relation) * SESSIONS * len(ACTS)
    return st.integers(0, sizes - 1).map(_change)


def _change(number: int) -> Change:
    """The change of a number: the smaller it is, the later, and the more ordinary is what it is done to."""
    number, act = divmod(number, len(ACTS))
    number, session = divmod(number, SESSIONS)
    number, relation = divmod(number, len(Relation))
    kind, back = divmod(number, LATEST)
    return KINDS[kind], back, Step(ACTS[act], session, Relation(relation))


def changed(story: Story, what: Sequence[Change]) -> Story:
    """A story after some changes; what it begins with stays."""
    steps = list(story)
    for kind, back, step in what:
        place = max(len(steps) - back, 1)
        if kind == "put in":
            steps.insert(place, step)
        elif place < len(steps):
            steps[place : place + 1] = [steps[place]] * (2 if kind == "double" else 0)
    return tuple(steps)


async def varied(stories: Sequence[Story], attempt: Try, seed: int) -> Story | None:
    """The simplest variation of some stories that shows something; None where none does.

    Args:
        stories: what is varied.
        attempt: plays one of them; each is played once.
        seed: what hypothesis draws by.

    """
    loop, known = asyncio.get_running_loop(), dict[Story, bool]()
    over = False

    def shows(story: Story) -> bool:
        if over:
            return False
        if story not in known:
            known[story] = asyncio.run_coroutine_threadsafe(_played(attempt, story), loop).result()
        return known[story]

    def search() -> Story | None:
        with TemporaryDirectory() as folder, suppress(NoSuchExample):
            set_hypothesis_home_dir(folder)  # it writes beside the profile otherwise
            try:
                return find(variations(stories), shows, settings=SILENT, random=Random(seed))  # noqa: S311 - no secret
            finally:
                set_hypothesis_home_dir(None)
        return None

    try:
        return await asyncio.to_thread(search)
    finally:
        over = True


async def _played(attempt: Try, story: Story) -> bool:
    return await attempt(story)


SILENT = settings(
    database=None,
    deadline=None,
    max_examples=MOST_TRIES,
    phases=(Phase.generate, Phase.shrink),
    print_blob=False,
    verbosity=Verbosity.quiet,
)
"""Hypothesis prints nothing, keeps nothing, and does not mind how long an answer takes."""
