"""A client and a browser at a reference server in this process, whose clock stands still until it is moved."""

from __future__ import annotations

import asyncio
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import httpx
import pytest

from token_conformance.profile.models import Profile
from token_conformance.reference import MovableClock, ReferenceServer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

APP = ("my.app/first", "s3cret:+/%of the app")
SECOND = ("second", "the-second-secret")
SERVICE = ("service", "the-service-secret")

PROFILE: dict[str, Any] = {
    "profile": {"name": "Reference"},
    "server": {"issuer": "https://op.example/id", "resource": "https://op.example/api/things?$top=1"},
    "clients": [
        {"name": "app", "client_id": APP[0], "client_secret": APP[1], "redirect_uri": "https://app.example/callback"},
        {
            "name": "second",
            "client_id": SECOND[0],
            "client_secret": SECOND[1],
            "redirect_uri": "https://second.example/",
        },
        {
            "name": "service",
            "client_id": SERVICE[0],
            "client_secret": SERVICE[1],
            "grant_types": ["client_credentials"],
        },
        {"name": "public", "client_id": "public", "authentication": "none", "redirect_uri": "https://public.example/"},
    ],
    "grants": {
        "authorization_code": {"scope": "openid profile email offline_access"},
        "refresh_token": {},
        "client_credentials": {"client": "service", "scope": "read write"},
        "password": {"scope": "openid profile email offline_access"},
    },
    "login": {"username": "alice", "password": "wonderland"},
}


def credentials(client: tuple[str, str]) -> tuple[str, str]:
    """Id and secret, form-encoded for HTTP Basic (RFC 6749 §2.3.1)."""
    return quote_plus(client[0]), quote_plus(client[1])


def claims(jwt: str) -> dict[str, Any]:
    """What a JWT says, unverified."""
    import json

    part = jwt.split(".")[1]
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Visitor:
    """A client that speaks to the token endpoint, and the browser of its user."""

    def __init__(self, server: ReferenceServer, runner: asyncio.Runner) -> None:
        self.clock = server.clock
        self._runner = runner
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=server.application), base_url="https://op.example"
        )

    def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._http.request(method, url, **options))

    def token(self, client: tuple[str, str] | None = APP, **form: str) -> httpx.Response:
        auth = credentials(client) if client is not None else None
        return self.send("POST", "/id/token", data=form, auth=auth)

    def refresh(self, refresh_token: str, **options: Any) -> httpx.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **options)

    def password(self, **form: str) -> httpx.Response:
        return self.token(grant_type="password", username="alice", password="wonderland", **form)

    def in_parallel(self, count: int, **form: str) -> list[httpx.Response]:
        async def all_at_once() -> list[httpx.Response]:
            requests = (self._http.post("/id/token", data=form, auth=credentials(APP)) for _ in range(count))
            return await asyncio.gather(*requests)

        return self._runner.run(all_at_once())

    def authorize(self, decision: str = "allow", **changes: str) -> httpx.Response:
        """Log in, decide, and give the redirect to the client."""
        query = {
            "response_type": "code",
            "client_id": APP[0],
            "redirect_uri": "https://app.example/callback",
            "scope": "openid profile offline_access",
            "state": "the-state",
            "nonce": "the-nonce",
            **changes,
        }
        answer = self.send("GET", "/id/authorize", params=query)
        while answer.status_code == 303 and answer.headers["location"].startswith("https://op.example"):
            page = self.send("GET", answer.headers["location"])
            form = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page.text)[1]}
            form |= (
                {"decision": decision} if "decision" in page.text else {"username": "alice", "password": "wonderland"}
            )
            answer = self.send("POST", answer.headers["location"], data=form)
        return answer

    def code(self, **changes: str) -> str:
        return answered(self.authorize(**changes))["code"]

    def exchange(self, code: str, **changes: Any) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example/callback"}
        return self.token(**{**form, **changes})

    def resource(self, access_token: str, url: str = "/api/things") -> httpx.Response:
        return self.send("GET", url, headers={"Authorization": f"Bearer {access_token}"})

    def close(self) -> None:
        self._runner.run(self._http.aclose())


def answered(redirect: httpx.Response) -> dict[str, str]:
    """The parameters of a redirect to the client."""
    parts = urlsplit(redirect.headers["location"])
    return dict(parse_qsl(parts.query or parts.fragment))


@pytest.fixture
def make_reference_profile() -> Callable[..., Profile]:
    """The profile of these tests, with any table replaced or extended."""

    def make(**tables: Any) -> Profile:
        return Profile.model_validate({**PROFILE, **tables})

    return make


@pytest.fixture
def visit(make_reference_profile: Callable[..., Profile]) -> Iterator[Callable[..., Visitor]]:
    """Makes a server with faults and variations and gives somebody who visits it."""
    visitors: list[Visitor] = []
    with asyncio.Runner() as runner:

        def make(faults: list[str] | None = None, variations: list[str] | None = None, **tables: Any) -> Visitor:
            clock = MovableClock(lambda: NOON)
            profile = make_reference_profile(**tables)
            server = ReferenceServer(profile, faults=faults or [], variations=variations or [], clock=clock)
            visitors.append(Visitor(server, runner))
            return visitors[-1]

        yield make
        for visitor in visitors:
            visitor.close()
