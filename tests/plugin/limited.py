"""A live provider that allows few token requests, under a clock that stands still until it is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx

from tests.plugin import scripted
from token_conformance.profile.models import Profile
from token_conformance.servers.selection import Choice


@dataclass
class Provider:
    """Token requests within a window are counted; beyond `count` they are refused, with as much said of it as `tells`."""

    count: int = 10
    seconds: int = 900
    tells: str = "nothing"
    present: float = 1_800_000_000.0
    began: float = 0.0
    used: int = 0
    refused: int = 0
    sent: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        form = request.content.decode()
        if self.present >= self.began + self.seconds:
            self.began, self.used = self.present, 0
        self.used += 1
        if self.used > self.count:
            self.refused += 1
            return httpx.Response(429, headers={"Retry-After": str(self.rest)}, json={"error": "too_many_requests"})
        self.sent.append(form)
        if "refuse" in form:
            return httpx.Response(400, headers=self.headers, json={"error": "invalid_grant"})
        return httpx.Response(
            200, headers=self.headers, json={"access_token": "an-access-token", "token_type": "Bearer"}
        )

    @property
    def rest(self) -> int:
        return int(self.began + self.seconds - self.present)

    @property
    def headers(self) -> dict[str, str]:
        if self.tells != "headers":
            return {}
        remaining = str(max(0, self.count - self.used))
        policy = {"RateLimit-Policy": f"{self.count};w={self.seconds}", "RateLimit-Limit": str(self.count)}
        return {**policy, "RateLimit-Remaining": remaining, "RateLimit-Reset": str(self.rest)}


class Connection(scripted.Connection):
    """A connection to it, which costs no time."""

    def __init__(self, provider: Provider, max_wait: float) -> None:
        super().__init__({}, max_wait)
        self.transport = httpx.MockTransport(provider.answer)


class Server:
    """The provider as a run sees it."""

    kind, description, documentation = "live", "limited", False
    variables: ClassVar[dict[str, str]] = {}

    def __init__(self, provider: Provider, max_wait: float) -> None:
        self._provider, self._max_wait = provider, max_wait

    def connect(self, scenario: str) -> Connection:
        return Connection(self._provider, self._max_wait)


PROFILE = {
    "profile": {"name": "Limited"},
    "server": {"token_endpoint": "https://op.example/token"},
    "clients": [{"client_id": "app", "client_secret": "app-secret-value"}],
    "grants": {"client_credentials": {}},
}

WITHOUT_LIMIT = Provider(count=1_000_000)

CURRENT: list[Provider] = [WITHOUT_LIMIT]
"""The provider that answers, which tests put here: suites of tests are modules of their own."""


def selecting(tables: Mapping[str, Any]) -> Callable[..., tuple[str, Profile, Server]]:
    """What takes the place of `servers.selection.select`: the provider of now, with these tables in its profile."""
    limits = {"max_wait": 5, **tables.get("limits", {})}
    profile = Profile.model_validate({**PROFILE, **tables, "limits": limits})

    def select(name: str, choice: Choice, environment: Mapping[str, str]) -> tuple[str, Profile, Server]:
        return name, profile, Server(CURRENT[0], choice.wait or 5)

    return select
