"""Why a run could not do what it should, as it turns out on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Trouble:
    """The reasons so far; `no_session` tells that the stored session is the one that cannot be used."""

    why: str | None = None
    no_session: bool = False

    def add(self, why: str) -> None:
        """Remember one more reason, a sentence."""
        self.why = "; ".join(filter(None, (self.why, why)))
