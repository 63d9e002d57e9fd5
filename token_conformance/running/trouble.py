"""Why a run could not do what it should, as it turns out on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from token_conformance.wire.bounds import MOST_KEPT
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange


@dataclass
class Trouble:
    """The reasons so far; `no_session` tells that the stored session is the one that cannot be used."""

    why: str | None = None
    no_session: bool = False

    def add(self, why: str) -> None:
        """Remember one more reason, a sentence."""
        self.why = "; ".join(filter(None, (self.why, why)))


def unanswered(exchanges: Sequence[Exchange], kind: ServerKind) -> str | None:
    """What is said of a provider that left most requests without an answer; a recording can lack what it was never asked."""
    left = [exchange for exchange in exchanges if exchange.answer is None]
    if not left or (len(left) < len(exchanges) and (kind == "recorded" or 2 * len(left) <= len(exchanges))):
        return None
    if len(left) == len(exchanges):
        return f"the provider does not answer: {left[0].failure}"
    return f"the provider left {len(left)} of {len(exchanges)} requests without an answer, the first with: {left[0].failure}"


def crowded_out(refused: int) -> str | None:
    """What is said of a run that had no room for so many exchanges."""
    if not refused:
        return None
    return f"{refused} requests and answers found no room, as those of the run take up more than {MOST_KEPT // 1_000_000} MB"
