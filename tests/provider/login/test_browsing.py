"""The headless browser walks from an authorization request to its answer, or says where it ended."""

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from token_conformance.profile.login import Login
from token_conformance.provider.login.browsing import Walk, follow_to_redirect
from token_conformance.verdict import Inconclusive

REDIRECT_URI = "https://app.example/callback"
LOGIN = Login(username="alice", password="wonderland-0001")
ANSWER = httpx.Response(302, headers={"Location": f"{REDIRECT_URI}?code=c&state=s"})


def form_of(request):
    return {name: values[0] for name, values in parse_qs(request.content.decode(), keep_blank_values=True).items()}


@pytest.fixture
def walk(make_wire):
    def walk(handler, login=LOGIN):
        wire = make_wire(handler)
        url = "https://op.example/authorize?client_id=app"
        return asyncio.run(follow_to_redirect(wire, url, Walk(REDIRECT_URI, login)))

    return walk


def page(html, status=200):
    return httpx.Response(status, html=f"<html><head><title>A page</title></head><body>{html}</body></html>")


def test_a_direct_answer_is_read_from_the_query(walk):
    """A redirect to the redirect_uri ends the walk."""
    answer = walk(lambda request: ANSWER)
    assert (answer.parameters, answer.mode) == ({"code": "c", "state": "s"}, "query")


def test_an_answer_in_the_fragment_is_read(walk):
    """The hybrid flow answers in the fragment."""
    location = f"{REDIRECT_URI}#code=c&id_token=i"
    answer = walk(lambda request: httpx.Response(303, headers={"Location": location}))
    assert (answer.parameters, answer.mode) == ({"code": "c", "id_token": "i"}, "fragment")


def test_an_answer_in_a_form_is_read(walk):
    """A form whose action is the redirect_uri is the answer."""
    html = f'<form method="post" action="{REDIRECT_URI}"><input type="hidden" name="code" value="c"></form>'
    answer = walk(lambda request: page(html))
    assert (answer.parameters, answer.mode) == ({"code": "c"}, "form_post")


def test_login_and_consent_are_filled_in(walk):
    """Name and password go into their fields, hidden fields go along, and the button that agrees is pressed."""
    seen = []
    login = '<form method="post" action="/login"><input type="hidden" name="csrf" value="1"><input name="user"><input type="password" name="pass"><button>Sign in</button></form>'
    consent = '<form method="post" action="/consent"><button name="decision" value="deny">Deny</button><button name="decision" value="allow">Allow</button></form>'

    def handler(request):
        if request.method == "GET":
            return page(login)
        seen.append(form_of(request))
        return page(consent) if request.url.path == "/login" else ANSWER

    assert walk(handler).parameters["code"] == "c"
    assert seen == [{"csrf": "1", "user": "alice", "pass": "wonderland-0001"}, {"decision": "allow"}]


def test_a_page_that_asks_for_the_name_alone_is_filled_in(walk):
    """The first of two login pages, and providers without passwords, get the name."""
    seen = []

    def handler(request):
        if request.method == "GET":
            return page('<form method="post"><input name="sub"><button>Authorize</button></form>')
        seen.append(form_of(request))
        return ANSWER

    walk(handler)
    assert seen == [{"sub": "alice"}]


def test_an_error_is_an_answer(walk):
    """What the provider tells the client is not judged here."""
    location = f"{REDIRECT_URI}?error=access_denied"
    assert walk(lambda request: httpx.Response(302, headers={"Location": location})).parameters == {
        "error": "access_denied"
    }


LOGIN_FORM = (
    '<form method="post"><input name="user"><input type="password" name="pass"></form><p class="error">Wrong!</p>'
)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (page(LOGIN_FORM), r"showed the login form again: check login\.username and login\.password\. It says: Wrong!"),
        (page("<p>Hello</p>"), r"the page at /authorize \(status 200, titled 'A page'\) has no form to log in with"),
        (page("<script>app()</script>"), "is made by scripts"),
        (page("<p>no such client</p>", 400), r"\(status 400, titled 'A page'\) is an error page"),
        (page('<form><input name="otp_code"></form>'), "second factor"),
        (httpx.Response(302, headers={"Location": "/authorize"}), "did not end within 15 requests"),
        (httpx.Response(302, headers={"Location": "otherapp://callback?code=c"}), "redirects to otherapp:"),
        (httpx.Response(200, content=b""), "has no form to log in with"),
        (httpx.Response(200, content=b"\xff\xfe<form"), "has no form to log in with"),
    ],
)
def test_where_the_walk_ends_is_one_sentence(walk, answer, sentence):
    """What prevents a login is told, and the password is not."""
    with pytest.raises(Inconclusive, match=sentence) as raised:
        walk(lambda request: answer)
    assert "wonderland" not in str(raised.value)
