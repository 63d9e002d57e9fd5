"""`[grants]` of the profile: what the provider documents that it offers to our clients."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from token_conformance.profile.fact import Fact, unknown
from token_conformance.profile.table import Table

SubjectTokenType = Literal[
    "urn:ietf:params:oauth:token-type:access_token",
    "urn:ietf:params:oauth:token-type:refresh_token",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:jwt",
]


class AuthorizationCode(Table):
    """`[grants.authorization_code]` (RFC 6749 §4.1, RFC 7636, OIDC Core §3.1 and §3.3)."""

    client: str | None = None
    scope: str | None = None
    response_type: Literal["code", "code id_token"] = "code"
    response_mode: Literal["query", "fragment", "form_post"] | None = None
    pkce: bool | Literal["S256", "plain"] = False
    prompt: str | None = None
    parameters: dict[str, str] = {}
    lifetime: Fact[PositiveInt] = Field(default_factory=unknown)

    @property
    def code_challenge_method(self) -> Literal["S256", "plain"] | None:
        """The PKCE method used in logins, None without PKCE."""
        if self.pkce is False:
            return None
        return "plain" if self.pkce == "plain" else "S256"

    @property
    def asks_again(self) -> bool:
        """Whether the provider asks who the user is even where it knows (OIDC Core §3.1.2.1)."""
        return not {"login", "select_account"}.isdisjoint((self.prompt or "").split())


class RefreshToken(Table):
    """`[grants.refresh_token]` (RFC 6749 §6, RFC 9700 §4.14.2).

    `reuse_grace` are the seconds for which a used refresh token goes on working, or `until-used`: until what replaced
    it is first used. `lifetime` counts from each rotation, or from the login whatever happens (`lifetime_from`).
    """

    rotation: Fact[Literal["always", "never"]] = Field(default_factory=unknown)
    reuse_grace: Fact[NonNegativeInt | Literal["until-used"]] = Field(default_factory=unknown)
    reuse_revokes_family: Fact[bool] = Field(default_factory=unknown)
    lifetime: Fact[PositiveInt] = Field(default_factory=unknown)
    lifetime_from: Fact[Literal["login", "rotation"]] = Field(default_factory=unknown)
    lifetime_slack: NonNegativeInt = 0
    minimum_age: NonNegativeInt = 0
    id_token: Fact[Literal["always", "never"]] = Field(default_factory=unknown)


class ClientCredentials(Table):
    """`[grants.client_credentials]` (RFC 6749 §4.4)."""

    client: str | None = None
    scope: str | None = None


class Password(Table):
    """`[grants.password]` (RFC 6749 §4.3); the user is that of `[login]`."""

    client: str | None = None
    scope: str | None = None


class DeviceCode(Table):
    """`[grants.device_code]` (RFC 8628); lifetime of the codes and interval of the polling in seconds."""

    client: str | None = None
    scope: str | None = None
    lifetime: Fact[PositiveInt] = Field(default_factory=unknown)
    interval: Fact[PositiveInt] = Field(default_factory=unknown)


class TokenExchange(Table):
    """`[grants.token_exchange]` (RFC 8693 §2.1): the exchange of a token that a login yields."""

    client: str | None = None
    subject_token_type: SubjectTokenType = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type
    requested_token_type: str | None = None
    audience: str | None = None
    resource: str | None = None
    scope: str | None = None


class Grants(Table):
    """`[grants]`: what the provider documents that it offers to our clients."""

    authorization_code: AuthorizationCode | None = None
    refresh_token: RefreshToken | None = None
    client_credentials: ClientCredentials | None = None
    password: Password | None = None
    device_code: DeviceCode | None = None
    token_exchange: TokenExchange | None = None
