"""A provider made of pages, for the headless browser to walk through."""

from __future__ import annotations

from urllib.parse import parse_qsl

import httpx

from token_conformance.profile.login import Login

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
