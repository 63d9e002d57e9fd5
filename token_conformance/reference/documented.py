"""What the server takes on from a profile: documented behaviour, clients, scopes and the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from token_conformance.profile.client import Client
from token_conformance.profile.fact import Fact
from token_conformance.profile.models import Profile
from token_conformance.reference.behaviour import Behaviour
from token_conformance.reference.documented_answers import documented_answers

T = TypeVar("T")

STANDARD_SCOPE = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
"""OIDC Core §5.4 and §11."""

DEFAULT_SCOPE = "api"
"""The scope of a provider that documents none (RFC 6749 §3.3 wants a default)."""

GRANT_TYPES: Mapping[str, str] = {
    "device_code": "urn:ietf:params:oauth:grant-type:device_code",
    "token_exchange": "urn:ietf:params:oauth:grant-type:token-exchange",
}
"""The `grant_type` of grants whose table in a profile has another name."""

PLACEHOLDER_USER = ("user", "password")


@dataclass(frozen=True)
class User:
    """A resource owner of the profile."""

    username: str
    password: str

    @property
    def subject(self) -> str:
        """The `sub` claim (OIDC Core §2)."""
        return f"user-{self.username}"

    def claims(self, scope: str) -> dict[str, Any]:
        """What the scope tells of the user (OIDC Core §5.4)."""
        claims: dict[str, Any] = {"sub": self.subject}
        if "profile" in scope.split():
            claims |= {"name": self.username.title(), "preferred_username": self.username}
        if "email" in scope.split():
            claims |= {"email": f"{self.username}@users.example", "email_verified": True}
        return claims


class Documented:
    """A profile, read as a server's configuration."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.users = tuple(
            User(login.username or PLACEHOLDER_USER[0], login.password or PLACEHOLDER_USER[1])
            for login in profile.login.of_each_user
        )

    @property
    def user(self) -> User:
        """The resource owner, where none has said who it is."""
        return self.users[0]

    def known_by(self, username: str | None, password: str | None) -> User | None:
        """The user of that name with that password; None where they do not belong together."""
        return next((user for user in self.users if (user.username, user.password) == (username, password)), None)

    @property
    def grant_types(self) -> tuple[str, ...]:
        """The grants that are offered, by their `grant_type`."""
        return tuple(GRANT_TYPES.get(name, name) for name, grant in self.profile.grants if grant is not None)

    @property
    def user_scope(self) -> str:
        """The scope that users grant where a request names none."""
        grants = self.profile.grants
        users = (grants.authorization_code, grants.password, grants.device_code)
        return next((grant.scope for grant in users if grant is not None and grant.scope), DEFAULT_SCOPE)

    @property
    def service_scope(self) -> str:
        """The scope of tokens in a client's own name where a request names none."""
        grant = self.profile.grants.client_credentials
        return (grant.scope if grant else None) or DEFAULT_SCOPE

    @property
    def offline_access_matters(self) -> bool:
        """Whether a refresh token has to be asked for (OIDC Core §11), which is so where the profile asks for it."""
        return "offline_access" in self.user_scope.split()

    def knows_scope(self, scope: str, *, service: bool) -> bool:
        """Whether every value of a scope may be granted, to a user's client or to a service."""
        device = self.profile.grants.device_code
        of_devices = set((device.scope or "").split()) if device is not None else set()
        known = (
            set(self.service_scope.split()) if service else STANDARD_SCOPE | set(self.user_scope.split()) | of_devices
        )
        return set(scope.split()) <= known

    def may_use(self, client: Client, grant_type: str) -> bool:
        """Whether a client is registered for a grant."""
        return grant_type in self.grant_types if client.grant_types is None else grant_type in client.grant_types

    def behaviour(self) -> Behaviour:
        """The conformant behaviour with what the profile documents of it."""
        usual = Behaviour()
        refresh, code, tokens = (
            self.profile.grants.refresh_token,
            self.profile.grants.authorization_code,
            self.profile.tokens,
        )
        if refresh is not None:
            usual = replace(
                usual,
                refresh=replace(
                    usual.refresh,
                    rotates=_known(refresh.rotation, "always") == "always",
                    **_grace(refresh.reuse_grace),
                    reuse_revokes="family" if _known(refresh.reuse_revokes_family, True) else "nothing",  # noqa: FBT003
                    lifetime=_known(refresh.lifetime, usual.refresh.lifetime),
                    lifetime_absolute=_known(refresh.lifetime_from, "rotation") == "login",
                    minimum_age=refresh.minimum_age,
                    id_token="never" if _known(refresh.id_token, "always") == "never" else "always",
                    old_access_token="revoked" if tokens.access_token_after_refresh.likely == "revoked" else "lives",
                ),
            )
        device = self.profile.grants.device_code
        if device is not None:
            lifetime, interval = _known(device.lifetime, usual.device.lifetime), _known(device.interval, 5)
            usual = replace(usual, device=replace(usual.device, lifetime=lifetime, interval=interval))
        if code is not None:
            lifetime, plain = _known(code.lifetime, usual.code.lifetime), code.pkce == "plain"
            usual = replace(usual, code=replace(usual.code, lifetime=lifetime, plain_accepted=plain))
        if "fapi2" in self.profile.profile.claims:
            strict = replace(usual.assertion, audiences="issuer", audience_list_accepted=False, issued_at_checked=True)
            usual = replace(usual, assertion=strict, code=replace(usual.code, pkce_required="always"))
        bound = _known(tokens.tls_client_certificate_bound_access_tokens, False)  # noqa: FBT003
        return replace(
            usual,
            answer_changes=documented_answers(self.profile.response),
            mutual_tls=replace(usual.mutual_tls, binds=bound),
            token=replace(
                usual.token,
                access_token_format=_known(tokens.access_token_format, "opaque"),
                access_token_lifetime=_known(tokens.access_token_lifetime, usual.token.access_token_lifetime),
                access_token_algorithm=_known(tokens.access_token_algorithm, "RS256"),
                id_token_lifetime=_known(tokens.id_token_lifetime, usual.token.id_token_lifetime),
                id_token_algorithm=_known(tokens.id_token_algorithm, "RS256"),
            ),
            dpop=replace(usual.dpop, offered=self.profile.dpop is not None, required=self.profile.dpop == "required"),
        )


def _grace(fact: Fact[int | Literal["until-used"]]) -> dict[str, Any]:
    """The policy of a documented grace: of none, where nobody told."""
    grace = _known(fact, 0)
    return {"grace_until_used": True} if isinstance(grace, str) else {"reuse_grace": grace}


def _known(fact: Fact[T], otherwise: T) -> T:
    """What is documented, or else was observed: the server takes the provider's place, and judges nothing."""
    return fact.likely if fact.likely is not None else otherwise
