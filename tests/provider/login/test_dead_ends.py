"""Pages at which the strategy `form` ends, each told in one sentence."""

import asyncio

import httpx
import pytest

from tests.provider.login.site import AUTHORIZE, CALLBACK, DONE, LOGIN, LOGIN_FORM, Site, page, to
from token_conformance.provider.login.browsing import Walk, follow_to_redirect


def test_no_form(trouble):
    """The sentence names path, status and title."""
    assert trouble(authorize=page("<title>Welcome\n to  us</title><p>Hello")) == (
        "the page at /authorize (status 200, titled 'Welcome to us') has no form to log in with"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page("<h1>oops</h1><pre>error: invalid_client</pre><pre>error_description: unknown client</pre>", 400),
         "(status 400, titled 'oops') says invalid_client: unknown client"),
        (httpx.Response(400, json={"error": "invalid_request", "error_description": "no scope"}),
         "(status 400) says invalid_request: no scope"),
        (page("<p>Sorry: unsupported_response_type", 200), "(status 200) says unsupported_response_type"),
        (page("<p class=alert>Down for repair</p>", 503), "(status 503) is an error page. It says: Down for repair"),
        (page("", 500), "(status 500) is an error page"),
        (page("", 200), "(status 200) has no form to log in with"),
    ],
)  # fmt: skip
def test_error_pages(trouble, answer, said):
    """An error that never reaches the client is repeated from the page."""
    assert trouble(authorize=answer) == f"the page at /authorize {said}"


def test_no_answer_at_all(trouble):
    """A connection that breaks is said by the exchange."""

    def broken(request):
        raise httpx.ConnectError("refused")

    assert trouble(authorize=broken).startswith("no answer to GET /authorize: no connection to op.example")


@pytest.mark.parametrize("field", ["otp", "code", "totpCode", "one-time-password", "mfa_token", "verificationCode"])
def test_a_second_factor_is_named(trouble, field):
    """A one-time code is nothing that a profile holds."""
    form = f"<form method=post action=/mfa><input name={field}><button>Continue</button></form>"
    sentence = trouble(authorize=page(LOGIN_FORM), login=page(form))
    assert sentence == "the page at /login (status 200) asks for a second factor: strategy form has none to give"


@pytest.mark.parametrize(
    "content",
    [
        "<form method=post action=/x><div class=h-captcha></div><button>Continue</button></form>",
        "<p>Please solve the reCAPTCHA</p><script src=/challenge.js></script>",
    ],
)
def test_a_captcha_is_named(trouble, content):
    """A puzzle for people is nothing that the browser solves."""
    assert trouble(authorize=page(content)).endswith("asks for a CAPTCHA: strategy form cannot solve it")


def test_names_that_only_look_like_a_second_factor(walk):
    """A footprint is no OTP, and a hidden code is no question."""
    form = "<form method=post action=/ok><input type=hidden name=code value=1><input type=checkbox name=footprint><button>Allow"
    assert walk(authorize=page(form), ok=DONE)[0].parameters["code"] == "c0de"


def test_a_page_of_scripts(trouble):
    """What only scripts make needs a browser."""
    sentence = trouble(authorize=page("<title>App</title><div id=root></div><script src=/app.js></script>"))
    assert sentence.endswith(
        "titled 'App') is made by scripts and needs a browser: login.strategy = \"browser\" leads one"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe\x00", b"<!-- only -->", b"<?php ?>", b"%PDF-1.7 \xe2\xe3", b"<" * 5000, b"<div>" * 20000, b"[" * 9999,
        b"<form action='http://[x' method=post><button>Continue", b"<form method=dialog action=:::><button>OK",
        b"<meta http-equiv=refresh content='0;url=http://[x'>", b"<meta charset=rot13><p>x", b"<meta charset=nonsense>",
        b"<meta http-equiv=refresh content='99999999999999;url=/x'>", b"<base href='http://[x'><form><button>Go",
        b"<form id=a form=a><form form=a id=b><button form=b>Go", b"<input form=f><form id=f action='javascript:x'><button>OK",
    ],
)  # fmt: skip
def test_broken_pages_are_one_sentence(trouble, content):
    """Whatever comes, the walk ends in a sentence and never in a traceback."""
    assert trouble(authorize=page(content))


def test_a_broken_page_with_a_login_form_is_used(walk):
    """Unclosed and misplaced elements, an XML declaration and stray bytes do not hide a form."""
    body = b"<?xml version='1.0' encoding='UTF-8'?><html><body>\xff\x00<table><tr><td>" + LOGIN_FORM.encode()[:-7]
    assert walk(authorize=page(body), login=DONE)[1].sent["username"] == "alice"


def test_a_huge_page_is_read_quickly(walk):
    """Nine hundred kilobytes before the form do no harm."""
    assert walk(authorize=page("<p>text</p>" * 80_000 + LOGIN_FORM), login=DONE)[0].parameters["code"] == "c0de"


def test_a_page_beyond_the_limit_is_said(trouble):
    """limits.response_bytes holds for pages too."""
    assert "larger than" in trouble(authorize=page("x" * 1_100_000))


def test_a_second_walk_finds_the_user_logged_in(make_wire):
    """The wire keeps the cookies: single sign-on within a scenario, until they are forgotten."""

    def authorize(request):
        return DONE if "session=1" in request.headers.get("cookie", "") else page(LOGIN_FORM)

    site = Site(authorize=authorize, login=to("/authorize", **{"set-cookie": "session=1; Path=/"}))
    wire = make_wire(site)

    async def thrice():
        for _ in range(2):
            await follow_to_redirect(wire, AUTHORIZE, Walk(CALLBACK, LOGIN))
        wire.forget_cookies()
        await follow_to_redirect(wire, AUTHORIZE, Walk(CALLBACK, LOGIN))

    asyncio.run(thrice())
    assert [request.url.path for request in site.requests].count("/login") == 2
