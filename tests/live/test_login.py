"""The headless browser logs in at a provider that nobody of this project wrote."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from token_conformance.profile.loading import load
from token_conformance.provider.authorizing import code_challenge
from token_conformance.provider.login.browsing import Walk, follow_to_redirect
from token_conformance.servers.live import LiveServer
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

pytestmark = pytest.mark.node

CALLBACK = "https://app.example/callback"
VERIFIER = "a-code-verifier-of-at-least-43-characters-0123456789"


@pytest.fixture(scope="module")
def profile(start, tmp_path_factory):
    """A profile of a provider with rotation."""
    return load(start(rotate=True).profile(tmp_path_factory.mktemp("login")), {})


@pytest.fixture
def visit(profile):
    """Gives a function of a wire what it needs, and closes the wire."""

    def visit(journey):
        async def go():
            wire = Wire("login", LiveServer(profile).connect("login"), profile.limits, Pace(profile.limits))
            try:
                return await journey(wire)
            finally:
                await wire.close()

        return asyncio.run(go())

    return visit


@pytest.fixture
def authorize(profile):
    """Walks from an authorization request to its answer."""

    async def authorize(wire, **changes):
        parameters = {
            "response_type": "code",
            "client_id": "app",
            "redirect_uri": CALLBACK,
            "scope": "openid offline_access",
            "prompt": "consent",
            "state": "a-state",
            "code_challenge": code_challenge(VERIFIER, "S256"),
            "code_challenge_method": "S256",
            **changes,
        }
        url = f"{profile.server.issuer}/auth?{urlencode(parameters)}"
        return await follow_to_redirect(wire, url, Walk(CALLBACK, profile.login))

    return authorize


def token_request(profile, **form):
    """A token request of the client `app` (RFC 6749 §2.3.1)."""
    proof = b64encode(f"app:{profile.main.client_secret}".encode()).decode()
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", f"Basic {proof}"))
    return Request("POST", f"{profile.server.issuer}/token", headers, urlencode(form).encode())


def test_a_login_ends_in_tokens(profile, visit, authorize):
    """The code of a login is exchanged, and the refresh token of it rotates."""

    async def journey(wire):
        answer = await authorize(wire)
        code = {"code": answer.parameters["code"], "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        tokens = await wire.send(token_request(profile, grant_type="authorization_code", **code))
        refresh_token = tokens.members["refresh_token"]
        return (
            answer,
            tokens,
            await wire.send(token_request(profile, grant_type="refresh_token", refresh_token=refresh_token)),
        )

    answer, tokens, refreshed = visit(journey)
    assert (answer.mode, answer.parameters["state"]) == ("query", "a-state")
    assert (tokens.status, refreshed.status) == (200, 200)
    assert {"access_token", "refresh_token", "id_token"} <= tokens.members.keys()
    assert refreshed.members["refresh_token"] != tokens.members["refresh_token"]


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_every_response_mode_is_read(visit, authorize, mode):
    """A code arrives in the mode that was asked for."""
    answer = visit(lambda wire: authorize(wire, response_mode=mode))
    assert (answer.mode, answer.parameters["state"]) == (mode, "a-state")
    assert answer.parameters["code"]


def test_the_second_login_asks_for_no_password(visit, authorize):
    """The cookies of a wire are a session: only consent is asked for again."""

    async def journey(wire):
        await authorize(wire)
        before = len(wire.exchanges)
        await authorize(wire)
        return wire.exchanges[before:]

    sent = [name for exchange in visit(journey) for name, _ in exchange.request.form]
    assert "prompt" in sent
    assert "password" not in sent


def test_an_error_that_reaches_the_client_is_an_answer(visit, authorize):
    """Without a session, prompt=none is refused at the redirect_uri (OIDC Core §3.1.2.6)."""
    answer = visit(lambda wire: authorize(wire, prompt="none", scope="openid"))
    assert answer.parameters["error"] == "login_required"


def test_an_error_page_is_repeated(visit, authorize):
    """An unknown client is said on a page of the provider, and in the message."""
    with pytest.raises(Inconclusive, match=r"the page at /auth \(status 400, titled '.*'\) says invalid_client: "):
        visit(lambda wire: authorize(wire, client_id="nobody"))
