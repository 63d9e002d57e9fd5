"""A JSON text, or something that is nearly one, whose values are replaced while all else stays as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

Replacement = Callable[[str, str], str]
"""Gives what stands for a value: by the name of the member that holds it, and the value itself."""

_PART = re.compile(r'"((?:[^"\\]++|\\.)*+)"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?', re.DOTALL)


def with_values(text: str, of_string: Replacement, of_number: Replacement) -> str:
    """The text with other strings and numbers; elements of an array go by the name of the member that holds it."""
    name = ""

    def replaced(part: re.Match[str]) -> str:
        nonlocal name
        written = part[1]
        if written is None:
            return of_number(name, part[0])
        value = _unescaped(written)
        if part[2] is not None:
            name = value
            return part[0]
        other = of_string(name, value)
        return part[0] if other == value else json.dumps(other, ensure_ascii="\\u" in written)

    return _PART.sub(replaced, text)


def _unescaped(written: str) -> str:
    """What a string says; one that is not strictly JSON says what it is written as."""
    if "\\" not in written:
        return written
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written
