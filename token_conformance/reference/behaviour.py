"""How the server behaves: policies that conform by default, and what faults and variations change of them."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from token_conformance.reference.answer import AnswerChange
from token_conformance.reference.keys import Algorithm
from token_conformance.reference.unsigned import JWTChange


@dataclass(frozen=True)
class RefreshPolicy:
    """The refresh token grant (RFC 6749 §6, RFC 9700 §4.14.2); times in seconds."""

    rotates: bool = True
    hands_over: bool = True
    repeats_kept_token: bool = True
    reuse_grace: int = 0
    reuse_refused: bool = True
    remembers_generations: int | None = None
    reuse_revokes: Literal["family", "user", "nothing"] = "family"
    lifetime: int = 30 * 24 * 3600
    expiry_checked: bool = True
    revocation_checked: bool = True
    client_authenticated: bool = True
    secret_compared: bool = True
    client_compared: bool = True
    foreign_use_revokes: bool = False
    unauthenticated_use_revokes: bool = False
    significant_characters: int | None = None
    minimum_age: int = 0
    dies_with_access_token: bool = False
    fails_once: bool = False
    expiry_forgotten: bool = False
    living_generations: int | None = None
    rotating_generations: int | None = None
    granted_scope_accepted: bool = True
    scope_exceeded: Literal["refused", "granted", "granted_if_known", "ignored"] = "refused"
    scope_narrowed: Literal["honoured", "ignored", "ignored_in_silence", "refused"] = "honoured"
    narrowing_shrinks_grant: bool = False
    omitted_scope: Literal["original", "first"] = "original"
    access_token: Literal["new", "same", "same_with_full_lifetime"] = "new"
    revokes_old_access_token: bool = False
    id_token: Literal["always", "never", "repeated"] = "always"
    atomic: bool = True
    racers_share_successor: bool = False


@dataclass(frozen=True)
class CodePolicy:
    """The authorization code grant (RFC 6749 §4.1, RFC 7636); times in seconds."""

    lifetime: int = 60
    expiry_checked: bool = True
    single_use: bool = True
    replay_revokes: bool = True
    redirect_uri: Literal["identical", "any", "prefix", "optional"] = "identical"
    client_compared: bool = True
    client_authenticated: bool = True
    pkce_required: Literal["public", "never", "always"] = "public"
    missing_verifier_refused: bool = True
    verifier_compared: bool = True
    challenge_as_verifier: bool = False
    verifier_characters: int | None = None
    unexpected_verifier_refused: bool = True
    malformed_verifier: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    answers_in_query: bool = False
    atomic: bool = True
    registered_redirect_uri: bool = True


@dataclass(frozen=True)
class ClientPolicy:
    """Client authentication (RFC 6749 §2.3 and §3.2.1)."""

    methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    basic_decoding: Literal["form", "raw"] = "form"
    two_methods_refused: bool = True
    secret: Literal["exact", "ignored", "prefix", "lengthened", "empty", "caseless", "of_any_client"] = "exact"
    unknown_client: Literal["refused", "told"] = "refused"
    contradiction_refused: bool = True
    public_secret_refused: bool = True
    body_failure_status: int = 400
    missing_authentication: Literal["invalid_client", "invalid_request"] = "invalid_client"
    service_authenticated: bool = True
    grants_compared: bool = True
    inferred_from_grant: bool = False


@dataclass(frozen=True)
class RequestPolicy:
    """How a request to the token endpoint is read (RFC 6749 §3.2)."""

    get_accepted: bool = False
    put_accepted: bool = False
    lower_case_hex_decoded: bool = True
    query_read: bool = False
    credentials_in_query_read: bool = False
    charset_taken: bool = True
    repetition: Literal["refused", "first", "last"] = "refused"
    repeated_client_id_refused: bool = True
    empty_is_omitted: bool = True
    unknown_refused: bool = False
    order_matters: bool = False
    json_accepted: bool = False
    grant_type_folded: bool = False
    browser_accepted: bool = True


@dataclass(frozen=True)
class ScopePolicy:
    """How a scope that is asked for is judged (RFC 6749 §3.3)."""

    unknown: Literal["refused", "dropped", "granted"] = "refused"
    refresh_token_without_offline_access: bool = False
    refresh_token_for_service: bool = False
    echo: Literal["always", "when_different"] = "always"


@dataclass(frozen=True)
class TokenPolicy:
    """What tokens are like; times in seconds."""

    access_token_format: Literal["jwt", "opaque"] = "opaque"
    access_token_lifetime: int = 3600
    access_token_algorithm: Algorithm = "RS256"
    id_token_lifetime: int = 300
    id_token_algorithm: Algorithm = "RS256"
    predictable: bool = False
    reserved_characters: bool = False
    refresh_token_shared: bool = False
    published_keys: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256", "ES384", "EdDSA")


@dataclass(frozen=True)
class PasswordPolicy:
    """The password grant (RFC 6749 §4.3)."""

    compared: bool = True
    wrong_password: str = "invalid_grant"


@dataclass(frozen=True)
class ResourcePolicy:
    """The protected resource and the userinfo endpoint (RFC 6750)."""

    expiry_checked: bool = True
    revocation_checked: bool = True
    token_checked: bool = True
    whole_token_compared: bool = True
    id_token_accepted: bool = False
    schemes: frozenset[str] = frozenset({"bearer"})
    query_accepted: bool = False


@dataclass(frozen=True)
class AfterlifePolicy:
    """Revocation (RFC 7009) and introspection (RFC 7662)."""

    revokes: bool = True
    access_tokens: Literal["revoked", "unsupported", "spared"] = "revoked"
    access_tokens_go_with_family: bool = True
    living_token_active: bool = True
    client_compared: bool = True
    foreign_token: Literal["refused", "ignored"] = "refused"
    revocation_authenticated: bool = True
    introspection_authenticated: bool = True
    used_refresh_token_active: bool = False
    revoked_token_active: bool = False
    expired_token_active: bool = False
    unknown_token_active: bool = False
    hint_decides: bool = False


@dataclass(frozen=True)
class Behaviour:
    """All policies of a server, and what is done to its JWTs and answers at the last moment, in order."""

    refresh: RefreshPolicy = field(default_factory=RefreshPolicy)
    code: CodePolicy = field(default_factory=CodePolicy)
    client: ClientPolicy = field(default_factory=ClientPolicy)
    request: RequestPolicy = field(default_factory=RequestPolicy)
    scope: ScopePolicy = field(default_factory=ScopePolicy)
    token: TokenPolicy = field(default_factory=TokenPolicy)
    password: PasswordPolicy = field(default_factory=PasswordPolicy)
    resource: ResourcePolicy = field(default_factory=ResourcePolicy)
    afterlife: AfterlifePolicy = field(default_factory=AfterlifePolicy)
    id_token_changes: tuple[JWTChange, ...] = ()
    access_token_changes: tuple[JWTChange, ...] = ()
    answer_changes: tuple[AnswerChange, ...] = ()


Change = Callable[[Behaviour], Behaviour]
"""What a fault or a variation does to the behaviour."""


def policy(topic: str, **changes: Any) -> Change:
    """A change of the policy of one topic: `policy("refresh", rotates=False)`."""
    return lambda behaviour: replace(behaviour, **{topic: replace(getattr(behaviour, topic), **changes)})


def id_tokens(change: JWTChange) -> Change:
    """A change of every ID token."""
    return lambda behaviour: replace(behaviour, id_token_changes=(*behaviour.id_token_changes, change))


def access_tokens(change: JWTChange) -> Change:
    """A change of every access token that is a JWT."""
    return lambda behaviour: replace(behaviour, access_token_changes=(*behaviour.access_token_changes, change))


def answers(change: AnswerChange) -> Change:
    """A change of every answer."""
    return lambda behaviour: replace(behaviour, answer_changes=(*behaviour.answer_changes, change))


def together(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def changed(behaviour: Behaviour) -> Behaviour:
        for change in changes:
            behaviour = change(behaviour)
        return behaviour

    return changed
