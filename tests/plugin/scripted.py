"""Providers that always answer the same, as a run of pytest inside a test selects them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import httpx

from token_conformance.profile.models import Profile
from token_conformance.servers.live import RealClock
from token_conformance.servers.selection import Choice
from token_conformance.wire.exchange import Exchange

Selected = tuple[str, Profile, Any]


class Connection:
    """A connection whose tokens are always the same, to a server that refuses, or puts off, what holds the word."""

    def __init__(self, answers: Mapping[str, object], max_wait: float) -> None:
        self.clock = RealClock(max_wait)
        self.transport = httpx.MockTransport(self.answer)
        self._answers = answers

    def answer(self, request: httpx.Request) -> httpx.Response:
        if "refuse" in request.content.decode():
            return httpx.Response(400, json={"error": "invalid_grant"})
        if "later" in request.content.decode():
            return httpx.Response(429, json={"error": "too_many_requests"})
        return httpx.Response(200, json=self._answers)

    def draw(self, kind: str) -> str:
        return secrets.token_urlsafe(32)

    def told(self, exchange: Exchange) -> Exchange:
        return exchange

    async def close(self) -> None:
        return None


class Server:
    """A server that gives every scenario such a connection."""

    kind, description, documentation = "emulated", "scripted", False
    variables: ClassVar[dict[str, str]] = {}

    def __init__(self, answers: Mapping[str, object], max_wait: float) -> None:
        self._answers, self._max_wait = answers, max_wait

    def connect(self, scenario: str) -> Connection:
        return Connection(self._answers, self._max_wait)


def selecting(answers: Mapping[str, object], tables: Mapping[str, object]) -> Callable[..., Selected]:
    """What takes the place of `servers.selection.select`: any name is a profile, with these tables."""
    usual = {
        "profile": {"name": "Example"},
        "server": {"token_endpoint": "https://op.example/token"},
        "clients": [{"client_id": "app", "client_secret": "app-secret-value"}],
        "grants": {"client_credentials": {}},
    }
    profile = Profile.model_validate(usual | dict(tables))

    def select(name: str, choice: Choice, environment: Mapping[str, str]) -> Selected:
        return name, profile, Server(answers, choice.wait or 0)

    return select
