"""A browser of a recording is told from others by where it is sent, and by its cookies."""

from __future__ import annotations

import pytest

from token_conformance.servers.captured.browser import cookies_of, walked
from token_conformance.wire.exchange import Request, Response


@pytest.fixture
def page(make_exchange):
    """What a browser asked for, and what came."""

    def make(url, *, cookie="", location="", set_cookie=""):
        sent = (("Cookie", cookie),) if cookie else ()
        came = [("Location", location)] * bool(location) + [("Set-Cookie", set_cookie)] * bool(set_cookie)
        return make_exchange(request=Request("GET", url, sent), answer=Response(302 if location else 200, tuple(came)))

    return make


def test_a_browser_goes_where_it_is_sent_and_brings_its_cookies(page):
    """What another one does meanwhile is not its own."""
    ours = [
        page("https://op.example/authorize?x=1", location="/login?y=2"),
        page("https://op.example/login?y=2", set_cookie="csrf=one; Path=/; HttpOnly"),
        page("https://op.example/login", cookie="lang=de; csrf=one", set_cookie="session=two\nother=three; Secure"),
        page("https://op.example/consent", cookie="session=two", location="https://app.example/callback"),
    ]
    others = [
        page("https://op.example/authorize?x=3", location="/login?y=4"),
        page("https://op.example/login?y=4", set_cookie="csrf=four"),
        page("https://op.example/login", cookie="csrf=four", set_cookie="session=five"),
    ]
    assert walked([ours[0], others[0], ours[1], *others[1:], *ours[2:]]) == ours
    assert cookies_of(ours) == {("csrf", "one"), ("lang", "de"), ("session", "two"), ("other", "three")}


def test_a_cookie_that_cannot_be_read_is_none(page):
    """A browser would not have kept it."""
    assert cookies_of([page("https://op.example/", set_cookie="=")]) == set()
