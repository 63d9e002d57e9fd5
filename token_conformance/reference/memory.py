"""What one server remembers: users' grants, codes and tokens."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from token_conformance.reference.documented import User


@dataclass(eq=False)
class Family:
    """All tokens that stem from one authorization of a user (RFC 9700 §4.14.2), and what was granted in it.

    `refusals` counts what was refused with its tokens, by what was wrong; `deeds` is what was done with them, where a server is careless about that. `confirmed` is the newest generation of whose tokens one was used. `certificate` is the thumbprint of that to which the refresh tokens of a public client are bound (RFC 8705 §4),
    `thumbprint` that of a key (RFC 9449 §5).
    """

    client_id: str
    user: User
    scope: str
    auth_time: int
    nonce: str | None = None
    asked: str | None = None
    resources: tuple[str, ...] = ()
    session: str = field(default_factory=lambda: secrets.token_hex(8))
    refreshable: bool = True
    revoked: bool = False
    confirmed: int = 0
    last_id_token: str | None = None
    last_access_token: AccessToken | None = None
    certificate: str | None = None
    thumbprint: str | None = None
    acr: str | None = None
    refusals: Counter[str] = field(default_factory=Counter)
    deeds: list[frozenset[str]] = field(default_factory=list)


@dataclass(eq=False)
class Code:
    """An authorization code (RFC 6749 §4.1.2), with the accessors that Authlib asks for."""

    value: str
    family: Family
    redirect_uri: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    expires: float
    used: bool = False
    thumbprint: str | None = None

    def get_redirect_uri(self) -> str | None:
        """The redirect_uri of the authorization request, where it had one."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The scope that was granted."""
        return self.family.scope


@dataclass(eq=False)
class AccessToken:
    """An access token that was issued, and the thumbprint of the certificate that it is bound to; times in seconds since 1970.

    `generation` is that of the refresh token beside it. A `claimless` one opens no claims of the user but sub.
    """

    value: str
    client_id: str
    scope: str
    issued: int
    expires: int
    family: Family | None = None
    revoked: bool = False
    certificate: str | None = None
    audience: tuple[str, ...] = ()
    thumbprint: str | None = None
    spared: bool = False
    generation: int = 1
    claimless: bool = False

    def confirm(self) -> None:
        """Note that it was used."""
        if self.family is not None:
            self.family.confirmed = max(self.family.confirmed, self.generation)

    @property
    def dead(self) -> bool:
        """Whether it was revoked, or all of its family and it was not spared."""
        return self.revoked or (self.family is not None and self.family.revoked and not self.spared)


@dataclass(eq=False)
class RefreshToken:
    """A refresh token that was issued; times in seconds since 1970."""

    value: str
    family: Family
    scope: str
    issued: int
    expires: int
    generation: int = 1
    used: float | None = None
    revoked: bool = False
    failed: bool = False

    @property
    def client_id(self) -> str:
        """The client that it is bound to."""
        return self.family.client_id

    @property
    def dead(self) -> bool:
        """Whether it, or all of its family, was revoked."""
        return self.revoked or self.family.revoked

    def check_client(self, client: object) -> bool:
        """Whether it was issued to that client, as Authlib asks."""
        return getattr(client, "client_id", None) == self.client_id

    def get_scope(self) -> str:
        """The scope that a refresh without `scope` has."""
        return self.scope


@dataclass(eq=False)
class DeviceCode:
    """A device code and its user code (RFC 8628 §3.2), and what the user has decided; times in seconds since 1970."""

    value: str
    user_code: str
    client_id: str
    scope: str
    asked: str | None
    expires: float
    interval: int
    polled: float | None = None
    decision: Literal["pending", "approved", "denied"] = "pending"
    user: User | None = None
    family: Family | None = None


@dataclass
class Memory:
    """The tables of a server."""

    codes: dict[str, Code] = field(default_factory=dict)
    device_codes: dict[str, DeviceCode] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    dpop_proofs: set[tuple[str, str]] = field(default_factory=set)
    wrong_dpop_proofs: Counter[str | None] = field(default_factory=Counter)
    dpop_nonces: dict[str, list[str]] = field(default_factory=dict)
    dpop_demands: set[tuple[str, str]] = field(default_factory=set)

    @property
    def families(self) -> list[Family]:
        """All families that have codes or tokens, in the order in which they began."""
        of_codes = (code.family for code in self.codes.values())
        of_users = (token.family for token in self.refresh_tokens.values())
        others = (token.family for token in self.access_tokens.values() if token.family is not None)
        return list(dict.fromkeys((*of_codes, *of_users, *others)))

    def refresh_tokens_of(self, family: Family) -> list[RefreshToken]:
        """The refresh tokens of a family."""
        return [token for token in self.refresh_tokens.values() if token.family is family]

    def access_tokens_of(self, family: Family) -> list[AccessToken]:
        """The access tokens of a family."""
        return [token for token in self.access_tokens.values() if token.family is family]

    def tokens_of(self, family: Family) -> list[RefreshToken | AccessToken]:
        """All tokens of a family."""
        return [*self.refresh_tokens_of(family), *self.access_tokens_of(family)]

    def newest_of_a_user(self) -> AccessToken | None:
        """The access token that was issued last to a user."""
        return next((token for token in reversed(self.access_tokens.values()) if token.family is not None), None)

    def families_of(self, user: User) -> list[Family]:
        """The families of a user that have refresh tokens."""
        return list(
            {
                id(token.family): token.family for token in self.refresh_tokens.values() if token.family.user == user
            }.values()
        )

    def revoke_beside(self, family: Family, reach: Literal["user and client", "user", "everybody"]) -> None:
        """Revoke a family, and those of its user at its client, of its user, or of everybody."""
        for other in [family, *(token.family for token in self.refresh_tokens.values())]:
            same_user, same_client = other.user == family.user, other.client_id == family.client_id
            alike = {"user and client": same_user and same_client, "user": same_user, "everybody": True}
            other.revoked = other.revoked or alike[reach]

    def spare_older_access_tokens(self, family: Family) -> None:
        """Leave all access tokens of a family alone but the last one."""
        for token in self.access_tokens.values():
            token.spared = token.spared or (token.family is family and token is not family.last_access_token)

    def revive(self, user: User) -> None:
        """Have the revoked families of a user live again."""
        for family in self.families_of(user):
            family.revoked = False

    def end_other_sessions(self, family: Family) -> None:
        """Revoke the refresh tokens of the other families of its user at its client."""
        for token in self.refresh_tokens.values():
            other = token.family
            if other is not family and (other.user, other.client_id) == (family.user, family.client_id):
                token.revoked = True

    def newest(self, family: Family) -> RefreshToken | None:
        """The refresh token of a family that was issued last."""
        return next((token for token in reversed(self.refresh_tokens.values()) if token.family is family), None)
