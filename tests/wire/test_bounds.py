"""What a server sends has bounds: bytes, decoded bytes, headers, cookies, and the time that it takes."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from dataclasses import replace
from functools import partial
from time import perf_counter

import httpx
import pytest

from token_conformance.servers.live import LiveServer
from token_conformance.verdict import Inconclusive
from token_conformance.wire import bounds
from token_conformance.wire.bounds import (
    LARGEST_REQUEST,
    LONGEST_COOKIE,
    MOST_COOKIES,
    MOST_HEADER_BYTES,
    MOST_HEADERS,
    MOST_VALUES,
    footprint,
)
from token_conformance.wire.exchange import Request, parse_json
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

TOKEN = Request(
    "POST", "https://op.example/token", (("Content-Type", "application/x-www-form-urlencoded"),), b"grant_type=x"
)
ASKING = replace(TOKEN, headers=(*TOKEN.headers, ("Accept-Encoding", "gzip;q=1, deflate")))
ZEROS = gzip.compress(bytes(4_000_000))


class InOnePiece(httpx.AsyncByteStream):
    """A body that has not been read yet, and comes in one piece."""

    def __init__(self, content):
        self._content = content

    async def __aiter__(self):
        yield self._content


def encoded(content, encoding="gzip"):
    """A server whose answers say that they are encoded."""
    return lambda request: httpx.Response(200, headers={"Content-Encoding": encoding}, stream=InOnePiece(content))


def sent(wire, request=TOKEN):
    return asyncio.run(wire.send(request))


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip"])
def test_an_encoding_that_was_not_asked_for_is_refused(make_wire, encoding):
    """In words, and without decoding anything of it."""
    exchange = sent(make_wire(encoded(ZEROS, encoding)))
    named = encoding.lower().removeprefix("identity, ")
    assert exchange.failure == (
        f"the answer is encoded as {named}, which the request did not ask for (RFC 9110 §12.5.3)"
    )


@pytest.mark.parametrize("encoding", ["identity", "", "Identity, identity"])
def test_what_is_not_encoded_is_read(make_wire, encoding):
    """To say so does no harm."""
    assert sent(make_wire(encoded(b"as it is", encoding))).answer.body == b"as it is"


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_what_was_asked_for_is_decoded(make_wire, encoding, encode):
    """All of it, where it keeps within the bounds."""
    request = replace(TOKEN, headers=(*TOKEN.headers, ("Accept-Encoding", encoding)))
    body = bytes(range(256)) * 70
    assert sent(make_wire(encoded(encode(body), encoding)), request).answer.body == body


def test_decoded_bytes_are_counted_while_decoding(make_wire):
    """Four megabytes in four kilobytes are not unpacked where fifty kilobytes may come."""
    wire = make_wire(encoded(ZEROS), response_bytes=50_000)
    tracemalloc.start()
    try:
        exchange = sent(wire, ASKING)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert exchange.failure == "the answer is larger than 50000 bytes"
    assert most < 1_000_000


@pytest.mark.parametrize(
    ("content", "encoding", "sentence"),
    [
        (b"no gzip", "gzip", "the answer is not encoded as it says: "),
        (gzip.compress(b"the whole")[:-9], "gzip", "the answer is not encoded as it says: it breaks off"),
        (ZEROS, "gzip, deflate", "the answer is encoded as gzip, deflate, which is not decoded here"),
    ],
    ids=["no-gzip", "breaks-off", "not-asked-for"],
)
def test_what_cannot_be_decoded_is_told(make_wire, content, encoding, sentence):
    """As an answer that did not come, with the reason."""
    assert sent(make_wire(encoded(content, encoding)), ASKING).failure.startswith(sentence)


def with_headers(*fields):
    return lambda request: httpx.Response(200, headers=list(fields))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([(f"X-{n}", "1") for n in range(MOST_HEADERS + 1)], f"the answer has more than {MOST_HEADERS} header fields"),
        (
            [("X", "a" * MOST_HEADER_BYTES)],
            f"the header fields of the answer are larger than {MOST_HEADER_BYTES} bytes",
        ),
        (
            [("X" * MOST_HEADER_BYTES, "a")],
            f"the header fields of the answer are larger than {MOST_HEADER_BYTES} bytes",
        ),
    ],
)
def test_headers_are_bounded(make_wire, fields, sentence):
    """In their number and in their bytes."""
    assert sent(make_wire(with_headers(*fields))).failure.startswith(sentence)


def test_as_many_headers_as_real_servers_send_are_fine(make_wire):
    """A hundred of usual length."""
    fields = [(f"X-{n}", "a" * 200) for n in range(100)]
    assert sent(make_wire(with_headers(*fields))).answer.status == 200


def browsed(wire, times=1):
    async def browse():
        for _ in range(times):
            await wire.browse(TOKEN)

    asyncio.run(browse())
    return list(wire.cookies)


def test_cookies_are_bounded(make_wire):
    """However many answers bring them, and however long they are."""
    number = iter(range(1000))
    wire = make_wire(
        lambda request: httpx.Response(200, headers=[("Set-Cookie", f"c{next(number)}=1") for _ in range(60)])
    )
    assert len(browsed(wire, times=3)) == MOST_COOKIES


def test_a_cookie_that_is_too_long_is_not_kept(make_wire):
    """Others beside it are (RFC 6265 §6.1)."""
    fields = [("Set-Cookie", f"long={'a' * LONGEST_COOKIE}"), ("Set-Cookie", f"fits={'a' * (LONGEST_COOKIE - 4)}")]
    assert [cookie.name for cookie in browsed(make_wire(with_headers(*fields)))] == ["fits"]


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "], ids=["body", "headers"])
def test_a_request_never_lasts_longer_than_its_time_out(make_profile, head):
    """A server that sends a byte now and then does not keep it alive."""

    async def drip(reader, writer, ended):
        writer.write(head)
        while not writer.is_closing():
            writer.write(b"a")
            await asyncio.sleep(0.02)
        ended.set()

    async def send():
        ended = asyncio.Event()
        async with await asyncio.start_server(partial(drip, ended=ended), "127.0.0.1", 0) as server:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
            profile = make_profile(server={"token_endpoint": address}, limits={"request_timeout": 0.3})
            wire = Wire("slow", LiveServer(profile).connect("slow"), profile.limits, Pace(profile.limits))
            began = perf_counter()
            exchange = await wire.send(replace(TOKEN, url=address))
            taken = perf_counter() - began
            await wire.close()
            await ended.wait()
            return exchange, taken

    exchange, taken = asyncio.run(send())
    assert exchange.failure == "no answer within 0.3 s"
    assert taken < 1.5


def received(wire, requests, browse=False):
    """What came of requests one after the other, by two wires in turn: the lengths of bodies, or why there was none."""

    async def send():
        wires = [wire, replace(wire, exchanges=[])]
        return [await (wires[n % 2].browse if browse else wires[n % 2].send)(TOKEN) for n in range(requests)]

    exchanges = asyncio.run(send())
    return [len(each.answer.body) if each.answer is not None else each.failure for each in exchanges]


@pytest.fixture
def little_room(monkeypatch):
    """Has a run keep a hundred kilobytes."""
    monkeypatch.setattr(bounds, "MOST_KEPT", 100_000)
    monkeypatch.setattr(bounds, "SMALL", 1000)


def saying(body):
    return lambda request: httpx.Response(200, content=body)


@pytest.mark.usefixtures("little_room")
def test_a_run_keeps_so_much_and_no_more(make_wire):
    """Large answers are kept until the room is taken; all wires of the run share it."""
    wire, full = (
        make_wire(saying(b"[" + b"x" * 29_999)),
        "the answer is larger than 1000 bytes, and those of this run take up",
    )
    first, second, third, fourth = received(wire, 4)
    assert (first, second) == (30_000, 30_000)
    assert third.startswith(full)
    assert fourth.startswith(full)


@pytest.mark.usefixtures("little_room")
def test_small_answers_are_kept_all_the_same(make_wire):
    """What a real provider says to a client is small."""
    wire = make_wire(lambda request: httpx.Response(200, content=next(bodies)))
    bodies = iter([b"[" + b"x" * 59_999, *[b"y" * 900] * 3])
    assert received(wire, 4) == [60_000, 900, 900, 900]


@pytest.mark.usefixtures("little_room")
def test_pages_take_up_no_room(make_wire):
    """They are read and done with; many are large."""
    assert received(make_wire(saying(b"[" + b"x" * 29_999)), 6, browse=True) == [30_000] * 6


def test_what_is_read_from_json_counts(make_wire, monkeypatch):
    """A list of a thousand lists takes up more than its two thousand characters."""
    monkeypatch.setattr(bounds, "MOST_KEPT", 100_000)
    wire = make_wire(saying(b"[" + b",".join([b"[]"] * 1000) + b"]"))
    assert received(wire, 2) == [3001, 3001]
    assert wire.room._taken > 200_000


def test_the_values_of_an_answer_are_bounded(make_wire):
    """However short they are: each takes up memory when it is read."""
    wire = make_wire(saying(b"[" + b"," * MOST_VALUES + b"]"))
    (failure,) = received(wire, 1)
    assert failure == f"the answer has more than {MOST_VALUES} values: {MOST_VALUES + 1}"


def test_what_a_provider_hands_over_is_presented_up_to_a_bound(make_wire):
    """A token of that size is none that a server takes back, and each request would hold it once more."""
    wire = make_wire(saying(b"{}"))
    assert sent(wire, replace(TOKEN, body=b"token=" + b"a" * 65_536)).answer is not None
    bearer = (("Authorization", "Bearer " + "a" * LARGEST_REQUEST),)
    for large in (replace(TOKEN, body=b"a" * LARGEST_REQUEST), replace(TOKEN, method="GET", headers=bearer, body=b"")):
        with pytest.raises(
            Inconclusive, match=r"/token was not sent: it would repeat what the provider has handed over"
        ):
            sent(wire, large)
    assert len(wire.exchanges) == 1
    assert wire.room.refused == 0


@pytest.mark.usefixtures("little_room")
def test_requests_and_headers_take_up_room_too(make_wire):
    """Where it is taken, large ones are refused, and counted."""
    wire = make_wire(lambda request: httpx.Response(200, headers={"X-Long": "a" * 2000}))

    async def send():
        first, second = [await wire.send(each) for each in (replace(TOKEN, body=b"a" * 49_000), TOKEN)]
        with pytest.raises(Inconclusive, match="no more than 1,000 are sent, and those of this run take up more than"):
            await wire.send(replace(TOKEN, body=b"a" * 2000))
        return first, second

    first, second = asyncio.run(send())
    assert first.answer is not None
    assert second.failure.startswith("the header fields of the answer are larger than 1000 bytes, and those of")
    assert wire.room.refused == 2


@pytest.mark.parametrize(
    "value", [{"a": "b"}, "a" * 50, [], 2**60, {"é": 1}, {"a": {"b": {}}}, "\N{GRINNING FACE}" + "a" * 50]
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_answer_takes_up_more_than_was_reckoned(value, ascii_only):
    """As it came, and as it is read."""
    body = json.dumps([value] * 3000, ensure_ascii=ascii_only).encode()
    tracemalloc.start()
    try:
        held = [bytes(bytearray(body)), parse_json(body)]
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(held) == 2
    assert taken <= footprint(body)
