"""Of what a browser has recorded the provider's part is judged, and no page of an application."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from tests.oracle.histories import CALLBACK, profile
from token_conformance.servers.captured.exchanges import Captured
from token_conformance.servers.captured.neighbours import of_provider, origin_of
from token_conformance.servers.captured.requests import Sent
from token_conformance.wire.exchange import Exchange, Request, Response

HTML = (("Content-Type", "text/html"),)
ASK = f"https://op.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri={CALLBACK}"


def theirs(*told):
    """Which of these exchanges are with the provider, by their places; each is a method, a URL, a status and headers."""
    exchanges = tuple(
        Exchange(
            "recording",
            place,
            Request(method, url, (("Accept", "text/html"),)),
            Response(status, headers, b""),
            started=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=place),
            seconds=0.1,
        )
        for place, (method, url, status, headers) in enumerate(told)
    )
    sent = tuple(Sent.of(each.request.method, each.request.url, httpx.Headers(), b"") for each in exchanges)
    return [each.number for each in of_provider(Captured(exchanges, sent, frozenset()), profile())]


def test_pages_of_the_client_are_not_the_provider_s():
    """Wherever they are: the page that a login ends at is no page of the login."""
    back = (("Location", f"{CALLBACK}?code=c1&state=s1"),)
    found = theirs(
        ("GET", "https://app.example/", 200, HTML),
        ("GET", ASK, 303, (("Location", "https://op.example/login"),)),
        ("GET", "https://op.example/login", 200, HTML),
        ("POST", "https://op.example/login", 303, back),
        ("GET", f"{CALLBACK}?code=c1&state=s1", 200, HTML),
        ("GET", "https://op.example/account", 200, HTML),
        ("POST", "https://op.example/token", 200, ()),
    )
    assert found == [1, 2, 3, 6]


def test_a_login_may_lead_to_another_host():
    """Its pages are the provider's, since a redirect of the provider led there."""
    back = (("Location", f"{CALLBACK}?code=c1&state=s1"),)
    found = theirs(
        ("GET", ASK, 303, (("Location", "https://login.example/"),)),
        ("GET", "https://ads.example/", 200, HTML),
        ("GET", "https://login.example/", 303, back),
    )
    assert found == [0, 2]


def test_preflights_are_the_browser_s():
    """They ask for nothing."""
    assert theirs(("OPTIONS", "https://op.example/token", 200, ()), ("POST", "https://op.example/token", 200, ())) == [
        1
    ]


def test_an_origin_has_a_port():
    """The usual one, where none is named."""
    assert origin_of("https://op.example/a") == origin_of("https://op.example:443/b")
    assert origin_of("http://[") == ("", None, None)
