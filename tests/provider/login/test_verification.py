"""The headless browser lets a device in, or says where it ended."""

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from token_conformance.profile.login import Login
from token_conformance.provider.login.verification import Verification, follow_verification
from token_conformance.verdict import Inconclusive

ADDRESS = "https://op.example/device"
LOGIN = Login(username="alice", password="wonderland-0001")
CODE = '<form method="post" action="/code"><input type="hidden" name="csrf" value="1"><input name="user_code"><button>Next</button></form>'
PASSWORD = '<form method="post" action="/login"><input name="user"><input type="password" name="pass"></form>'
DECISION = (
    '<form method="post" action="/decision"><button name="no" formaction="/denial" value="1">Deny</button>'
    '<button name="yes" value="1">Allow</button></form>'
)


@pytest.fixture
def verify(make_wire):
    def verify(handler, decision="approve", address=ADDRESS):
        sent = follow_verification(
            make_wire(handler), address, Verification("", LOGIN, user_code="WDJB-MJHT", decision=decision)
        )
        return asyncio.run(sent)

    return verify


def leading(pages, seen):
    """A server whose addresses lead from one page to the next; keeps what was posted."""

    def handler(request):
        if request.method == "POST":
            form = parse_qs(request.content.decode())
            seen[request.url.path] = {name: values[0] for name, values in form.items()}
        return httpx.Response(200, html=f"<html><body>{pages[request.url.path]}</body></html>")

    return handler


PAGES = {"/device": CODE, "/code": PASSWORD, "/login": DECISION, "/decision": "<p>Done</p>", "/denial": "<p>Done</p>"}


def test_a_device_is_approved(verify):
    """The code, the password and the approval go into their forms."""
    seen = {}
    assert not verify(leading(PAGES, seen)).denied
    assert seen == {
        "/code": {"csrf": "1", "user_code": "WDJB-MJHT"},
        "/login": {"user": "alice", "pass": "wonderland-0001"},
        "/decision": {"yes": "1"},
    }


def test_a_device_is_denied(verify):
    """The button that denies is pressed, and goes where it says."""
    seen = {}
    assert verify(leading(PAGES, seen), "deny").denied
    assert seen["/denial"] == {"no": "1"}
    assert "/decision" not in seen


def test_the_login_may_come_first(verify):
    """Some providers ask who it is before they ask for the code."""
    seen = {}
    pages = {"/device": PASSWORD, "/login": CODE, "/code": DECISION, "/decision": "<p>Done</p>"}
    verify(leading(pages, seen))
    assert list(seen) == ["/login", "/code", "/decision"]


def test_a_page_without_denial_is_gone_through(verify):
    """Where nothing says no, nothing is denied."""
    pages = {**PAGES, "/login": '<form method="post" action="/decision"><button>Connect</button></form>'}
    assert not verify(leading(pages, {}), "deny").denied


def test_a_page_that_asks_for_the_code_again_is_the_last(verify):
    """A code that is not known is not entered for ever."""
    seen = {}
    verify(leading({"/device": CODE, "/code": CODE}, seen))
    assert list(seen) == ["/code"]


@pytest.mark.parametrize(
    ("answer", "address", "sentence"),
    [
        (httpx.Response(200, html="<p>Hello</p>"), ADDRESS, "has no form to log in with"),
        (httpx.Response(404, html="<p>Gone</p>"), ADDRESS, "is an error page"),
        (httpx.Response(302, headers={"Location": ADDRESS}), ADDRESS, "did not end within 15 requests"),
        (httpx.Response(200), "https://[op.example/", "no address that a browser can open"),
        (httpx.Response(200), "javascript:alert(1)", "no address that a browser can open"),
        (httpx.Response(302, headers={"Location": "app://done"}), ADDRESS, "redirects to app:"),
    ],
)
def test_where_the_verification_ends_is_one_sentence(verify, answer, address, sentence):
    """What prevents it is told."""
    with pytest.raises(Inconclusive, match=sentence):
        verify(lambda request: answer, address=address)
