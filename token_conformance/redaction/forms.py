"""The ways in which a secret can be written."""

from __future__ import annotations

import html
import json
import re
import sys
from base64 import b32decode, b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus, unquote_plus

from token_conformance.redaction.seeking import PIECE

LONGEST = 10_000
"""Characters of a secret that is looked for in every spelling."""

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_URL_SAFE, _FROM_URL_SAFE = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")

DENSE = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,6}")
"""A word that may be a text in another encoding than those of `forms`, which takes up more room than the text."""

_HEXADECIMAL, _BASE32 = re.compile(r"(?:[0-9A-Fa-f]{2})+"), re.compile(r"[A-Z2-7]+")
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([\"'/]))|(\\)\\")


def forms(value: str) -> set[str]:
    """A secret as it is, percent-encoded, escaped for HTML and JSON, in Base64 at any place of a longer text, and the
    segments of a JWT.
    """
    encoded = value.encode("utf-8", "surrogatepass")
    if _UNRESERVED.fullmatch(value):
        return {value, *_base64(encoded), *_segments(value)}
    return _escaped(value, encoded) | set(_segments(value))


def plain_forms(value: str) -> set[str]:
    """A secret as it is and percent-encoded: in pieces, where it is longer than what any server means as a token.

    Each form has to be kept, and each place of a text held against it.
    """
    written = {value, quote(value.encode("utf-8", "surrogatepass"), safe="")}
    return {piece for form in written for piece in _pieces(form)}


def _pieces(form: str) -> Iterator[str]:
    """The form from piece to piece, the last of which has what is left."""
    begins = range(0, max(len(form) - PIECE, 0) + 1, PIECE)
    for begin in begins:
        yield form[begin : begin + PIECE] if begin != begins[-1] else form[begin:]


def _escaped(value: str, encoded: bytes) -> set[str]:
    """The forms of a secret with characters that have to be escaped somewhere, as those of most tokens need not."""
    written = {value, quote(encoded, safe=""), quote(encoded), quote_plus(encoded), html.escape(value)}
    written |= {_lower_hex(form) for form in written if "%" in form}
    written |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    written |= set(_read_as_latin(value))
    in_base64 = {form for text in {encoded, quote_plus(encoded).encode()} for form in _base64(text)}
    return written | in_base64


def decodings(word: str) -> Iterator[str]:
    """What a word says under other spellings than those of `forms`, for every writer escapes in a way of its own."""
    if "%" in word:
        once = unquote_plus(word)
        yield from (once, unquote_plus(once))
    if "&" in word:
        yield html.unescape(word)
    if "\\" in word:
        yield _ESCAPE.sub(_unescaped, word)


def undensed(word: str) -> Iterator[str]:
    """What a word of `DENSE`, or a step of the path that it is, says in hexadecimal digits, in Base32, or in Base64, and
    what that says in one of these.
    """
    for part in dict.fromkeys((word, *word.split("/"))):
        for said in _undensed(part.rstrip("=")):
            yield said
            if DENSE.fullmatch(said):
                yield from _undensed(said.rstrip("="))


def _undensed(word: str) -> Iterator[str]:
    with suppress(ValueError):  # which errors of decoding are, too
        if _HEXADECIMAL.fullmatch(word):
            yield bytes.fromhex(word).decode()
        elif _BASE32.fullmatch(word):
            yield b32decode(f"{word}{'=' * (-len(word) % 8)}").decode()
    with suppress(ValueError):
        yield b64decode(f"{word.translate(_FROM_URL_SAFE)}{'=' * (-len(word) % 4)}").decode()


def _unescaped(escape: re.Match[str]) -> str:
    """What an escape of JSON, of JavaScript or of Python stands for, however often it was escaped again."""
    digits = escape[1] or escape[2] or escape[3]
    if digits:
        return chr(min(int(digits, 16), sys.maxunicode))
    return escape[4] or escape[5]


def _read_as_latin(value: str) -> Iterator[str]:
    """What a value says that somebody has read as Latin-1 though it was UTF-8."""
    with suppress(UnicodeEncodeError):
        yield value.encode("latin-1").decode("utf-8", "replace")


def _lower_hex(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _base64(value: bytes) -> Iterator[str]:
    """What stays the same of the Base64 of any text that holds the value: a character for every six bits inside it."""
    if len(value) < 8:
        return
    for offset in range(3):
        whole = (offset + len(value)) * 8 // 6
        encoded = b64encode(bytes(offset) + value).decode()[-(-offset * 8 // 6) : whole]
        yield from (encoded, encoded.translate(_URL_SAFE))


def _segments(value: str) -> Iterator[str]:
    """The segments of a JWS or a JWE after its header, which is no secret."""
    parts = value.split(".")
    if len(parts) in {3, 5} and value.startswith("ey"):
        yield from (part for part in parts[1:] if len(part) >= 16)
