"""The ways in which a secret can be written."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

_ENCODINGS: tuple[Callable[[bytes], bytes], ...] = (b64encode, urlsafe_b64encode)


def forms(value: str) -> set[str]:
    """A secret as it is, percent-encoded, escaped for HTML and JSON, in Base64 at any place of a longer text, and the
    segments of a JWT.
    """
    written = {value, quote(value, safe=""), quote(value), quote_plus(value), html.escape(value)}
    written |= {_lower_hex(form) for form in written if "%" in form}
    written |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    return written | set(_base64(value.encode())) | set(_segments(value))


def _lower_hex(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _base64(value: bytes) -> Iterator[str]:
    """What stays the same of the Base64 of any text that holds the value: a character for every six bits inside it."""
    if len(value) < 8:
        return
    for encode in _ENCODINGS:
        for offset in range(3):
            encoded = encode(bytes(offset) + value).decode().rstrip("=")
            whole = (offset + len(value)) * 8 // 6
            yield encoded[-(-offset * 8 // 6) : whole]


def _segments(value: str) -> Iterator[str]:
    parts = value.split(".")
    if len(parts) == 3 and value.startswith("ey"):
        yield from (part for part in parts[1:] if len(part) >= 16)
