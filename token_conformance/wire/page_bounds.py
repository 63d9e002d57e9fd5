"""How much of a page is read: whoever makes a tree of it needs many times its size, and for some pages minutes."""

from __future__ import annotations

import re
from itertools import islice

MOST_TAGS = 10_000
"""Tags of a page that are read; login pages have hundreds."""

MOST_ATTRIBUTES = 500
"""Attributes of a tag that are read: the time that libxml2 takes grows with the square of their number."""

_OF_USE = rb"form|input|button|select|option|textarea|label|meta|base|title|body|script|style|i?frame|object|a"
_LEADING_ON = re.compile(rb"</?(?:%b)\b[^<]*+" % _OF_USE, re.IGNORECASE)
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?+"""
_TOO_MANY = re.compile(
    rb"(<[a-z][^\s/<>]*+(?=[\s/])(?:%b){%d})(?:%b)++" % (_ATTRIBUTE, MOST_ATTRIBUTES, _ATTRIBUTE), re.IGNORECASE
)


def read_of(page: bytes) -> bytes:
    """What is read of a page in UTF-8: up to the last of its tags, each with its first attributes (HTML §13.2.5).

    Where they are too many, only those are read that lead on: forms and what is in them, links, scripts.
    """
    if page.count(b"<") > MOST_TAGS:
        page = b"".join(found[0] for found in islice(_LEADING_ON.finditer(page), MOST_TAGS))
    return _TOO_MANY.sub(rb"\1", page) if len(page) > 2 * MOST_ATTRIBUTES else page
