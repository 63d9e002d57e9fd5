"""Text that everybody can read anyway: a secret that stands in it is labelled as a value, and not looked for elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest_html  # type: ignore[import-untyped]  # pytest-html has no types

from token_conformance.layout import REPORT_ASSETS, SUITES

LONG = 16
"""Bytes from which on a word is looked for among long words alone."""


def is_public(value: str) -> bool:
    """Whether a text stands in the suites, the catalogue, or what every report is made of, in letters of any case."""
    sought = value.encode("utf-8", "surrogatepass").lower()
    if len(sought) < LONG or sought.split() != [sought]:
        return sought in _text()
    words, sizes = _long_words()
    return words.find(sought, 0, sizes.get(len(sought), 0)) >= 0


@cache
def _text() -> bytes:
    resources = Path(pytest_html.__file__).parent / "resources"
    folders = ((SUITES, "*.py"), (SUITES, "*.toml"), (REPORT_ASSETS, "*.*"), (resources, "*.*"))
    return b"\n".join(path.read_bytes() for folder, names in folders for path in folder.glob(names)).lower()


@cache
def _long_words() -> tuple[bytes, dict[int, int]]:
    """The long words of the text, the longest first, and how many bytes the words take that are as long as that."""
    words = sorted({word for word in _text().split() if len(word) >= LONG}, key=len, reverse=True)
    sizes: dict[int, int] = {}
    size = 0
    for shorter, word in zip([*words[1:], b""], words, strict=True):
        size += len(word) + 1
        sizes |= dict.fromkeys(range(len(shorter) + 1, len(word) + 1), size)
    return b"\n".join(words), sizes
