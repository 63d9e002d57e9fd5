"""Keeps the stories that were found, to try them first next time: numbers alone, in a folder that can be carried."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from token_conformance.exploring.acts import Story, read_story

MOST = 50
"""Stories that are kept of a profile."""


@dataclass(frozen=True)
class Shelf:
    """The stories of one profile in a folder; without one nothing is kept."""

    folder: Path | None
    profile: str

    @property
    def stories(self) -> tuple[Story, ...]:
        """What was kept; a file that cannot be read holds nothing."""
        if self.folder is None:
            return ()
        with suppress(OSError, ValueError, TypeError):
            kept = json.loads(self._file(self.folder).read_text("utf-8"))
            return tuple(read_story(numbers) for numbers in kept["stories"])[:MOST]
        return ()

    def keep(self, stories: tuple[Story, ...]) -> None:
        """Remember stories beside those that are kept, the new ones first.

        Raises:
            OSError: the folder cannot be written.

        """
        if self.folder is None or not stories:
            return
        kept = [[list(step.numbers) for step in story] for story in dict.fromkeys((*stories, *self.stories))]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file(self.folder).write_text(json.dumps({"stories": kept[:MOST]}) + "\n", "utf-8")

    def _file(self, folder: Path) -> Path:
        return folder / f"{self.profile}.json"
