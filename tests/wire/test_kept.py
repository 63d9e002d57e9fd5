"""What is kept of long answers: JSON whole up to a megabyte, twenty kilobytes of anything else, with a note."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from token_conformance.redaction import Redactor
from token_conformance.wire.exchange import Request
from token_conformance.wire.kept import MOST_OF_JSON, MOST_OF_OTHERS, kept

PAGE = Request("GET", "https://op.example/login", (("Accept", "text/html"),))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a": "' + b"x" * 900_000 + b'"}', "application/json"),
        (b" [" + b'"x",' * 10_000 + b"1]", "text/plain"),
        (b"x" * MOST_OF_OTHERS, "text/html"),
    ],
)
def test_json_and_what_is_short_is_kept_whole(make_exchange, body, kind):
    """Whatever the server calls it."""
    exchange = make_exchange(body, headers=[("Content-Type", kind)])
    assert kept(exchange) is exchange


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/octet-stream"])
def test_what_is_no_json_is_cut_with_a_note(make_exchange, kind):
    """The note says where, and how much there was."""
    answer = kept(make_exchange(b"x" * 345_678, headers=[("Content-Type", kind)])).answer
    assert (len(answer.body), answer.cut) == (20_000, "cut after 20,000 of 345,678 bytes")


@pytest.mark.parametrize(("form", "cut"), [(b"grant_type=refresh_token", ""), (b"user=alice", "cut after 20,000")])
def test_a_token_request_gets_no_page(make_exchange, form, cut):
    """Its error is judged as a whole, though the request says that it takes pages as a browser does."""
    headers = (("Accept", "text/html"), ("Content-Type", "application/x-www-form-urlencoded"))
    asked = replace(
        make_exchange(b'{"error": "' + b"x" * 40_000 + b'"}'),
        request=Request("POST", "https://op.example/token", headers, form),
    )
    assert kept(asked).answer.cut.startswith(cut)
    assert (kept(asked) is asked) == (not cut)


def test_json_beyond_a_megabyte_is_cut(make_exchange):
    """A profile may let more in."""
    answer = kept(make_exchange(b"[" + b"1," * MOST_OF_JSON)).answer
    assert (len(answer.body), answer.cut) == (1_000_000, "cut after 1,000,000 of 2,000,001 bytes")


def test_fields_behind_the_cut_are_kept(make_exchange):
    """A token that a form sends on stays a secret, wherever in the page it stood."""
    page = b"<p>" + b"x" * 50_000 + b'<input type="hidden" name="csrf" value="c5f1e77ab309"></p>'
    answer = kept(make_exchange(page, headers=[("Content-Type", "text/html")])).answer
    assert answer.body.endswith(b'\n<input type="hidden" name="csrf" value="c5f1e77ab309">')
    assert answer.cut == "cut after 20,000 of 50,061 bytes, its other fields follow"


def test_the_note_is_in_the_report(make_exchange):
    """Behind what the report shows of the body, which is less."""
    exchange = kept(make_exchange(b"x" * 345_678, headers=[("Content-Type", "text/html")]))
    shown = str(Redactor().exchange(exchange))
    assert shown.endswith("< (cut after 20,000 of 345,678 bytes)")
    assert len(shown) < 5000


def test_a_walk_goes_on_by_the_whole_page(make_wire):
    """The browser reads all of it; what is recorded is its beginning."""
    wire = make_wire(lambda request: httpx.Response(200, html="<p>" + "x" * 50_000 + "</p>"))
    exchange = asyncio.run(wire.browse(PAGE))
    (recorded,) = wire.exchanges
    assert (len(exchange.response.body), len(recorded.response.body)) == (50_007, MOST_OF_OTHERS)
    assert recorded.id == exchange.id


def test_a_client_has_no_more_than_what_is_recorded(make_wire):
    """What checks read of its answers is what evidence holds."""
    wire = make_wire(lambda request: httpx.Response(500, html="x" * 50_000))
    assert asyncio.run(wire.send(PAGE)) is wire.exchanges[0]
