"""How clients get in at a live server: by the way that works, and no further where none does."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from starlette.requests import Request

from tests.live.pages import run
from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

SERVICE = """
[profile]
name = "Services"
[server]
issuer = "{issuer}"
[[clients]]
name = "service"
client_id = "service-client"
client_secret = "the service+s / secret%"
authentication = "client_secret_post"
[grants.client_credentials]
scope = "read write"
[limits]
max_wait = 2
"""

USER = """
[profile]
name = "Users"
[server]
issuer = "{issuer}"
[[clients]]
name = "app"
client_id = "my.app/first"
client_secret = "s3cret:+/%of the app"
redirect_uri = "https://app.example/callback"
[grants.password]
scope = "profile offline_access"
[grants.refresh_token]
[login]
strategy = "password"
username = "alice.example"
password = "correct horse battery"
[limits]
max_wait = 2
"""

BOTH = USER.replace("[grants.password]", '[grants.client_credentials]\nscope = "read"\n[grants.password]')
AS_REGISTERED = 'redirect_uri = "https://app.example/callback"\ngrant_types = ["password", "refresh_token"]'


class Watched:
    """An ASGI application whose token requests are noted."""

    def __init__(self, application):
        self._application = application
        self.forms = []

    async def __call__(self, scope, receive, send):
        if (scope["method"], scope["path"]) != ("POST", "/token"):
            return await self._application(scope, receive, send)
        body = await Request(scope, receive).body()
        self.forms.append({name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()})

        async def again():
            return {"type": "http.request", "body": body}

        return await self._application(scope, again, send)


@pytest.fixture
def ended(tmp_path):
    """Runs the tool with a profile at a server that knows another one; gives the end of the run, and what was asked."""

    def ended(text, *checks, known=None, faults=()):
        server, profile = LoopbackServer(), tmp_path / "reference.toml"
        profile.write_text((known or text).format(issuer=server.base_url))
        application = Watched(ReferenceServer(load(profile, {}), faults=faults).application)
        profile.write_text(text.format(issuer=server.base_url))
        with server.serving(application):
            return run(profile, *checks), application.forms

    return ended


def test_a_service_with_a_wrong_secret_is_the_trouble_of_the_run(ended):
    """Where there is no other grant, nothing is red: the exit status is 4, and one sentence says why."""
    run, forms = ended(SERVICE.replace("the service+s", "another"), known=SERVICE)
    (line,) = run.errors
    assert 'the token endpoint refuses client "service", 400 invalid_client' in line
    assert run.status == 4, run.said
    assert not {"fail", "warning", "error"} & set(run.verdicts.values()), run.said
    assert [form.get("client_secret") for form in forms].count("another / secret%") == 1
    assert "another / secret%" not in run.written


def test_a_user_with_a_wrong_password_is_asked_for_once(ended):
    """A provider that locks accounts has nothing to lock."""
    run, forms = ended(USER.replace("battery", "wagon"), known=USER)
    (line,) = run.errors
    assert "the token endpoint refuses the user, 400 invalid_grant" in line
    assert run.status == 4, run.said
    assert [form["password"] for form in forms if "password" in form] == ["correct horse wagon"]


def test_a_grant_that_is_not_the_client_s_is_said_once(ended):
    """Its client is let in; the checks that need the grant say so, and the others are judged by another one."""
    checks = ("-k", "service_gets or wrong_secret_is_refused or basic or refresh_yields or right_password")
    run, forms = ended(
        BOTH, *checks, known=BOTH.replace('redirect_uri = "https://app.example/callback"', AS_REGISTERED)
    )
    told = [line for line in run.said.splitlines() if line.startswith("NOTICED")]
    assert sum('client "app" is let in, and may not use client_credentials' in line for line in told) == 1, run.said
    assert run.verdicts["service_gets_a_token"] == "inconclusive"
    assert run.verdicts["wrong_secret_is_refused"] == "pass"
    assert run.verdicts["basic_is_form_decoded"] == "pass"
    assert run.status == 0, run.said
    assert [form.get("grant_type") for form in forms].count("client_credentials") == 1


def test_a_server_that_does_not_decode_costs_one_verdict(ended):
    """The run goes on by the way that it found, and says so."""
    checks = ("-k", "wrong_secret_is_refused or basic or refresh_yields or right_password")
    run, _ = ended(USER, *checks, faults=["basic-raw"])
    assert 'NOTICED  client "app": client_secret_basic works only with id and secret as they are' in run.said
    red = {name: verdict for name, verdict in run.verdicts.items() if verdict in {"fail", "warning", "error"}}
    assert red == {"basic_is_form_decoded": "fail"}
    assert run.verdicts["refresh_yields_an_access_token"] == "pass"
