"""What an exploration has found: stories that end in an answer that no history allows."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.exploring.acts import Story
from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Watched


@dataclass(frozen=True)
class Found:
    """A requirement that is violated, the shortest story that shows it, and the history in which it was judged last.

    `repeats` tells whether it did so again on a fresh login; None where there was no room left to try.
    """

    requirement: str
    story: Story
    judgement: Judgement
    history: Watched
    repeats: bool | None

    @property
    def told(self) -> str:
        """How far it can be relied on, in words."""
        if self.repeats is None:
            return "found by exploring; there was no room left to repeat it"
        if self.repeats:
            return f"found by exploring, and repeated on a fresh login in {len(self.story)} steps"
        return "found by exploring; it comes and goes: the same steps on a fresh login did not show it again"


@dataclass(frozen=True)
class Explored:
    """What came of an exploration: what it found, the requests and logins that it took, and whether it was cut short."""

    found: tuple[Found, ...]
    requests: int
    logins: int
    seed: int
    cut_short: str | None = None

    @property
    def told(self) -> str:
        """What was done, in a sentence."""
        stories = f"{len(self.found)} {'story' if len(self.found) == 1 else 'stories'}"
        how = f", and ended early: {self.cut_short}" if self.cut_short else ""
        return f"explored by {self.requests} requests and {self.logins} logins (--explore-seed {self.seed}): {stories} found{how}"
