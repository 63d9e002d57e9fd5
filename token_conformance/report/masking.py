"""Masks secrets in a report that is written out, where they stand between markup and escaped in its way."""

from __future__ import annotations

import html
import json
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from token_conformance.redaction import Redactor


@dataclass(frozen=True)
class Escaping:
    """How a format escapes text: what an escape looks like and means, how text is written, and how often over.

    `markup` tells that tags stand beside the text.
    """

    escape: re.Pattern[str]
    meaning: Callable[[str], str]
    written: Callable[[str], str]
    times: int
    markup: bool

    def layers(self, text: str) -> Iterator[str]:
        """The text, and what it says behind each escaping, as far as that is another text."""
        yield text
        for _ in range(self.times):
            escaped, text = text, self.escape.sub(lambda escape: self.meaning(escape[0]), text)
            if text == escaped:
                break
            yield text


MARKUP = Escaping(re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);?"), html.unescape, html.escape, times=2, markup=True)
"""HTML and XML, where an attribute can hold escaped text once more."""

JSON = Escaping(
    re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])'),
    lambda escape: str(json.loads(f'"{escape}"')),
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    times=1,
    markup=False,
)

PLAIN = Escaping(re.compile(r"(?!)"), str, str, times=0, markup=False)
"""Markdown whose code spans hold text as it is."""


def masked(text: str, labels: Collection[str], redactor: Redactor, escaping: Escaping) -> str:
    """A report with the secrets of these labels replaced; markup stays as it is, also where a secret looks like it."""
    for escapes in range(escaping.times + 1):
        plain, places = _plain(text, escaping, escapes)
        found = ((start, end, plain[start:end]) for start, end, label in redactor.where(plain) if label in labels)
        shown = ((start, end, redactor.text(secret), secret) for start, end, secret in found)
        spans = ((places[start], places[end], label) for start, end, label, secret in shown if label != secret)
        text = "".join(_replaced(text, spans, escaping))
    return text


def _replaced(text: str, spans: Iterable[tuple[int, int, str]], escaping: Escaping) -> Iterator[str]:
    copied = 0
    for start, end, shown in spans:
        if not (escaping.markup and _is_markup(text[start:end])):
            yield from (text[copied:start], escaping.written(shown))
            copied = end
    yield text[copied:]


def _is_markup(piece: str) -> bool:
    return "<" in piece or '">' in piece


def _plain(text: str, escaping: Escaping, escapes: int) -> tuple[str, Sequence[int]]:
    """What a text says behind so many escapes, and where each of its characters, and its end, stands in the text."""
    places: Sequence[int] = range(len(text) + 1)
    for _ in range(escapes):
        text, places = _unescaped(text, places, escaping)
    return text, places


def _unescaped(text: str, places: Sequence[int], escaping: Escaping) -> tuple[str, Sequence[int]]:
    plain: list[str] = []
    stood = array("Q")
    begin = 0
    for escape in escaping.escape.finditer(text):
        start, meant = escape.start(), escaping.meaning(escape[0])
        plain += [text[begin:start], meant]
        stood.extend(places[begin:start])
        stood.extend([places[start]] * len(meant))
        begin = escape.end()
    stood.extend(places[begin:])
    return "".join([*plain, text[begin:]]), stood
