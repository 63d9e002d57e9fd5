"""The pages that providers write, good and bad, as the headless browser meets them on its walk."""

import asyncio
from urllib.parse import parse_qsl

import httpx
import pytest

from token_conformance.profile.models import Login
from token_conformance.provider.browsing import LONGEST_WALK, Walk, follow_to_redirect
from token_conformance.verdict import Inconclusive

CALLBACK = "https://app.example/callback"
AUTHORIZE = "https://op.example/authorize?client_id=app"
PASSWORD = "wonderland & more"
LOGIN = Login(username="alice", password=PASSWORD)

LOGIN_FORM = """<form method=post action=/login><input type=hidden name=csrf value=c1>
    <input name=username><input type=password name=password><button>Log in</button></form>"""
CONSENT = """<form method=post action=/consent><button name=decision value=deny>Deny</button>
    <button name=decision value=allow>Allow</button></form>"""


def page(content, status=200, **headers):
    return httpx.Response(status, content=content, headers={"content-type": "text/html", **headers})


def to(location, status=302, **headers):
    return httpx.Response(status, headers={"location": location, **headers})


class Site:
    """A provider made of pages; it remembers what reached it."""

    def __init__(self, **pages):
        self.pages, self.requests = pages, []

    def __call__(self, request):
        assert request.url.host != "app.example", "the redirect_uri was requested"
        self.requests.append(request)
        answer = self.pages.get(request.url.path.strip("/") or "root", httpx.Response(404))
        answer = answer(request) if callable(answer) else answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def sent(self):
        """The fields of the last request."""
        request = self.requests[-1]
        return dict(parse_qsl(request.content.decode() or request.url.query.decode(), keep_blank_values=True))


DONE = to(f"{CALLBACK}?code=c0de&state=s")


@pytest.fixture
def walk(make_wire):
    """Walks through the pages given; gives the answer and the site."""

    def walk(login_=LOGIN, redirect_uri=CALLBACK, start=AUTHORIZE, **pages):
        site = Site(**pages)
        wire = make_wire(site, concurrency=1, requests_per_second=1000)
        answer = asyncio.run(follow_to_redirect(wire, start, Walk(redirect_uri, login_)))
        return answer, site

    return walk


@pytest.fixture
def trouble(walk):
    """The sentence that a walk through the pages given ends with."""

    def trouble(**pages):
        with pytest.raises(Inconclusive) as caught:
            walk(**pages)
        assert PASSWORD not in str(caught.value)
        return str(caught.value)

    return trouble


# Redirects


def test_an_immediate_redirect_is_the_answer(walk):
    """A redirect to the redirect_uri ends the walk, and the redirect_uri is not requested."""
    answer, site = walk(authorize=DONE)
    assert (answer.parameters, answer.mode) == ({"code": "c0de", "state": "s"}, "query")
    assert answer.exchange.status == 302
    assert len(site.requests) == 1


def test_an_error_is_an_answer(walk):
    """A refusal reaches the client like a code does."""
    answer, _ = walk(authorize=to(f"{CALLBACK}?error=access_denied&error_description="))
    assert answer.parameters == {"error": "access_denied", "error_description": ""}


@pytest.mark.parametrize(
    ("tail", "mode", "parameters"),
    [
        ("#code=c&id_token=i", "fragment", {"code": "c", "id_token": "i"}),
        ("#error=access_denied", "fragment", {"error": "access_denied"}),
        ("?code=c#_=_", "query", {"code": "c"}),
        ("?tenant=1#code=c", "fragment", {"code": "c"}),
        ("", "query", {}),
    ],
)
def test_where_the_parameters_are(walk, tail, mode, parameters):
    """Parameters come in the query or in the fragment; a fragment without meaning is no answer."""
    answer, _ = walk(authorize=to(CALLBACK + tail))
    assert (answer.mode, answer.parameters) == (mode, parameters)


@pytest.mark.parametrize("same", ["HTTPS://APP.example/callback?code=c", "https://app.example:443/callback?code=c"])
def test_the_redirect_uri_is_recognised(walk, same):
    """Case of scheme and host and the default port make no difference."""
    assert walk(authorize=to(same))[0].parameters == {"code": "c"}


def test_a_redirect_uri_of_an_app_is_an_answer(walk):
    """A private-use scheme ends the walk too (RFC 8252 §7.1)."""
    answer, _ = walk(authorize=to("com.example.app:/done?code=c"), redirect_uri="com.example.app:/done")
    assert answer.parameters == {"code": "c"}


@pytest.mark.parametrize("location", ["../login?x=1", "/login", "//op.example/login", "https://op.example/login"])
def test_redirects_are_resolved(walk, location):
    """Relative addresses are relative to the page that names them."""
    answer, _ = walk(start="https://op.example/a/authorize", **{"a/authorize": to(location), "login": DONE})
    assert answer.parameters["code"] == "c0de"


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_redirects_after_a_form(walk, status, method):
    """307 and 308 repeat the form, the others are followed by a GET (RFC 9110 §15.4)."""
    _, site = walk(authorize=page(LOGIN_FORM), login=to("/again", status), again=DONE)
    assert site.requests[-1].method == method
    assert (site.sent.get("password") == PASSWORD) == (method == "POST")


def test_cookies_are_kept(walk):
    """What a page sets, the next request carries."""
    _, site = walk(
        authorize=to("/login", **{"set-cookie": "interaction=i1; Path=/; HttpOnly"}), login=page(CONSENT), consent=DONE
    )
    assert [request.headers.get("cookie") for request in site.requests] == [None, "interaction=i1", "interaction=i1"]


def test_a_circle_is_left(trouble):
    """Redirects without end are given up."""
    sentence = trouble(authorize=to("/authorize"))
    assert sentence == f"the authorization did not end within {LONGEST_WALK} requests; the last was to /authorize"


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("ftp://op.example/", "to ftp:"),
        ("other.app:/done?code=c", "to other.app:"),
        ("http://[op.example/", "to an address that is none"),
    ],
)
def test_a_redirect_elsewhere_is_named(trouble, location, where):
    """An address that no browser requests ends the walk."""
    assert (
        trouble(authorize=to(location))
        == f"/authorize redirects {where}, not to the redirect_uri https://app.example/callback"
    )


# The login form


def test_login_and_consent(walk):
    """User name, password and hidden fields are sent, then the button that agrees is pressed."""
    answer, site = walk(
        authorize=to("/login-page"), **{"login-page": page(LOGIN_FORM)}, login=page(CONSENT), consent=DONE
    )
    assert answer.parameters["code"] == "c0de"
    _, _, login, consent = site.requests
    assert dict(parse_qsl(login.content.decode())) == {"csrf": "c1", "username": "alice", "password": PASSWORD}
    assert consent.content == b"decision=allow"
    assert (login.headers["origin"], login.headers["referer"]) == ("https://op.example", "https://op.example/")


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ("<input name=tenant><input name=Email type=EMAIL>", "Email"),
        ("<input name=Input.Username><input name=email>", "Input.Username"),
        ("<input name=x autocomplete='section-a username'><input name=login>", "x"),
        ("<input name=q1>", "q1"),
    ],
)
def test_the_likeliest_field_holds_the_user_name(walk, inputs, field):
    """The field that says so, or is called so, or is the only one."""
    form = f"<form method=post action=login>{inputs}<input type=Password name=secret></form>"
    _, site = walk(authorize=page(form), login=DONE)
    assert site.sent[field] == "alice"
    assert site.sent["secret"] == PASSWORD


def test_the_profile_names_the_fields(walk):
    """username_field and password_field decide, also between two forms."""
    other = "<form method=post action=/other><input name=login><input type=password name=pin></form>"
    form = "<form method=post action=/login><input name=login><input name=n><input type=password name=p></form>"
    named = Login(username="alice", password=PASSWORD, username_field="n", password_field="p")
    _, site = walk(named, authorize=page(other + form), login=DONE)
    assert site.sent == {"login": "", "n": "alice", "p": PASSWORD}


def test_a_registration_beside_the_login_is_left_alone(walk):
    """A form with two passwords registers."""
    registration = "<form method=post action=/register><input name=user><input type=password name=a><input type=password name=b></form>"
    _, site = walk(authorize=page(registration + LOGIN_FORM), login=DONE)
    assert site.requests[-1].url.path == "/login"


def test_user_name_first_then_password(walk):
    """A provider may ask for the two on pages of their own."""
    name = "<form method=post action=/name><input name=identifier type=email><button>Next</button></form>"
    secret = "<form method=post action=/login><input name=identifier type=hidden value=alice><input name=p type=password></form>"
    _, site = walk(authorize=page(name), name=page(secret), login=DONE)
    assert site.requests[1].content == b"identifier=alice"
    assert site.sent == {"identifier": "alice", "p": PASSWORD}


def test_controls_of_a_login_form(walk):
    """Checkboxes stay as they are; disabled fields and idle buttons are not sent; what stands outside belongs to it."""
    form = f"""<form id=f method=post action=/login>
        <input type=checkbox name=stay value=1 checked><input type=checkbox name=news value=1>
        <input name=off value=1 disabled><input type=button name=idle value=1>
        <select name=language><option value=en><option value=nl selected></select><textarea name=note>n</textarea>
        <input name=username><input type=password name=password></form>
        <button form=f name=cancel>Cancel</button><button form=f name=go value=login>Log in</button>
        <input type=hidden form=f name=outside value=o>{CONSENT}"""
    _, site = walk(authorize=page(form), login=DONE)
    assert site.sent == {
        "stay": "1", "language": "nl", "note": "n", "username": "alice", "password": PASSWORD, "outside": "o", "go": "login"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("boxes", "sent"),
    [
        ("<label><input type=checkbox name=confirm> Consent?</label>", {"confirm": "on"}),
        ("<input type=checkbox name=x value=1 id=x><label for=x>I agree</label>", {"x": "1"}),
        ("<input type=checkbox name=scope value=read checked><input type=checkbox name=scope value=write>", {"scope": "write"}),
        ("<input type=checkbox name=terms value=1 required>", {"terms": "1"}),
        ("<label><input type=checkbox name=keep> Remember my consent</label>", {}),
        ("<input type=checkbox name=news value=1><input type=checkbox name=allow value=1 disabled>", {}),
    ],
)  # fmt: skip
def test_boxes_that_agree_are_ticked(walk, boxes, sent):
    """A consent that stands in a box is given by ticking it; boxes of something else stay as they are."""
    form = f"<form method=post action=/consent>{boxes}<button>Submit</button></form>"
    _, site = walk(authorize=page(LOGIN_FORM), login=page(form), consent=DONE)
    assert site.sent == sent


@pytest.mark.parametrize(
    ("head", "action", "path"),
    [
        ("", "", "/tenant/authorize"),
        ("", "action=''", "/tenant/authorize"),
        ("", "action=login", "/tenant/login"),
        ("", "action='?step=2'", "/tenant/authorize"),
        ("<base href=/deep/down/>", "action=login", "/deep/down/login"),
    ],
)
def test_where_a_form_goes(walk, head, action, path):
    """Without an action to its own page; relative to the page, or to its base."""
    form = f"{head}<form method=post {action}><input name=username><input type=password name=password></form>"
    first = {"tenant/authorize": lambda request: DONE if request.content else page(form)}
    _, site = walk(
        start="https://op.example/tenant/authorize", **{**first, "tenant/login": DONE, "deep/down/login": DONE}
    )
    assert site.requests[-1].url.path == path


def test_a_get_form_replaces_the_query(walk):
    """The fields of a GET form are the whole query."""
    form = "<form action='/consent?old=1'><input type=hidden name=id value='a b'><button>Continue</button></form>"
    _, site = walk(authorize=page(form), consent=DONE)
    assert site.requests[-1].url.query == b"id=a+b"


def test_a_form_is_sent_in_the_charset_of_its_page(walk):
    """A password with an umlaut arrives as the page expects it."""
    form = "<form method=post action=/login><input name=user><input type=password name=p><input type=hidden name=h value=é>"
    login = Login(username="alice", password="grün€")
    _, site = walk(
        login, authorize=page(form.encode("latin-1"), **{"content-type": "text/html; charset=ISO-8859-1"}), login=DONE
    )
    assert site.requests[-1].content == b"user=alice&p=gr%FCn%26%238364%3B&h=%E9"


def test_a_login_form_again_is_a_wrong_password(trouble):
    """The sentence says what to check and what the page says, without the password."""
    again = f"<p class=error></p><p role=alert>Not {PASSWORD.replace('&', '&amp;')}, {'x' * 500}</p>{LOGIN_FORM}"
    sentence = trouble(authorize=page(LOGIN_FORM), login=page(again, 401))
    assert sentence.startswith(
        "the provider showed the login form again: check login.username and login.password. It says: Not …, xxx"
    )
    assert len(sentence) < 240


def test_a_login_form_again_with_a_puzzle(trouble):
    """After a refusal, a CAPTCHA or a second factor in the form is named."""
    puzzle = LOGIN_FORM.replace("<button>", "<div class=g-recaptcha></div><input name=otpCode><button>")
    sentence = trouble(authorize=page(LOGIN_FORM), login=page(puzzle))
    assert sentence.endswith("login.password. It asks for a CAPTCHA. It asks for a second factor")


def test_a_profile_without_a_user(trouble):
    """A login form needs a user."""
    assert "the profile has no login.username and login.password" in trouble(login_=Login(), authorize=page(LOGIN_FORM))


@pytest.mark.parametrize("field", ["username_field", "password_field"])
def test_a_field_that_is_not_there(trouble, field):
    """A wrong field name in the profile is said, and nothing is sent."""
    login = LOGIN.model_copy(update={field: "nobody"})
    assert trouble(login_=login, authorize=page(LOGIN_FORM)) == (
        f"the page at /authorize (status 200) has no field 'nobody': check login.{field}"
    )


def test_a_password_does_not_leave_tls(trouble):
    """A form on an https page that goes to http is not sent."""
    form = LOGIN_FORM.replace("/login", "http://op.example/login")
    assert trouble(authorize=page(form)) == "/authorize would send its form to /login without TLS"


# Consent and what else lies on the way


@pytest.mark.parametrize(
    ("buttons", "pressed"),
    [
        ("<button name=b value=no>No, Do Not Allow</button><button name=b value=yes>Yes, Allow</button>", "b=yes"),
        ("<input type=submit name=deny value=Deny><input type=submit name=ok value=Accept>", "ok=Accept"),
        ("<button type=button name=a>Allow</button><button name=b value=1>Go</button>", "b=1"),
        ("<button name=b value=n>Weigeren</button><button name=b value=j>Toestaan</button>", "b=j"),
        ("<button name=btn_cancel>x</button><button name=btn_authorize>y</button>", "btn_authorize="),
        ("<button name=a value=1>Sign out</button><button name=b>Continue</button>", "b="),
        ("<button name=b value=1 disabled>Allow</button><button name=c value=2>Accept</button>", "c=2"),
    ],
)
def test_the_button_that_agrees_is_pressed(walk, buttons, pressed):
    """Never one that refuses, wherever it stands."""
    _, site = walk(authorize=page(f"<form method=post action=/consent>{buttons}</form>"), consent=DONE)
    assert site.requests[-1].content.decode() == pressed


def test_a_button_may_lead_elsewhere(walk):
    """The formaction and formmethod of the pressed button go before the form's."""
    form = "<form action=/deny><button formaction=/consent formmethod=post name=a value=1>Allow</button></form>"
    _, site = walk(authorize=page(form), consent=DONE)
    assert (site.requests[-1].method, site.sent) == ("POST", {"a": "1"})


def test_the_consent_form_among_others(walk):
    """Search, language and logout forms are not consent."""
    logout = "<form method=post action=/logout><button>Log out</button></form>"
    search = "<form action=/search><input name=q><button>Submit</button></form>"
    language = "<form method=post action=/language><button>Deutsch</button></form>"
    _, site = walk(authorize=page(logout + search + language + CONSENT), consent=DONE)
    assert [request.url.path for request in site.requests] == ["/authorize", "/consent"]


def test_a_form_that_a_script_would_send(walk):
    """A form without a button is sent as its script would do it."""
    form = "<body onload='document.forms[0].submit()'><form method=post action=/consent><input type=hidden name=SAML value=x>"
    _, site = walk(authorize=page(form), consent=DONE)
    assert site.sent == {"SAML": "x"}


def test_form_post(walk):
    """The hidden fields of a form to the redirect_uri are the answer, without its button."""
    form = f"<form method=post action='{CALLBACK}'><input type=hidden name=code value=c><input type=hidden name=state value=''>"
    answer, site = walk(authorize=page(f"{form}<button name=go>Continue</button></form><script>go()</script>"))
    assert (answer.mode, answer.parameters) == ("form_post", {"code": "c", "state": ""})
    assert len(site.requests) == 1


def test_meta_refresh(walk):
    """A meta refresh leads on, to a page or to the redirect_uri."""
    first = page("<noscript><META HTTP-EQUIV=Refresh CONTENT=\"0; URL='/next?a=1&amp;b=2'\"></noscript>")
    last = page(f"<meta http-equiv=refresh content='0;url={CALLBACK}?code=c'>")
    answer, site = walk(authorize=first, next=last)
    assert answer.parameters == {"code": "c"}
    assert site.requests[-1].url.query == b"a=1&b=2"


def test_a_late_refresh_is_a_time_out(walk):
    """A page that refreshes after minutes waits for its user."""
    _, site = walk(authorize=page(f"<meta http-equiv=refresh content='300;url=/late'>{CONSENT}"), consent=DONE)
    assert site.requests[-1].url.path == "/consent"


# Where strategy form ends


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
