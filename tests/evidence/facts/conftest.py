"""Token requests and their answers, written down as a run would have seen them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import NOON
from token_conformance.evidence.facts.observed import Observed
from token_conformance.wire.exchange import Exchange, Request, Response

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
BASIC = ("Authorization", "Basic YXBwOnNlY3JldA==")


def jwt(header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A JWT that nobody has signed."""
    parts = (header or {"alg": "RS256"}, claims, {})
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)


class Story:
    """What happened at a server, told from its beginning; each request comes some seconds after it."""

    def __init__(self, scenario: str = "story") -> None:
        self.scenario = scenario
        self.exchanges: list[Exchange] = []

    def send(
        self, at: float, request: Request, status: int, members: dict[str, Any], *headers: tuple[str, str]
    ) -> Exchange:
        """A request at a time, and its answer a tenth of a second later."""
        answer = Response(status, (JSON, *headers), json.dumps(members).encode())
        exchange = Exchange(
            self.scenario, len(self.exchanges) + 1, request, answer, NOON + timedelta(seconds=at), seconds=0.1
        )
        self.exchanges.append(exchange)
        return exchange

    def token(
        self, at: float, parameters: dict[str, str], status: int = 200, *headers: tuple[str, str], **members: Any
    ) -> Exchange:
        """A token request of the usual client, and its answer."""
        sent = [header for header in headers if header[0] == "Authorization"] or [BASIC]
        came = [header for header in headers if header[0] != "Authorization"]
        request = Request("POST", "https://op.example/token", (FORM, *sent), urlencode(parameters).encode())
        return self.send(at, request, status, members, *came)

    def login(self, at: float, refresh_token: str | None = "r1", **members: Any) -> Exchange:
        """A login with a code."""
        tokens = {"access_token": f"a-of-{refresh_token}", "token_type": "Bearer", **members}
        handed = {"refresh_token": refresh_token} if refresh_token is not None else {}
        return self.token(at, {"grant_type": "authorization_code", "code": f"c{at}"}, **{**tokens, **handed})

    def refresh(self, at: float, token: str, handed: str | None, *headers: Any, scope: str = "", **members: Any) -> Any:
        """A refresh that hands over a token, or one that is refused where that is None."""
        parameters = {"grant_type": "refresh_token", "refresh_token": token} | ({"scope": scope} if scope else {})
        if handed is None:
            return self.token(at, parameters, 400, *headers, **{"error": "invalid_grant", **members})
        tokens = {"access_token": f"a-of-{handed}-{at}", "token_type": "Bearer", "refresh_token": handed}
        return self.token(at, parameters, 200, *headers, **{**tokens, **members})

    def resource(self, at: float, access_token: str, status: int = 200, *headers: tuple[str, str]) -> Exchange:
        """A use of an access token, and the headers of the answer."""
        request = Request("GET", "https://op.example/resource", (("Authorization", f"Bearer {access_token}"),))
        return self.send(at, request, status, {}, *headers)

    def introspect(self, at: float, token: str, **members: Any) -> Exchange:
        """What introspection tells of a token."""
        request = Request("POST", "https://op.example/introspect", (FORM, BASIC), urlencode({"token": token}).encode())
        return self.send(at, request, 200, members)

    @property
    def observed(self) -> Observed:
        """The story as facts are read from it."""
        return Observed(tuple(self.exchanges))


@pytest.fixture
def story() -> Story:
    """A story that has not begun."""
    return Story()


@pytest.fixture
def make_story() -> Callable[..., Story]:
    """Stories of other scenarios."""
    return Story
