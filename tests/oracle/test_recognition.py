"""What exchanges are recognised as, by their addresses, parameters and answers."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from tests.oracle.histories import profile
from token_conformance.oracle.endpoints import addresses
from token_conformance.oracle.events import (
    Authorization,
    CodeGiven,
    Granted,
    Introspection,
    NoDecision,
    Proof,
    Refused,
    Revocation,
    Served,
    TokenRequest,
    Told,
    Use,
)
from token_conformance.oracle.recognition import recognised
from token_conformance.wire.exchange import Exchange, Request, Response

FORM = ("Content-Type", "application/x-www-form-urlencoded")
BASIC = ("Authorization", f"Basic {b64encode(b'app:s3cret').decode()}")
HOST = "https://op.example"
METADATA = (
    b'{"issuer": "https://op.example", "token_endpoint": "https://op.example/token",'
    b' "authorization_endpoint": "https://op.example/authorize", "userinfo_endpoint": "https://op.example/userinfo",'
    b' "revocation_endpoint": "https://op.example/revoke", "introspection_endpoint": "https://op.example/introspect"}'
)


def exchange(method, path, form=None, headers=(), answer=(200, b"{}", ()), **more):
    body = urlencode(form).encode() if form is not None else b""
    sent = Request(method, HOST + path, (*([FORM] if form is not None else []), *headers), body)
    response = Response(answer[0], tuple(answer[2]), answer[1]) if answer is not None else None
    return Exchange("story", 1, sent, response, datetime(2026, 1, 1, tzinfo=UTC), 0.1, **more)


DISCOVERY = exchange("GET", "/.well-known/openid-configuration", answer=(200, METADATA, ()))


def event_of(one):
    described = profile()
    return recognised(one, described, addresses(described, [DISCOVERY]))


def test_a_refresh_is_recognised_with_its_client():
    """What is presented, by whom, and what comes of it."""
    form = {"grant_type": "refresh_token", "refresh_token": "r", "scope": "openid profile"}
    body = b'{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "refresh_token": "s", "scope": "openid"}'
    event = event_of(exchange("POST", "/token", form, [BASIC], (200, body, ())))
    assert isinstance(event.asked, TokenRequest)
    assert (event.asked.credential, event.asked.scope) == ("r", {"openid", "profile"})
    assert (event.asked.asker.client_id, event.asked.asker.proof) == ("app", Proof.RIGHT)
    assert event.answered == Granted("a", "s", None, "bearer", frozenset({"openid"}), 60)


@pytest.mark.parametrize(
    ("headers", "further", "proof"),
    [
        ([BASIC], {}, Proof.RIGHT),
        ([], {"client_id": "app", "client_secret": "s3cret"}, Proof.RIGHT),
        ([], {"client_id": "app", "client_secret": "wrong"}, Proof.WRONG),
        ([], {"client_id": "app"}, Proof.ABSENT),
        ([BASIC], {"client_id": "second"}, Proof.UNKNOWN),
        ([], {"client_id": "a stranger"}, Proof.UNKNOWN),
        ([("Authorization", "Basic ???")], {}, Proof.UNKNOWN),
    ],
)
def test_what_a_client_shows_is_held_against_the_profile(headers, further, proof):
    """Its secret in the header or in the body, or none."""
    form = {"grant_type": "refresh_token", "refresh_token": "r", **further}
    assert event_of(exchange("POST", "/token", form, headers)).asked.asker.proof is proof


@pytest.mark.parametrize(
    ("one", "peculiar"),
    [
        (exchange("POST", "/token", {"grant_type": "refresh_token", "refresh_token": "r"}), ""),
        (exchange("POST", "/token?a=b", {"grant_type": "refresh_token", "refresh_token": "r"}), "query"),
        (exchange("POST", "/token", {"grant_type": "refresh_token", "refresh_token": "r", "x": "y"}), "belong"),
        (exchange("POST", "/token", {"grant_type": "refresh_token", "refresh_token": ""}), "empty"),
        (exchange("POST", "/token", [("grant_type", "refresh_token"), ("refresh_token", "r")] * 2), "twice"),
        (exchange("GET", "/token"), "GET"),
        (exchange("POST", "/token", {"grant_type": "refresh_token"}, [("Origin", "https://x.example")]), "browser"),
        (exchange("GET", "/userinfo", headers=[("Authorization", "bearer a")]), "the scheme is written as bearer"),
        (exchange("GET", "/userinfo", headers=[("Authorization", "Bearer a")]), ""),
    ],
)
def test_what_is_odd_about_a_request_is_said(one, peculiar):
    """A refusal of it need not concern the token."""
    assert peculiar in event_of(one).asked.peculiar
    assert bool(peculiar) == bool(event_of(one).asked.peculiar)


def test_a_code_is_found_in_redirects_and_pages():
    """With the state by which its request is known."""
    query = urlencode(
        {"client_id": "app", "state": "s", "redirect_uri": "https://app.example/callback", "scope": "openid"}
    )
    asked = event_of(exchange("GET", f"/authorize?{query}", answer=(302, b"", [("Location", "/login")])))
    assert isinstance(asked.asked, Authorization)
    assert (asked.asked.state, asked.answered) == ("s", NoDecision("the user is asked"))
    location = [("Location", "https://app.example/callback?code=c&state=s")]
    assert event_of(exchange("POST", "/consent", answer=(303, b"", location))).answered == CodeGiven("c", "s")
    page = b'<form><input type="hidden" name="code" value="c"/><input type="hidden" name="state" value="s"/></form>'
    assert event_of(exchange("POST", "/consent", answer=(200, page, ()))).answered == CodeGiven("c", "s")


@pytest.mark.parametrize("location", ["https://[", "::::", "?code=c", "#state=s", ""])
def test_odd_locations_hold_no_code(location):
    """Whatever a server sends."""
    assert event_of(exchange("POST", "/consent", answer=(302, b"", [("Location", location)]))) is None


@pytest.mark.parametrize(
    ("one", "asked", "answered"),
    [
        (exchange("POST", "/revoke", {"token": "t"}, [BASIC]), Revocation, Served),
        (exchange("POST", "/introspect", {"token": "t"}, [BASIC], (200, b'{"active": true}', ())), Introspection, Told),
        (
            exchange("POST", "/introspect", {"token": "t"}, [BASIC], (200, b'{"active": 1}', ())),
            Introspection,
            NoDecision,
        ),
        (exchange("GET", "/userinfo", headers=[("Authorization", "Bearer a")], answer=(401, b"", ())), Use, Refused),
        (exchange("GET", "/resource", headers=[("Authorization", "Bearer a")]), Use, Served),
        (exchange("POST", "/token", {"grant_type": "refresh_token"}, answer=(503, b"", ())), TokenRequest, NoDecision),
        (exchange("POST", "/token", {"grant_type": "refresh_token"}, answer=None), TokenRequest, NoDecision),
        (exchange("POST", "/token", {"grant_type": "x"}, answer=(429, b"", ())), TokenRequest, NoDecision),
        (
            exchange("POST", "/token", {"grant_type": "x"}, answer=(400, b'{"error": "invalid_grant"}', ())),
            TokenRequest,
            Refused,
        ),
    ],
)
def test_other_exchanges_are_recognised_by_their_address(one, asked, answered):
    """And by what came of them."""
    event = event_of(one)
    assert isinstance(event.asked, asked)
    assert isinstance(event.answered, answered)


def test_what_concerns_no_token_is_no_event():
    """Metadata, pages, pictures."""
    assert event_of(DISCOVERY) is None
    assert event_of(exchange("GET", "/logo.png")) is None


def test_a_token_request_whose_form_is_not_read_is_no_revocation():
    """Where both have one address, and the media type is in capitals."""
    shared = exchange(
        "GET", "/.well-known/openid-configuration", answer=(200, METADATA.replace(b"/revoke", b"/token"), ())
    )
    described, answer = profile(), b'{"access_token": "a", "token_type": "Bearer", "refresh_token": "s"}'
    capitals = ("Content-Type", FORM[1].upper())
    one = exchange("POST", "/token", headers=[capitals, BASIC], answer=(200, answer, ()))
    event = recognised(one, described, addresses(described, [shared]))
    assert isinstance(event.asked, TokenRequest)
    assert isinstance(event.answered, Granted)
