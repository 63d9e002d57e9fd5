"""How large an answer may be: what a server sends fills no memory of ours, and lasts no longer than it may."""

from __future__ import annotations

import gc
import zlib
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar

import httpx

from token_conformance.wire.exchange import Request, header
from token_conformance.wire.transports import NoAnswer

MOST_HEADERS = 200
"""Header fields of an answer."""

MOST_HEADER_BYTES = 65_536
"""Bytes of all of them, names and values."""

MOST_COOKIES = 100
"""Cookies that a browser keeps; RFC 6265 §6.1 wants 50 for each domain."""

LONGEST_COOKIE = 4096
"""Bytes of a cookie that it keeps, as RFC 6265 §6.1 wants them at least."""

MOST_KEPT = 40_000_000
"""Bytes that the answers of a run take up in memory, beyond which only small ones are kept."""

MUCH = 3_000_000
"""Bytes of answers after which garbage is looked for; those of a real provider are less in a whole run, as a rule."""

SMALL = 16_384
"""Bytes of an answer that is kept all the same."""

MOST_VALUES = 50_000
"""Values of an answer in JSON; metadata have hundreds."""

VALUE = 64
"""Bytes that a value of JSON takes up when it is read."""

DECODED = frozenset({"gzip", "x-gzip", "deflate"})
"""Encodings that are decoded where a request asks for them (RFC 9110 §8.4.1)."""

PORTION = 65_536
"""Bytes that are decoded at once."""


def check_head(request: Request, answer: httpx.Response) -> None:
    """Refuse an answer by its headers, before anything of its body is read.

    Raises:
        NoAnswer: they are too many or too large, or tell of an encoding that the request did not ask for.

    """
    fields = answer.headers.raw
    if len(fields) > MOST_HEADERS:
        raise NoAnswer(f"the answer has more than {MOST_HEADERS} header fields: {len(fields)}")
    if sum(len(name) + len(value) for name, value in fields) > MOST_HEADER_BYTES:
        raise NoAnswer(f"the header fields of the answer are larger than {MOST_HEADER_BYTES} bytes")
    _check_encoding(request, answer)


def _check_encoding(request: Request, answer: httpx.Response) -> None:
    applied = encodings(answer)
    named = ", ".join(applied)[:100]
    if set(applied) - _asked(request):
        raise NoAnswer(f"the answer is encoded as {named}, which the request did not ask for (RFC 9110 §12.5.3)")
    if len(applied) > 1 or set(applied) - DECODED:
        raise NoAnswer(f"the answer is encoded as {named}, which is not decoded here")


def encodings(answer: httpx.Response) -> list[str]:
    """The encodings of an answer's body, the last one applied last; none where it stands there as it is."""
    named = (each.strip().lower() for each in answer.headers.get("content-encoding", "").split(","))
    return [each for each in named if each not in {"", "identity"}]


class Room:
    """How much memory there is for the answers that the clients of a run get: it keeps all of them to its end."""

    def __init__(self) -> None:
        self._taken = 0
        self._passed = 0

    def make(self, size: int) -> None:
        """Note that so many bytes came, kept or not, and look for garbage where many have: a run begins without that."""
        self._passed += size
        if self._passed > MUCH:
            self._passed = 0
            gc.collect()

    async def body_of(self, answer: httpx.Response, most: int) -> bytes:
        """The body of an answer, as `body_of` reads it, where there is room for it.

        Raises:
            NoAnswer: it is too large, also for what is left; or see `body_of`.

        """
        full = self._taken > MOST_KEPT
        try:
            body = await body_of(answer, min(most, SMALL) if full else most)
        except NoAnswer as problem:
            because = f", and those of this run take up more than {MOST_KEPT // 1_000_000} MB" if full else ""
            raise NoAnswer(f"{problem}{because}") from None
        values = sum(map(body.count, (b"[", b"{", b",")))
        if values > MOST_VALUES:
            raise NoAnswer(f"the answer has more than {MOST_VALUES} values: {values}")
        self._taken += 2 * len(body) + VALUE * values  # the bytes, the text, and what is read from it
        return body


async def body_of(answer: httpx.Response, most: int) -> bytes:
    """The body of an answer, decoded, of which no more is read and decoded than it may have.

    Raises:
        NoAnswer: it is larger than `most` bytes, or is not encoded as it says.

    """
    body = bytearray()
    async for portion in _portions(answer):
        body += portion
        if len(body) > most:
            raise NoAnswer(f"the answer is larger than {most} bytes")
    return bytes(body)


def bound(cookies: CookieJar) -> None:
    """Forget what a browser need not keep: cookies that are too long, and those beyond the most."""
    kept = 0
    for cookie in list(cookies):
        size = len(cookie.name.encode()) + len((cookie.value or "").encode())
        kept += size <= LONGEST_COOKIE
        if size > LONGEST_COOKIE or kept > MOST_COOKIES:
            cookies.clear(cookie.domain, cookie.path, cookie.name)


def _asked(request: Request) -> set[str]:
    """The encodings that a request asks for; none does so by itself."""
    listed = (header(request.headers, "accept-encoding") or "").lower().split(",")
    return {each.partition(";")[0].strip() for each in listed}


async def _portions(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The body bit by bit, each decoding of it made of no more than a portion at once."""
    if not encodings(answer):
        async for chunk in answer.aiter_bytes():
            yield chunk
        return
    decoder, begun = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32), False  # the header tells gzip from zlib
    async for chunk in answer.aiter_raw():
        while chunk and not decoder.eof:
            yield _decoded(decoder, chunk)
            chunk = decoder.unconsumed_tail
        begun = True
    if begun and not decoder.eof:
        raise NoAnswer("the answer is not encoded as it says: it breaks off")


def _decoded(decoder: zlib._Decompress, chunk: bytes) -> bytes:
    try:
        return decoder.decompress(chunk, PORTION)
    except zlib.error as error:
        raise NoAnswer(f"the answer is not encoded as it says: {error}") from None
