"""The profile: the declarative description of one provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    PrivateAttr,
    model_validator,
)

from token_conformance.profile.claims import Claim
from token_conformance.profile.client import Client
from token_conformance.profile.dispensable import BY_CODE
from token_conformance.profile.endpoints import Endpoints
from token_conformance.profile.fact import Fact, unknown
from token_conformance.profile.fields import (
    DateText,
    ResourceIndicator,
)
from token_conformance.profile.grants import DeviceCode, Grants
from token_conformance.profile.hosts import host_of
from token_conformance.profile.login import Login
from token_conformance.profile.signing_key import SigningAlgorithm
from token_conformance.profile.table import Table

ErrorCondition = Literal[
    "expired_refresh_token",
    "reused_refresh_token",
    "unknown_refresh_token",
    "invalid_code",
    "redirect_uri_mismatch",
    "invalid_client",
    "unknown_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
]


class Identity(Table):
    """`[profile]`: what the profile describes, and from which documents."""

    name: str
    documentation: list[str] = []
    as_of: DateText | None = None
    claims: list[Claim] = []
    notes: list[str] = []


class Tokens(Table):
    """`[tokens]`: what is documented of the tokens; lifetimes in seconds."""

    access_token_lifetime: Fact[PositiveInt] = Field(default_factory=unknown)
    access_token_format: Fact[Literal["jwt", "at+jwt", "opaque"]] = Field(default_factory=unknown)
    access_token_algorithm: Fact[SigningAlgorithm] = Field(default_factory=unknown)
    access_token_after_refresh: Fact[Literal["lives", "revoked"]] = Field(default_factory=unknown)
    tls_client_certificate_bound_access_tokens: Fact[bool] = Field(default_factory=unknown)
    resource_indicators: list[ResourceIndicator] = []
    id_token_lifetime: Fact[PositiveInt] = Field(default_factory=unknown)
    id_token_algorithm: Fact[SigningAlgorithm] = Field(default_factory=unknown)
    dpop: Fact[Literal["required", "supported"]] = Field(default_factory=unknown)
    dpop_algorithm: SigningAlgorithm = "ES256"


class SuccessfulResponse(Table):
    """`[response]`: what is documented of successful responses (RFC 6749 §5.1)."""

    members: Fact[list[str]] = Field(default_factory=unknown)
    token_type: Fact[str] = Field(default_factory=unknown)
    expires_in: Fact[Literal["number", "string", "absent"]] = Field(default_factory=unknown)
    scope_delimiter: Fact[str] = Field(default_factory=unknown)
    cache_control: Fact[str] = Field(default_factory=unknown)

    @property
    def tells_expiry(self) -> bool:
        """Whether `expires_in` may be expected: not where it is documented that there is none."""
        return self.expires_in.documented != "absent"


class DocumentedError(Table):
    """`[errors.CONDITION]`: how the provider documents that it refuses; some do so with the status 200."""

    status: int = Field(ge=200, le=599)
    error: str | None = None
    source: str | None = None


class Expectation(Table):
    """What a deviation looks like exactly; everything named must be seen."""

    status: int | None = None
    error: str | None = None
    accepted: bool = False
    absent: list[str] = []
    members: dict[str, Any] = {}
    message: str | None = None


class Deviation(Table):
    """`[[deviations]]`: a documented departure from a requirement."""

    requirement: str
    expect: Expectation
    because: str
    source: str | None = None
    kind: Literal["documented", "observed", "inferred", "docs-contradict"] = "documented"


class Statement(Table):
    """`[[facts]]`: a statement of the documentation, word for our word, and what became of it here."""

    statement: str
    source: str
    basis: Literal["documented", "observed", "inferred", "unknown", "contradictory"] = "documented"
    seen_in: list[str] = []


class RequestLimit(Table):
    """A limit of requests: `count` of them in any window of `seconds`."""

    count: PositiveInt
    seconds: PositiveInt


def _listed(written: object) -> object:
    return [written] if isinstance(written, Mapping) else written


class Limits(Table):
    """`[limits]`: how much the provider is asked to bear; times in seconds.

    `token_requests` are the limits that its token endpoint keeps, one or several. `concurrency` bounds the requests under way at once, but for those of a race, which are `race` many; `wrong_password`
    tells whether a wrong password of a user may be presented once in a run, and `revoke_at_end` whether a live run revokes
    the refresh tokens that it leaves behind. `exploration` are the requests that `run --explore` and `--explore-requests` may take together.
    """

    concurrency: PositiveInt = 8
    race: int = Field(default=5, ge=2)
    requests_per_second: PositiveFloat = 100
    request_timeout: PositiveFloat = 10
    response_bytes: PositiveInt = 1_000_000
    max_wait: NonNegativeInt = 90
    max_logins: PositiveInt = 40
    token_requests: Annotated[
        list[RequestLimit], BeforeValidator(_listed, json_schema_input_type=RequestLimit | list[RequestLimit])
    ] = []
    wrong_password: bool = True
    revoke_at_end: bool = True
    exploration: NonNegativeInt = 0


class Profile(Table):
    """One provider as its documentation describes it; read with `load`."""

    profile: Identity
    server: Endpoints
    clients: list[Client] = Field(min_length=1)
    grants: Grants
    tokens: Tokens = Tokens()
    response: SuccessfulResponse = SuccessfulResponse()
    login: Login = Login()
    errors: dict[ErrorCondition, DocumentedError] = {}
    deviations: list[Deviation] = []
    facts: list[Statement] = []
    limits: Limits = Limits()
    examples: dict[str, str] = {}
    _required: frozenset[Claim] | None = PrivateAttr(default=None)

    def client(self, name: str | None = None) -> Client:
        """The client of that name, or the main one. A profile that names an unknown client does not load."""
        return self.clients[0] if name is None else next(client for client in self.clients if client.name == name)

    @property
    def main(self) -> Client:
        """The client of the first `[[clients]]` table."""
        return self.clients[0]

    @property
    def user_client(self) -> Client:
        """The client that logs users in: with strategy `device` that of the device grant."""
        grant = self._device_login or self.grants.authorization_code or self.grants.password
        return self.client(grant.client if grant else None)

    @property
    def login_hosts(self) -> frozenset[str]:
        """The hosts that may get a user's password: those of the issuer and the endpoints, and those of `login.hosts`."""
        named = (host_of(address) for key, address in self.server.addresses if key != "resource")
        return frozenset(named) | frozenset(self.login.hosts)

    @property
    def has_user_login(self) -> bool:
        """Whether there is a grant, or a token, by which a user logs in."""
        return any((self.grants.authorization_code, self.grants.password, self.login.refresh_token, self.login.stored))

    @property
    def active_clients(self) -> tuple[Client, ...]:
        """The client that logs users in, and that of the client credentials grant, each once, as far as they are used."""
        service = self.grants.client_credentials
        asked = [
            *([self.user_client] if self.has_user_login else []),
            *([self.client(service.client)] if service else []),
        ]
        return tuple({client.name: client for client in asked}.values())

    @property
    def second_client(self) -> Client | None:
        """Another confidential client beside the one that logs users in: the stranger of cross-client scenarios."""
        others = (client for client in self.clients if client.client_id != self.user_client.client_id)
        return next((client for client in others if not client.public), None)

    @property
    def of_each_user(self) -> tuple[Profile, ...]:
        """The profile as each of its users has it, that of `[login]` first."""
        return tuple(self.model_copy(update={"login": login}) for login in self.login.of_each_user)

    @property
    def dpop(self) -> Literal["required", "supported"] | None:
        """Whether tokens are bound to a key by DPoP (RFC 9449): always, wherever a proof comes, or not at all."""
        return self.tokens.dpop.documented

    @property
    def documented_dpop_algorithm(self) -> SigningAlgorithm | None:
        """The algorithm of proofs that the profile names itself; the one that is used otherwise is documented by nobody."""
        return self.tokens.dpop_algorithm if "dpop_algorithm" in self.tokens.model_fields_set else None

    @property
    def binds_to_certificate(self) -> bool:
        """Whether the tokens of the client that logs users in are bound to its certificate (RFC 8705 §3)."""
        told = self.tokens.tls_client_certificate_bound_access_tokens
        return told.documented is True and self.user_client.certificate is not None

    @property
    def claims(self) -> frozenset[str]:
        """What the provider claims to keep: always OAuth 2.0; OpenID Connect where it is asked for ID tokens."""
        if self._required is not None:
            return self._required | {"oauth2"}
        return frozenset(self.profile.claims) | {"oauth2"} | ({"oidc"} if self.openid else set())

    @property
    def required(self) -> frozenset[Claim] | None:
        """What it is held to instead of its own claims; None where it is held to these."""
        return self._required

    def requiring(self, claims: Iterable[Claim]) -> Profile:
        """The same profile held to these claims instead of its own; without any, the profile itself."""
        required = frozenset(claims)
        if not required:
            return self
        held = self.model_copy()
        held._required = required  # noqa: SLF001 - of its own kind
        return held

    def waiting(self, seconds: int | None) -> Profile:
        """The same profile for a run that may wait that long at a time, if its `max_wait` is less."""
        if seconds is None or seconds <= self.limits.max_wait:
            return self
        return self.model_copy(update={"limits": self.limits.model_copy(update={"max_wait": seconds})})

    def through(self, proxy: Literal["env", "none"] | None) -> Profile:
        """The same profile with requests through the proxy of the environment, or through none; None changes nothing."""
        if proxy is None:
            return self
        server = self.server.model_copy(update={"proxy": proxy if proxy == "env" else None})
        return self.model_copy(update={"server": server})

    def counts(self, claims: Iterable[str]) -> bool:
        """Whether a violation of what belongs to these claims counts in full: the provider is held to one of them."""
        return not self.claims.isdisjoint(claims)

    @property
    def openid(self) -> bool:
        """Whether logins ask for an ID token (OIDC Core §3.1.2.1)."""
        grant = self._device_login or self.grants.authorization_code
        return grant is not None and "openid" in (grant.scope or "").split()

    @property
    def _device_login(self) -> DeviceCode | None:
        """The grant by which the user's tokens come, where it is that of devices."""
        return self.grants.device_code if self.login.strategy == "device" else None

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        problems = [
            *self._unknown_clients(),
            *self._lacks_of_login(),
            *self._lacks_of_issuer(),
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _unknown_clients(self) -> Iterator[str]:
        names = [client.name for client in self.clients]
        yield from (
            f"clients: expected different names, not {name!r} twice" for name in set(names) if names.count(name) > 1
        )
        for grant in ("authorization_code", "client_credentials", "password", "device_code", "token_exchange"):
            settings = getattr(self.grants, grant)
            if settings is not None and settings.client not in {None, *names}:
                known = ", ".join(f'"{name}"' for name in names)
                yield f'grants.{grant}.client: expected the name of a client, {known}, not "{settings.client}"'

    def _lacks_of_login(self) -> Iterator[str]:
        grants, login = self.grants, self.login
        if grants.authorization_code is not None and login.strategy in BY_CODE:
            user = grants.authorization_code.client or self.main.name
            if any(client.name == user and client.redirect_uri is None for client in self.clients):
                yield f'clients: expected redirect_uri for client "{user}"; [grants.authorization_code] needs it'
        if grants.authorization_code or grants.password or grants.refresh_token or grants.device_code:
            yield from login.lacks
            first = {"interactive": "authorization_code", "device": "device_code"}.get(login.strategy)
            if first is not None and not (getattr(grants, first) and grants.refresh_token):
                yield (
                    f"login: expected [grants.{first}] and [grants.refresh_token] "
                    f'for strategy = "{login.strategy}"; add them'
                )
        yield from login.mistaken_users

    def _lacks_of_issuer(self) -> Iterator[str]:
        if self.server.issuer is None and any(client.assertion_audience == "issuer" for client in self.clients):
            yield 'server: expected issuer, which assertion_audience = "issuer" of a client names; add it'
