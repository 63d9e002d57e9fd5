"""Exchanges that stand in recordings twice: a file that is given again, or beside a longer one, or two recorders at once.

They were made once: taken for two, each code in them would have been used twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter

from token_conformance.servers.har import Entry

APART = timedelta(seconds=1)
"""How far apart two recorders may see one exchange."""


def once(files: Sequence[Sequence[Entry]]) -> list[Entry]:
    """The exchanges of several files, each once, in the order in which they were made; of one file in its own.

    In one file an exchange is another one's double only to the letter, times and durations among it: a client may ask twice
    at once, and a server may answer alike. In two files what was sent and answered tells, at about one time.
    """
    kept = [_to_the_letter(entries) for entries in files]
    if len(kept) == 1:
        return kept[0]
    found: list[Entry] = []
    seen: dict[bytes, list[Entry]] = {}
    for entries in kept:
        new = [entry for entry in entries if not _was_seen(entry, seen)]
        for entry in new:
            seen.setdefault(_said(entry), []).append(entry)
        found += new
    return sorted(found, key=attrgetter("started"))


def _to_the_letter(entries: Sequence[Entry]) -> list[Entry]:
    return list({_digest(entry): entry for entry in entries}.values())


def _was_seen(entry: Entry, seen: dict[bytes, list[Entry]]) -> bool:
    return any(abs(each.started - entry.started) < APART for each in seen.get(_said(entry), ()))


def _said(entry: Entry) -> bytes:
    """What was asked, by whom, and what came."""
    request, response = entry.request, entry.response
    posted = request.post_data.written if request.post_data is not None else ""
    target = [pair.value for pair in response.headers if pair.name.lower() == "location"]
    sent = (request.method.upper(), request.url, posted, request.header("authorization"))
    return _digest((*sent, response.status, response.content.body, target))


def _digest(value: object) -> bytes:
    """What stands for a value, so that a long recording is not held twice; it may hold what no UTF-8 can say."""
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).digest()
