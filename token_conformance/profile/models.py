"""The profile: the declarative description of one provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    PrivateAttr,
    model_validator,
)

from token_conformance.client_certificate import pair_problem
from token_conformance.profile.fact import Fact, unknown
from token_conformance.profile.fields import (
    DateText,
    EndpointURL,
    ExistingFile,
    RedirectURI,
    ResourceIndicator,
    SigningKey,
)
from token_conformance.signing_key import SigningAlgorithm

Authentication = Literal[
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "client_secret_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
]
Claim = Literal["oauth2", "oidc", "bcp", "oauth2.1", "fapi2"]
SubjectTokenType = Literal[
    "urn:ietf:params:oauth:token-type:access_token",
    "urn:ietf:params:oauth:token-type:refresh_token",
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:jwt",
]
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


class Table(BaseModel):
    """A table of the profile: no unknown keys, no later changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(Table):
    """`[profile]`: what the profile describes, and from which documents."""

    name: str
    documentation: list[str] = []
    as_of: DateText | None = None
    claims: list[Claim] = []
    notes: list[str] = []


class Endpoints(Table):
    """`[server]`: where the provider is. Without an endpoint's name, discovery at the issuer tells it."""

    issuer: EndpointURL | None = None
    token_endpoint: EndpointURL | None = None
    token_endpoint_aliases: list[EndpointURL] = []
    authorization_endpoint: EndpointURL | None = None
    userinfo_endpoint: EndpointURL | None = None
    revocation_endpoint: EndpointURL | None = None
    introspection_endpoint: EndpointURL | None = None
    device_authorization_endpoint: EndpointURL | None = None
    jwks_uri: EndpointURL | None = None
    resource: EndpointURL | None = None
    ca_bundle: ExistingFile | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Endpoints:
        if self.issuer is None and self.token_endpoint is None:
            raise ValueError("expected issuer (for discovery) or token_endpoint; add one of them")
        return self


class Client(Table):
    """`[[clients]]`: one registration of ours; the first is the main one."""

    name: str = "main"
    client_id: str = Field(min_length=1)
    client_secret: str | None = None
    authentication: Authentication = "client_secret_basic"
    redirect_uri: RedirectURI | None = None
    grant_types: list[str] | None = None
    signing_key: SigningKey | None = None
    signing_algorithm: SigningAlgorithm | None = None
    assertion_audience: Literal["token_endpoint", "issuer"] = "token_endpoint"
    certificate: ExistingFile | None = None
    private_key: ExistingFile | None = None

    @model_validator(mode="after")
    def _presentable(self) -> Client:
        if (self.certificate is None) != (self.private_key is None):
            raise ValueError("expected certificate and private_key together; add the other one, a PEM file each")
        if self.authenticates_by_certificate and self.certificate is None:
            raise ValueError(
                f'expected certificate and private_key, which authentication = "{self.authentication}" needs; add them'
            )
        problem = pair_problem(self.certificate, self.private_key) if self.certificate and self.private_key else None
        if problem is not None:
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _secret(self) -> Client:
        if self.authentication.startswith("client_secret_") and not self.client_secret:
            raise ValueError(f'expected client_secret, which authentication = "{self.authentication}" needs; add it')
        if self.authentication == "none" and self.client_secret:
            raise ValueError('expected no client_secret beside authentication = "none"; remove one of them')
        if self.authentication == "private_key_jwt" and not self.signing_key:
            raise ValueError('expected signing_key, which authentication = "private_key_jwt" needs; add it')
        return self

    @property
    def public(self) -> bool:
        """Whether the client cannot keep a secret (RFC 6749 §2.1)."""
        return self.authentication == "none"

    @property
    def asserts(self) -> bool:
        """Whether it proves who it is by a signed assertion (RFC 7523 §2.2)."""
        return self.authentication in {"private_key_jwt", "client_secret_jwt"}

    @property
    def sends_secret(self) -> bool:
        """Whether it proves who it is by sending its secret (RFC 6749 §2.3.1)."""
        return self.authentication in {"client_secret_basic", "client_secret_post"}

    @property
    def authenticates_by_certificate(self) -> bool:
        """Whether its certificate proves who it is (RFC 8705 §2)."""
        return self.authentication in {"tls_client_auth", "self_signed_tls_client_auth"}


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


class RefreshToken(Table):
    """`[grants.refresh_token]` (RFC 6749 §6, RFC 9700 §4.14.2)."""

    rotation: Fact[Literal["always", "never"]] = Field(default_factory=unknown)
    reuse_grace: Fact[NonNegativeInt] = Fact[NonNegativeInt](value=0)
    reuse_revokes_family: Fact[bool] = Field(default_factory=unknown)
    lifetime: Fact[PositiveInt] = Field(default_factory=unknown)
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
        return self.expires_in.value != "absent"


STORED_ELSEWHERE = "the-refresh-token-of-a-made-up-session"
"""What stands for the stored session of a user where the reference server takes the provider's place."""


class Login(Table):
    """`[login]`: how a user's first tokens are obtained."""

    strategy: Literal["form", "browser", "interactive", "password", "refresh_token"] = "form"
    username: str | None = None
    password: str | None = None
    username_field: str | None = None
    password_field: str | None = None
    username_selector: str | None = None
    password_selector: str | None = None
    submit_selector: str | None = None
    consent_selector: str | None = None
    refresh_token: str | None = None

    @property
    def seeded(self) -> bool:
        """Whether a run cannot log in by itself: it starts from one refresh token, and has no other session."""
        return self.strategy in {"refresh_token", "interactive"}

    @property
    def seed(self) -> str | None:
        """The refresh token that a run starts from where the provider is none: that of the profile, or a made-up one."""
        return self.refresh_token or (STORED_ELSEWHERE if self.strategy == "interactive" else None)


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


class Limits(Table):
    """`[limits]`: how much the provider is asked to bear; times in seconds."""

    concurrency: PositiveInt = 8
    requests_per_second: PositiveFloat = 100
    request_timeout: PositiveFloat = 10
    response_bytes: PositiveInt = 1_000_000
    max_wait: NonNegativeInt = 90
    max_logins: PositiveInt = 40


_LOGIN_NEEDS = {
    "form": ("username", "password"),
    "browser": ("username", "password"),
    "password": ("username", "password"),
    "refresh_token": ("refresh_token",),
}


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
        """The client that logs users in."""
        grant = self.grants.authorization_code or self.grants.password
        return self.client(grant.client if grant else None)

    @property
    def has_user_login(self) -> bool:
        """Whether there is a grant, or a token, by which a user logs in."""
        return any((self.grants.authorization_code, self.grants.password, self.login.refresh_token))

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
    def dpop(self) -> Literal["required", "supported"] | None:
        """Whether tokens are bound to a key by DPoP (RFC 9449): always, wherever a proof comes, or not at all."""
        return self.tokens.dpop.value if self.tokens.dpop.known else None

    @property
    def claims(self) -> frozenset[str]:
        """What the provider claims to keep: always OAuth 2.0; OpenID Connect where it is asked for ID tokens."""
        if self._required is not None:
            return self._required | {"oauth2"}
        return frozenset(self.profile.claims) | {"oauth2"} | ({"oidc"} if self.openid else set())

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

    def counts(self, claim: str | None) -> bool:
        """Whether a violation of what belongs to a claim counts in full; it does where nothing special is required."""
        return self._required is None or claim is None or claim in self.claims

    @property
    def openid(self) -> bool:
        """Whether logins ask for an ID token (OIDC Core §3.1.2.1)."""
        grant = self.grants.authorization_code
        return grant is not None and "openid" in (grant.scope or "").split()

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        problems = [*self._unknown_clients(), *self._lacks_of_login(), *self._lacks_of_issuer()]
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
        grants = self.grants
        if grants.authorization_code is not None:
            user = grants.authorization_code.client or self.main.name
            if any(client.name == user and client.redirect_uri is None for client in self.clients):
                yield f'clients: expected redirect_uri for client "{user}"; [grants.authorization_code] needs it'
        if grants.authorization_code or grants.password or grants.refresh_token or grants.device_code:
            needed = _LOGIN_NEEDS.get(self.login.strategy, ())
            missing = [field for field in needed if not getattr(self.login, field)]
            if missing:
                yield f'login: expected {" and ".join(missing)} for strategy = "{self.login.strategy}"; add to [login]'

            if self.login.strategy == "interactive" and not (grants.authorization_code and grants.refresh_token):
                yield 'login: expected [grants.authorization_code] and [grants.refresh_token] for strategy = "interactive"; add them'

    def _lacks_of_issuer(self) -> Iterator[str]:
        if self.server.issuer is None and any(client.assertion_audience == "issuer" for client in self.clients):
            yield 'server: expected issuer, which assertion_audience = "issuer" of a client names; add it'
