"""`[login]` of the profile: how a user's first tokens are obtained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from token_conformance.profile.fields import HostName
from token_conformance.profile.table import Table

STORED_ELSEWHERE = "the-refresh-token-of-a-made-up-session"
"""What stands for the stored session of a user where the reference server takes the provider's place."""

_NEEDS = {
    "form": ("username", "password"),
    "browser": ("username", "password"),
    "password": ("username", "password"),
    "refresh_token": ("refresh_token",),
}

_BY_ITSELF = frozenset({"form", "browser", "password"})
"""The strategies by which a run logs in as often as it takes, and as whom it likes."""


class User(Table):
    """`[[login.users]]`: a further user, so that what may end every token of one need not wait for the others."""

    username: str
    password: str


class Login(Table):
    """`[login]`: how a user's first tokens are obtained, and those of further users."""

    strategy: Literal["form", "browser", "interactive", "device", "password", "refresh_token"] = "form"
    username: str | None = None
    password: str | None = None
    username_field: str | None = None
    password_field: str | None = None
    hosts: list[HostName] = []
    username_selector: str | None = None
    password_selector: str | None = None
    submit_selector: str | None = None
    consent_selector: str | None = None
    refresh_token: str | None = None
    users: list[User] = []

    @property
    def of_each_user(self) -> tuple[Login, ...]:
        """How each user logs in: the one of `[login]`, and then the further ones, all in the same way, beside all others."""
        everybody = (User(username=self.username or "", password=self.password or ""), *self.users)
        others = (
            {
                "username": user.username,
                "password": user.password,
                "users": [each for each in everybody if each != user],
            }
            for user in self.users
        )
        return (self, *(self.model_copy(update=other) for other in others))

    @property
    def stored(self) -> bool:
        """Whether live runs start from the session that `token-conformance login` has stored."""
        return self.strategy in {"interactive", "device"}

    @property
    def seeded(self) -> bool:
        """Whether a run cannot log in by itself: it starts from one refresh token, and has no other session."""
        return self.stored or self.strategy == "refresh_token"

    @property
    def seed(self) -> str | None:
        """The refresh token that a run starts from where the provider is none: that of the profile, or a made-up one."""
        return self.refresh_token or (STORED_ELSEWHERE if self.stored else None)

    @property
    def lacks(self) -> Iterator[str]:
        """What a login of this strategy needs, and is not there, in sentences."""
        missing = [field for field in _NEEDS.get(self.strategy, ()) if not getattr(self, field)]
        if missing:
            yield f'login: expected {" and ".join(missing)} for strategy = "{self.strategy}"; add to [login]'

    @property
    def mistaken_users(self) -> Iterator[str]:
        """What is wrong with the further users, in sentences."""
        if self.users and self.strategy not in _BY_ITSELF:
            yield f'login.users: expected strategy "form", "browser" or "password" beside it, not "{self.strategy}"'
        names = [each.username for each in self.of_each_user]
        twice = sorted({name for name in names if name is not None and names.count(name) > 1})
        yield from (f'login.users: expected different users, not "{name}" twice' for name in twice)
