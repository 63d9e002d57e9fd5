"""How the headless browser follows redirects to the answer."""

import pytest

from tests.provider.login.site import CALLBACK, CONSENT, DONE, LOGIN_FORM, PASSWORD, page, to
from token_conformance.provider.login.browsing import LONGEST_WALK, LedElsewhere


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


def test_another_address_of_a_client_is_not_requested_either(walk):
    """What comes to one that was not asked for is told, with what it brought."""
    asked = "https://unregistered.example/callback"
    with pytest.raises(LedElsewhere, match=r"leads to a client at /callback, not to .*unregistered") as led:
        walk(redirect_uri=asked, others=[CALLBACK], authorize=to(f"{CALLBACK}?error=invalid_request"))
    assert led.value.answer.parameters == {"error": "invalid_request"}


def test_a_form_that_is_sent_on_to_the_redirect_uri_is_read_where_the_answer_is(walk):
    """The query with the code goes before what the browser repeats of the login form."""
    form = LOGIN_FORM.replace("csrf", "state")
    answer, _ = walk(authorize=page(form), login=to(f"{CALLBACK}?code=c", 307))
    assert (answer.mode, answer.parameters) == ("query", {"code": "c"})
