"""How much of a token can differ from one to the next: an upper bound, for finding counters and time stamps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from math import log2

_ALPHABETS = ("0123456789", "0123456789abcdef", "0123456789ABCDEF")


def varying_bits(tokens: Sequence[str]) -> float:
    """The bits of the part in which tokens differ, if each of its characters were drawn at random (RFC 6749 §10.10).

    A random token varies from its first to its last character but for a fixed frame; a counter in a long string does
    not. The bound is generous: it finds what can be guessed, and never blames what cannot.
    """
    start = _common(tokens)
    end = _common([token[start:][::-1] for token in tokens])
    varying = [token[start : len(token) - end] for token in tokens]
    return max(map(len, varying)) * log2(_alphabet("".join(varying)))


def with_another_end(token: str) -> str:
    """The token with another last character, whose first bits differ too: in Base64 the last ones may mean nothing.

    Padding stays: many servers do not look at what comes behind it.
    """
    text = token.rstrip("=")
    last = text[-1:]
    return text[:-1] + ("w" if "A" <= last <= "P" or not last.isalnum() else "A") + token[len(text) :]


def _common(texts: Sequence[str]) -> int:
    """How many characters all texts begin with."""
    columns = zip(*texts, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _alphabet(characters: str) -> int:
    fitting = [len(alphabet) for alphabet in _ALPHABETS if set(characters) <= set(alphabet)]
    return min(fitting, default=64)
