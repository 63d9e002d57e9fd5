"""Answers that no HTTP client likes, or that never end."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from random import Random

from tests.hostile.answer import Answer, Honest, Spoilt

NO_HTTP = (
    b"220 mail.example ESMTP\r\n",
    b"SSH-2.0-Example\r\n",
    b"HTTP/0.9 200 OK\r\n\r\n",
    b"HTTP/2.0 200 OK\r\n\r\n",
    b"HTTP/1.1 OK\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n continued: a\r\n\r\n",
    b"HTTP/1.1 200 OK\nX: a\n\n{}",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"<html>hello</html>",
    b"{}",
    b"\r\n" * 2000,
)

ENCODINGS = ("br", "zstd", "gzip", "gzip, gzip", "identity", "identity, deflate", "compress", "a" * 3000, ",", "é")


def encodings(random: Random, said: Honest) -> Answer:
    """What is not encoded as it says, and a few kilobytes that would be some megabytes."""
    if random.random() < 0.5:
        return said.with_fields(("Content-Encoding", random.choice(ENCODINGS)))
    size = random.choice((10_000, 1_000_000, 8_000_000))
    name, body = random.choice((("gzip", gzip.compress(bytes(size))), ("deflate", zlib.compress(b"[" * size))))
    return replace(said.with_fields(("Content-Encoding", name)), body=body)


def framing(random: Random, said: Honest) -> Answer:
    """Where the body ends, told wrongly by its length or in its chunks."""
    return random.choice((_lengths, _chunks))(random, said)


def _lengths(random: Random, said: Honest) -> Answer:
    length = len(said.answer.body)
    lengths = random.choice(
        (["-1"], ["0"], [str(length + 50)], [str(max(length - 5, 0))], ["1", "2"], ["a"], ["9" * 30])
    )
    spoilt = replace(said.answer, framed=False)
    return replace(spoilt, fields=(*spoilt.fields, *(("Content-Length", each) for each in lengths)))


def _chunks(random: Random, said: Honest) -> Answer:
    body = said.answer.body[:500]
    chunks = (
        b"zz\r\n" + body,
        b"-5\r\n" + body,
        b"%x\r\n%b\r\n" % (len(body) + 9, body),
        b"%x;a=%b\r\n%b\r\n0\r\n\r\n" % (len(body), b"b" * 5000, body),
        b"1\r\n{\r\n" * 3000 + b"0\r\n\r\n",
        b"0\r\nX-Trailer: a\r\n\r\n",
        b"f" * 300 + b"\r\n",
    )
    spoilt = replace(said.answer, body=random.choice(chunks), framed=False)
    return replace(spoilt, fields=(*spoilt.fields, ("Transfer-Encoding", random.choice(("chunked", "chunked, gzip")))))


def no_http(random: Random, said: Honest) -> Spoilt:
    return Spoilt(random.choice(NO_HTTP) if random.random() < 0.8 else random.randbytes(300))


def breaks_off(random: Random, said: Honest) -> Spoilt:
    sent = said.answer.written()
    return Spoilt(sent[: random.choice((0, 5, random.randrange(len(sent)), len(sent) - 1))])


def never_ends(random: Random, said: Honest) -> Spoilt:
    """Nothing comes, or a byte now and then: in the headers, or in a body that is as long as one likes."""
    endless = replace(said.answer, framed=False, body=b"").written()
    return Spoilt(random.choice((b"", endless[:-4], endless)), random.choice(("says nothing", "drips")))
