"""Pieces of Markdown, as Python-Markdown reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SIGNS = re.compile(r"[\\`*_{}\[\]#|]")
"""What Markdown takes for a sign of its own."""


def plain(text: str) -> str:
    """A text that Markdown shows as it stands."""
    return SIGNS.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def anchored(level: int, text: str, anchor: str) -> str:
    """A heading that is linked to by an anchor of its own."""
    return f"{'#' * level} {plain(text)} {{ #{anchor} }}\n"


def listed(items: Iterable[str]) -> str:
    """A list; each item is Markdown."""
    return "".join(f"- {item}\n" for item in items)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; each cell is Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
