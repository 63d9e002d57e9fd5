"""What is masked in a recording is not known, and what is not masked is."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from tests.oracle.histories import profile
from token_conformance.servers.captured.masks import is_mask, unmasked
from token_conformance.wire.exchange import Exchange, Request, Response

TOKEN = "https://op.example/token"


def basic(client_id, secret):
    """The header by which a client authenticates."""
    return ("Authorization", "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode())


UNSECURED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."
"""A JWT of which nobody has cut a signature off (RFC 7519 §6)."""

RIGHT = basic("app", "s3cret")


def exchange(form=(), *, authorization=RIGHT, status=200, members=(), headers=()):
    """A token request with its answer."""
    sent = (("Content-Type", "application/x-www-form-urlencoded"), *((authorization,) if authorization else ()))
    request = Request("POST", TOKEN, sent, urlencode(dict(form)).encode())
    answer = Response(status, headers, json.dumps(dict(members)).encode())
    return Exchange("recording", 1, request, answer, started=datetime(2026, 1, 1, tzinfo=UTC), seconds=0.1)


def lacking(*exchanges):
    """What is not known of each."""
    return [each.undocumented for each in unmasked(exchanges, profile())]


@pytest.mark.parametrize(
    "value",
    [
        "***",
        "xxxxxxxx",
        "[REDACTED]",
        "<redacted>",
        "REDACTED",
        "[Filtered]",
        "eyJh...Qz",
        "eyJh…",
        "••••",
        "{{secret}}",
        "${ACCESS_TOKEN}",
        "[40 characters]",
        "<token>",
        "REFRESH_TOKEN",
        "00000000000000000000000000000000",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.redacted",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.",
        "eyJhbGciOiJSUzI1NiJ9.***.c2lnbmF0dXJl",
    ],
)
def test_a_mask_is_known(value):
    """People and tools write them in many ways."""
    assert is_mask(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "s3cret",
        "a-code",
        "rt.1.x-_~",
        "secretary",
        "0123456789abcdef",
        "a.b.c",
        "my-secret-1",
        "secret",
        "Bearer",
        '{"to": "/"}',
        '["a"]',
        "00000000-0000-4000-8000-000000000000",
        UNSECURED,
    ],
)
def test_a_value_is_no_mask(value):
    """However short it is."""
    assert not is_mask(value)


@pytest.mark.parametrize(
    ("found", "parts"),
    [
        (exchange({"refresh_token": "abc123"}, members={"access_token": "def456"}), set()),
        (exchange({"refresh_token": "***"}), {"request"}),
        (exchange({"scope": "***"}), set()),
        (exchange(members={"access_token": "[REDACTED]"}), {"body"}),
        (exchange(status=303, headers=(("Location", "https://app.example/callback?code=***"),)), {"headers"}),
        (exchange(authorization=("Authorization", "[REDACTED]")), {"authorization"}),
        (exchange(authorization=("Authorization", "Basic ***")), {"authorization"}),
        (exchange(authorization=("Authorization", "Bearer ***")), {"authorization"}),
        (exchange(authorization=("Authorization", "Basic 5f4dcc3b5aa765d61d8327deb882cf99")), {"authorization"}),
        (exchange(authorization=basic("app", "***")), {"authorization"}),
        (exchange(authorization=None), set()),
        (exchange(members={"sub": "***", "picture": "***"}), {"body"}),
        (exchange(members={"picture": "***"}), set()),
        (exchange(status=303, headers=(("Location", "[REDACTED]"),)), {"headers"}),
        (exchange(status=401, headers=(("WWW-Authenticate", "Basic ***"),)), {"headers"}),
        (exchange(status=401, headers=(("WWW-Authenticate", 'Basic realm="op"'),)), set()),
    ],
)
def test_what_is_masked_is_not_known(found, parts):
    """And the rest of the exchange is."""
    assert lacking(found) == [parts]


def test_a_secret_that_is_wrong_once_is_a_wrong_secret():
    """Beside the right one."""
    assert lacking(exchange(), exchange(authorization=basic("app", "wr0ng"))) == [set(), set()]


def test_a_secret_that_is_always_another_one_is_not_known():
    """It is hashed, or the profile has another one: nobody can say what a server took it for."""
    hashed = exchange(authorization=basic("app", "9f86d081884c7d65"))
    of_another = exchange({"client_id": "second", "client_secret": "an0ther"}, authorization=None)
    assert lacking(hashed, hashed, of_another) == [{"authorization"}, {"authorization"}, set()]


def test_a_profile_knows_its_secrets_whatever_they_look_like():
    """A secret of stars is found where it is sent."""
    odd = profile()
    client = odd.clients[0].model_copy(update={"client_secret": "xxxxxxxx"})
    (found,) = unmasked(
        [exchange(authorization=basic("app", "xxxxxxxx"))], odd.model_copy(update={"clients": (client,)})
    )
    assert found.undocumented == frozenset()


def test_one_word_for_all_is_a_mask():
    """No value is a code and a token; a refresh token that is not rotated is itself all the same."""
    code = exchange({"code": "word", "refresh_token": "of-its-own"}, members={"access_token": "word"})
    again = exchange({"refresh_token": "of-its-own"}, members={"refresh_token": "of-its-own", "access_token": "new"})
    assert lacking(code, again) == [{"request", "body"}, set()]


def test_tokens_that_are_empty_and_presented_all_the_same_were_taken_out():
    """A server that really hands out none is told by that nobody presents any."""
    empty = exchange({"code": "a-code"}, members={"access_token": None})
    presented = exchange({"refresh_token": "rt-1"}, members={"access_token": ""})
    assert lacking(empty, presented) == [{"body"}, {"body"}]
    assert lacking(empty, empty) == [set(), set()]
    whole = exchange({"refresh_token": "rt-2"}, members={"access_token": "at-1"})
    assert lacking(empty, whole) == [set(), set()]
