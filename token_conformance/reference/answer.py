"""What an endpoint is about to answer: a value, so that a fault can be a pure function of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Endpoint = Literal[
    "authorization",
    "device_authorization",
    "token",
    "revocation",
    "introspection",
    "userinfo",
    "resource",
    "metadata",
    "jwks",
]

NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
"""RFC 6749 §5.1."""


@dataclass(frozen=True)
class Answer:
    """An answer before it is rendered.

    `members` is its JSON object, or the parameters of the redirect at the authorization endpoint; `body` takes their
    place where it is given. `reason` says why a request was refused, more finely than the error code does; `form`
    holds the parameters of the request.
    """

    endpoint: Endpoint
    status: int = 200
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    media_type: str = "application/json"
    reason: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    request_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def tokens(self) -> bool:
        """Whether the token endpoint hands over tokens."""
        return self.endpoint == "token" and "access_token" in self.members

    @property
    def refusal(self) -> bool:
        """Whether the token endpoint says no."""
        return self.endpoint == "token" and "error" in self.members

    @property
    def refreshed(self) -> bool:
        """Whether these are the tokens of a refresh."""
        return self.tokens and self.form.get("grant_type") == "refresh_token"

    def saying(self, **members: Any) -> Answer:
        """The same with other or further members."""
        return replace(self, members={**self.members, **members})

    def silent_about(self, *names: str) -> Answer:
        """The same without some members."""
        return replace(self, members={name: value for name, value in self.members.items() if name not in names})

    def headed(self, name: str, value: str) -> Answer:
        """The same with one header replaced or added."""
        return replace(self, headers=(*self.bare_of(name).headers, (name, value)))

    def bare_of(self, *names: str) -> Answer:
        """The same without some headers."""
        unwanted = {name.lower() for name in names}
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() not in unwanted))

    def with_status(self, status: int) -> Answer:
        """The same with another HTTP status."""
        return replace(self, status=status)

    def with_body(self, body: str | bytes, media_type: str | None = None) -> Answer:
        """The same with a body that replaces the members."""
        content = body.encode() if isinstance(body, str) else body
        return replace(self, body=content, media_type=media_type or self.media_type)

    @property
    def content(self) -> bytes:
        """The body as it goes out."""
        return self.body if self.body is not None else json.dumps(self.members).encode()


AnswerChange = Callable[[Answer], Answer]
"""Changes an answer; pure."""
