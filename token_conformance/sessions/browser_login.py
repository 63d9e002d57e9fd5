"""A login in the user's own browser: authorization code with PKCE, whose answer is checked before it is used."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from token_conformance.evidence import jwt_reading
from token_conformance.evidence.login import Authorization, AuthorizationRequest
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider
from token_conformance.provider.addresses import can_be_opened
from token_conformance.redaction import Redactor
from token_conformance.sessions.logging_in import Say, logging_in, session_of, words_of
from token_conformance.sessions.loopback_redirect import RedirectListener, is_loopback, parameters_of
from token_conformance.sessions.problems import LoginError
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import SessionStore
from token_conformance.wire.exchange import Exchange, Request


class Way(Protocol):
    """How the answer comes back from the browser."""

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends it."""
        ...

    async def answer(self, request: AuthorizationRequest) -> Mapping[str, str]:
        """Send the user to the authorization endpoint, and wait for the parameters of the answer.

        Raises:
            LoginError: none came.

        """
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


@dataclass
class ByLoopback:
    """The browser runs on this machine, and is redirected to a port of it (RFC 8252 §7.3)."""

    listener: RedirectListener
    say: Say
    patience: float
    open_browser: bool = True

    @property
    def redirect_uri(self) -> str:
        """The registered one, with the port at which we listen."""
        return self.listener.redirect_uri

    async def answer(self, request: AuthorizationRequest) -> Mapping[str, str]:
        """Open the browser, if there is one, and wait at the port."""
        self.say("To log in, open this address in a browser on this machine:")
        self.say(request.url)
        if self.open_browser and has_browser():
            # Some browsers return when they are closed: nobody waits for them.
            threading.Thread(target=webbrowser.open, args=(request.url,), daemon=True).start()
        self.say(f"Waiting for the answer at {self.redirect_uri} (a browser on another machine needs --paste) …")
        return await self.listener.answer(request.state, self.patience)

    def close(self) -> None:
        """Give the port back."""
        self.listener.close()


@dataclass
class ByPasting:
    """The browser runs anywhere; the user copies the address that it was redirected to."""

    redirect_uri: str
    say: Say
    ask: Callable[[], str]

    async def answer(self, request: AuthorizationRequest) -> Mapping[str, str]:
        """Ask for the address until one comes that can be the answer."""
        self.say("To log in, open this address in any browser:")
        self.say(request.url)
        self.say(f"The browser ends at {self.redirect_uri}, which need not load: copy the whole address from its bar.")
        while True:
            found = parameters_of(self.ask())
            if {"code", "error"} & found.keys():
                return found
            self.say("That address holds neither a code nor an error: copy it whole, with all that follows the ?.")

    def close(self) -> None:
        """Nothing is held."""


def loopback_way(redirect_uri: str, say: Say, patience: float, *, open_browser: bool = True) -> ByLoopback:
    """Listen at the client's redirect_uri.

    Raises:
        LoginError: it does not lead to this machine, or the port is taken.

    """
    if not is_loopback(redirect_uri):
        raise LoginError(
            f"the redirect_uri {redirect_uri} does not lead to this machine: log in with --paste, or register one "
            "such as http://127.0.0.1/callback with the provider"
        )
    return ByLoopback(RedirectListener(redirect_uri), say, patience, open_browser)


def has_browser() -> bool:
    """Whether a browser can be opened that is not one of the terminal, which would take that over."""
    displays = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in {"win32", "darwin", "cygwin"} or any(os.environ.get(name) for name in displays)


async def log_in(store: SessionStore, way: Way) -> StoredSession:
    """Log the user in, and give the session, which the caller stores.

    Raises:
        LoginError: there is no session; the message says why, without any secret.

    """
    redactor = Redactor()
    with closing(way):
        async with logging_in(store.profile, redactor) as provider:
            return await _session(provider, way, store, redactor)


async def _session(provider: Provider, way: Way, store: SessionStore, redactor: Redactor) -> StoredSession:
    grant = provider.profile.grants.authorization_code
    method: Literal["S256", "plain"] = "plain" if grant is not None and grant.pkce == "plain" else "S256"
    request = await provider.authorization_request(
        redirect_uri=way.redirect_uri,
        code_challenge_method=method,
        # What else the profile asks for need not reach a program at a port: a fragment does not.
        parameters={"response_type": "code", "response_mode": ""},
    )
    if not can_be_opened(request.url):
        raise LoginError(f"no browser is sent to the authorization endpoint {request.url}: it is none of http or https")
    answer = await way.answer(request)
    redactor.learn("code", answer.get("code", ""))
    await _check(provider, request, answer)
    response = await provider.exchange_code(_authorization(request, answer))
    if not response.accepted:
        raise LoginError(f"the token endpoint did not exchange the code for tokens: {response}{words_of(response)}")
    _check_nonce(request, response)
    return session_of(store, provider, request.client, request.scope, response)


async def _check(provider: Provider, request: AuthorizationRequest, answer: Mapping[str, str]) -> None:
    """Hold an authorization response against its request (RFC 6749 §4.1.2 and §10.12, RFC 9207 §2.4)."""
    if answer.get("state") != request.state:
        raise LoginError("the answer is not that of this login: its state is another one; log in again")
    await provider.discovery.ask()
    metadata = provider.discovery.metadata
    issuer = provider.profile.server.identifier
    if "iss" not in answer and metadata.get("authorization_response_iss_parameter_supported") is True:
        raise LoginError("the answer lacks iss, which the provider's metadata promise: it may be another provider's")
    if issuer is not None and answer.get("iss", issuer) != issuer:
        raise LoginError(f"the answer comes from another provider: its iss is {answer['iss']}, not {issuer}")
    if "error" in answer:
        described = f" ({answer['error_description']})" if answer.get("error_description") else ""
        denied = "the login was denied at the provider" if answer["error"] == "access_denied" else "the login failed"
        raise LoginError(f"{denied}: {answer['error']}{described}")
    if not answer.get("code"):
        raise LoginError("the answer holds no code")


def _check_nonce(request: AuthorizationRequest, response: TokenResponse) -> None:
    """Hold an ID token against the nonce of its request (OIDC Core §3.1.3.7)."""
    if request.nonce is None or response.id_token is None:
        return
    token = jwt_reading.read(response.id_token)
    if token is None:
        raise LoginError("the ID token is no JWT that can be read, so that its nonce cannot be compared")
    if token.claims.get("nonce") != request.nonce:
        raise LoginError("the ID token is not that of this login: its nonce is another one, or none; log in again")


def _authorization(request: AuthorizationRequest, answer: Mapping[str, str]) -> Authorization:
    """The answer as if a scenario had got it; its exchange is the browser's, which nobody saw."""
    unseen = Exchange(
        "login", 0, Request("GET", request.url), None, datetime.now(UTC), failure="it was made in the user's browser"
    )
    return request.answered(answer, "query", unseen)
