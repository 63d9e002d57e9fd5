"""How much a value can hide, by itself and before anything escapes it: whether it is worth looking for everywhere."""

from __future__ import annotations

import re
from collections import Counter
from math import log2

from token_conformance.redaction.seeking import SHORTEST

MIXED, LONG = 8, 16
"""Characters from which on a value is like a token: of letters and digits, and of any characters."""

BITS_MIXED, BITS_LONG = 20, 40
"""What such a value tells at least, in bits: `aaaaaaaaaaaaaaaa` tells nothing."""

_TOKEN_NAME = re.compile(
    r"csrf|xsrf|token|nonce|session|state|ticket|verif|validation|authenticity|execution|canary|challenge|"
    r"secret|signature|flow|transaction|(?:^|[-_.])(?:lt|sid|key|hash)(?:$|[-_.])",
    re.IGNORECASE,
)
_VISIBLE = re.compile(r"[!-~]+")
_STEP = r"(?:[A-Za-z_.~-]+\d{0,2}|\d{1,6})"
_ADDRESS = re.compile(rf"https?://|/(?:{_STEP}/)*{_STEP}?(?:\?|$)", re.IGNORECASE)


def can_hide(value: str) -> bool:
    """Whether a value has the length of a secret: what is shorter stands in every other word."""
    return len(value) >= SHORTEST


def is_like_a_token(value: str) -> bool:
    """Whether a value looks as if nobody could guess it: a word of visible ASCII (RFC 6749 §A) that is long or mixed."""
    if not _is_word(value):
        return False
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return (len(value) >= LONG and bits(value) >= BITS_LONG) or (
        mixed and len(value) >= MIXED and bits(value) >= BITS_MIXED
    )


def is_token_field(name: str, value: str) -> bool:
    """Whether a hidden field of a page carries a token: it says so by its name, or its value looks like one."""
    named = bool(_TOKEN_NAME.search(name)) and can_hide(value) and _is_word(value)
    return named or is_like_a_token(value)


def is_address(value: str) -> bool:
    """Whether a value says where to go: a URL, or a path of words as no token is."""
    return _ADDRESS.match(value) is not None


def bits(value: str) -> float:
    """What a value tells by its own characters: their number times their entropy (Shannon)."""
    return -sum(count * log2(count / len(value)) for count in Counter(value).values())


def _is_word(value: str) -> bool:
    return _VISIBLE.fullmatch(value) is not None and not is_address(value)
