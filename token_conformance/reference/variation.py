"""What a variation is."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.reference.behaviour import Change


@dataclass(frozen=True)
class Variation:
    """A named way to be different and right."""

    name: str
    summary: str
    change: Change
