"""Keeps the mutations that showed something, to try them first next time: numbers alone, in a folder that can be carried."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from token_conformance.exploring.requests.mutation import Mutation, read_mutation

MOST = 50
"""Mutations that are kept of a profile."""


@dataclass(frozen=True)
class RequestShelf:
    """The mutations of one profile in a folder; without one nothing is kept."""

    folder: Path | None
    profile: str

    @property
    def mutations(self) -> tuple[Mutation, ...]:
        """What was kept; a file that cannot be read holds nothing."""
        if self.folder is None:
            return ()
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._file(self.folder).read_text("utf-8"))
            return tuple(read_mutation(*numbers) for numbers in kept["requests"])[:MOST]
        return ()

    def keep(self, mutations: tuple[Mutation, ...]) -> None:
        """Remember mutations beside those that are kept, the new ones first.

        Raises:
            OSError: the folder cannot be written.

        """
        if self.folder is None or not mutations:
            return
        kept = [each.numbers for each in dict.fromkeys((*mutations, *self.mutations))]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file(self.folder).write_text(json.dumps({"requests": kept[:MOST]}) + "\n", "utf-8")

    def _file(self, folder: Path) -> Path:
        return folder / f"{self.profile}.requests.json"
