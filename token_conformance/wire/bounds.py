"""How large an answer may be: what a server sends fills no memory of ours, and lasts no longer than it may."""

from __future__ import annotations

import gc
import zlib
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar

import httpx

from token_conformance.verdict import Inconclusive
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

MOST_KEPT = 20_000_000
"""Bytes that the exchanges of a run take up in memory, beyond which only small ones are kept."""

MUCH = 3_000_000
"""Bytes of answers after which garbage is looked for; those of a real provider are less in a whole run, as a rule."""

SMALL = 16_384
"""Bytes of a request, of the header fields of an answer, and of its body, that are kept all the same."""

LARGEST_REQUEST = 200_000
"""Bytes of a request; a larger one would present what a server has handed over, and does not take back itself."""

MOST_VALUES = 50_000
"""Values of an answer in JSON; metadata have hundreds."""

VALUE, OBJECT = 64, 200
"""Bytes that a value of JSON takes up when it is read, and an object beyond that."""

WIDEST = 4
"""Bytes of a character in memory, where any of its string is beyond Latin-1."""

PAGE = 40_000
"""Bytes that are kept of a page at most; see `kept`."""

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
    """How much memory there is for the exchanges of the clients and browsers of a run, which are kept to its end.

    `refused` says how many requests and answers found none any more.
    """

    def __init__(self) -> None:
        self.refused = 0
        self._taken = 0
        self._passed = 0

    @property
    def is_full(self) -> bool:
        """Whether there is room for what is small alone."""
        return self._taken > MOST_KEPT

    def make(self, size: int) -> None:
        """Note that so many bytes came, kept or not, and look for garbage where many have: a run begins without that."""
        self._passed += size
        if self._passed > MUCH:
            self._passed = 0
            gc.collect()

    def admit(self, request: Request) -> None:
        """Ask whether a request may be sent, and kept.

        Raises:
            Inconclusive: it is too large, also for what is left.

        """
        size, most = size_of(request), SMALL if self.is_full else LARGEST_REQUEST
        if size > most:
            self.refused += self.is_full
            raise Inconclusive(
                f"{request.method} {request.path} was not sent: it would repeat what the provider has handed over, and "
                f"have {size:,} bytes, of which no more than {most:,} are sent{self._because}"
            )
        self._taken += 2 * size  # as it is sent, and as it is read

    def check_head(self, answer: httpx.Response) -> None:
        """Note the header fields of an answer.

        Raises:
            NoAnswer: they are too large for what is left.

        """
        size = sum(len(name) + len(value) for name, value in answer.headers.raw)
        if self.is_full and size > SMALL:
            self.refused += 1
            raise NoAnswer(f"the header fields of the answer are larger than {SMALL} bytes{self._because}")
        self._taken += size

    async def page_of(self, answer: httpx.Response, most: int) -> bytes:
        """The body of a page, as `body_of` reads it; it is read and done with, and no more than its beginning is kept."""
        body = await body_of(answer, most)
        self._taken += min(len(body), PAGE)
        return body

    async def body_of(self, answer: httpx.Response, most: int) -> bytes:
        """The body of an answer, as `body_of` reads it, where there is room for it and what is read from it.

        Raises:
            NoAnswer: it is too large, also for what is left; or see `body_of`.

        """
        full, because = self.is_full, self._because
        try:
            body = await body_of(answer, min(most, SMALL) if full else most)
        except NoAnswer as problem:
            self.refused += full
            raise NoAnswer(f"{problem}{because}") from None
        values = values_in(body)
        if values > MOST_VALUES:
            raise NoAnswer(f"the answer has more than {MOST_VALUES} values: {values}")
        self._taken += footprint(body)
        return body

    @property
    def _because(self) -> str:
        return f", and those of this run take up more than {MOST_KEPT // 1_000_000} MB" if self.is_full else ""


def size_of(request: Request) -> int:
    """Bytes of a request: its address, its header fields and its body."""
    return len(request.url) + sum(len(name) + len(value) for name, value in request.headers) + len(request.body)


def values_in(body: bytes) -> int:
    """How many values a text in JSON holds, or a few more."""
    return sum(map(body.count, (b"[", b"{", b",")))


def footprint(body: bytes) -> int:
    """Bytes that a body takes up in memory, with what is read from it if it is JSON, or a few more."""
    character = 1 if body.isascii() and b"\\u" not in body else WIDEST
    return len(body) * (1 + character) + VALUE * values_in(body) + OBJECT * body.count(b"{")


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
