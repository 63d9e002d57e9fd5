"""The pages that providers write, good and bad, as the headless browser meets them on its walk."""

from urllib.parse import parse_qsl

import pytest

from tests.provider.login.site import CALLBACK, CONSENT, DONE, LOGIN, LOGIN_FORM, PASSWORD, page, to
from token_conformance.profile.login import Login
from token_conformance.provider.login.pages import Page


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


def test_what_a_page_loads():
    """Scripts, styles, pictures and frames, from where the page lies; what lies in the page itself has no address."""
    loaded = (
        b"<script src=//cdn.example/a.js></script><script>1</script><img src=b.png><link rel='stylesheet' href=/c.css>"
    )
    assert Page(
        "https://op.example/login/", loaded + b"<link rel=help href=d><iframe src=https://e.example/>"
    ).loads == [
        "https://cdn.example/a.js",
        "https://op.example/login/b.png",
        "https://op.example/c.css",
        "https://e.example/",
    ]


def test_what_the_styles_of_a_page_load():
    """What a style imports or names by url() is loaded as well."""
    styled = (
        b"<style>@import url(https://fonts.example/f.css); @import 'g.css'; p { color: red }</style>"
        b"<p style=\"background: url('//cdn.example/b.png')\">"
    )
    assert Page("https://op.example/login/", styled).loads == [
        "https://fonts.example/f.css",
        "https://op.example/login/g.css",
        "https://cdn.example/b.png",
    ]


@pytest.mark.parametrize(
    ("body", "nowhere"),
    [
        ("<h1>An error has occurred</h1><pre>Missing required parameter</pre>", True),
        ("<link rel=stylesheet href=/style.css><p>Sorry", True),
        ("", False),
        ("<p>Welcome back. <a href=/go-on>Go on</a>", False),
        ("<p>Sign in<form method=post></form>", False),
        ("<p>Please wait<script src=/app.js></script>", False),
        ("<p>Allow?<button>Yes</button>", False),
    ],
)
def test_a_page_that_leads_nowhere(body, nowhere):
    """It says something, and there is nothing to press, to follow, or to be run."""
    assert Page("https://op.example/authorize", body.encode()).leads_nowhere is nowhere
