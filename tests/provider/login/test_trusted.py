"""The password goes to hosts that the profile, or a redirect of the authorization endpoint, has named."""

import asyncio

import pytest

from tests.provider.login.site import AUTHORIZE, CALLBACK, DONE, LOGIN, LOGIN_FORM, PASSWORD, Site, page, to
from token_conformance.provider.login.browsing import Walk, follow_to_redirect
from token_conformance.provider.login.shown import BrowserWalk, Shown
from token_conformance.verdict import NoLogin
from token_conformance.wire.exchange import Request, Response

EVIL = LOGIN_FORM.replace("action=/login", "action=https://evil.example/login")
SENTENCE = (
    "/authorize would send the password to evil.example, which neither the profile nor a redirect of the authorization "
    'endpoint names: login.hosts = ["evil.example"] allows it'
)


@pytest.fixture
def follow(make_wire, make_profile):
    """Walks through the pages given with a profile of some changes; gives the site."""

    def follow(*, start=AUTHORIZE, settings=None, server=None, **pages):
        tables = {"server": {"token_endpoint": "https://op.example/token", **(server or {})}}
        profile = make_profile(**tables, login={"username": "alice", "password": PASSWORD, **(settings or {})})
        site = Site(**pages)
        asyncio.run(follow_to_redirect(make_wire(site), start, Walk.of(profile, CALLBACK)))
        return site

    return follow


def got_password(site):
    """The hosts that the password went to."""
    return [request.url.host for request in site.requests if b"wonderland" in request.content + request.url.query]


def test_a_form_that_leads_to_a_stranger_is_not_sent(trouble, walk):
    """The sentence names the host and the setting; an address with a password is as good as a form."""
    assert trouble(authorize=page(EVIL)) == SENTENCE
    assert trouble(authorize=page(EVIL.replace("method=post", "method=get"))) == SENTENCE


def test_another_port_is_a_stranger(trouble):
    """Whoever listens there is not who the profile names."""
    form = LOGIN_FORM.replace("action=/login", "action=https://op.example:8443/login")
    assert "the password to op.example:8443, which" in trouble(authorize=page(form))


@pytest.mark.parametrize(
    "named",
    [
        {"settings": {"hosts": ["Evil.example"]}},
        {"server": {"userinfo_endpoint": "https://evil.example/userinfo"}},
        {"server": {"issuer": "https://evil.example"}},
    ],
    ids=["login.hosts", "an endpoint", "the issuer"],
)
def test_a_host_that_the_profile_names_gets_it(follow, named):
    """By login.hosts, or since something else is there."""
    assert got_password(follow(authorize=page(EVIL), login=DONE, **named)) == ["evil.example"]


def test_the_resource_gets_no_password(follow):
    """An API is named for access tokens."""
    with pytest.raises(NoLogin, match="evil"):
        follow(authorize=page(EVIL), server={"resource": "https://evil.example/api"})


def test_a_host_that_a_redirect_names_gets_it(follow):
    """Many providers log in at a host of its own, to which the authorization endpoint leads."""
    there = to("https://login.example/form")
    form = page(LOGIN_FORM)
    assert got_password(follow(authorize=there, form=form, login=DONE)) == ["login.example"]


def test_a_host_that_a_page_leads_to_gets_none(follow):
    """A page can be anybody's: what it leads to is no redirect of the authorization endpoint."""
    leading = page("<meta http-equiv=refresh content='0;url=https://evil.example/form'>")
    with pytest.raises(NoLogin, match=r"/form would send the password to evil\.example"):
        follow(authorize=leading, form=page(LOGIN_FORM))


@pytest.mark.parametrize("status", [307, 308])
def test_a_form_is_not_repeated_to_a_stranger(follow, status):
    """A redirect that takes the password along names nobody whom it may go to."""
    with pytest.raises(NoLogin, match=r"/login would send the password to evil\.example"):
        follow(authorize=page(LOGIN_FORM), login=to("https://evil.example/again", status))


def test_a_redirect_does_not_take_the_password_along(follow):
    """Nor does one that has it in its address."""
    with pytest.raises(NoLogin, match=r"evil\.example"):
        follow(authorize=page(LOGIN_FORM), login=to("https://evil.example/?p=wonderland%20%26%20more"))


def test_plain_http_has_to_be_allowed(follow):
    """A form of a page that came by http is readable as the page was."""
    server = {"token_endpoint": "https://op.example/token"}
    start, pages = "http://op.example/authorize", {"authorize": page(LOGIN_FORM), "login": DONE}
    with pytest.raises(NoLogin, match=r"by plain http.*server\.allow_http = true"):
        follow(start=start, server=server, **pages)
    assert got_password(follow(start=start, server=server | {"allow_http": True}, **pages)) == ["op.example"]


@pytest.mark.parametrize(
    ("url", "form", "refused"),
    [
        ("https://op.example/authorize", LOGIN_FORM, False),
        ("https://op.example/authorize", EVIL, True),
        ("https://evil.example/authorize", LOGIN_FORM.replace("/login", "https://op.example/login"), True),
    ],
    ids=["its own", "a stranger's form", "a stranger's page"],
)
def test_a_browser_types_no_password_for_a_stranger(make_exchange, url, form, refused):
    """Neither where the form leads there, nor on a page from there, whose scripts read what is typed."""
    html = (
        f"<html><body>{form}".replace("<input name", "<input data-control=1 name")
        .replace("type=password", "data-control=2 type=password")
        .replace("<button>", "<button data-control=3>")
    )
    shown, given = Shown(url, html, 1.0, complete=True), Walk(CALLBACK, LOGIN)
    given.trust(AUTHORIZE)
    exchange = make_exchange(request=Request("GET", url), answer=Response(200))
    if refused:
        with pytest.raises(NoLogin, match=r"password to evil\.example"):
            BrowserWalk.like(given).decide(shown, exchange)
    else:
        typed = BrowserWalk.like(given).decide(shown, exchange).typed
        assert PASSWORD in [value for _, value in typed]
