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
    use_forgotten_after: int | None = None
    remembers_generations: int | None = None
    reuse_revokes: Literal["family", "user", "nothing"] = "family"
    lifetime: int = 30 * 24 * 3600
    lifetime_absolute: bool = False
    expiry_checked: bool = True
    revocation_checked: bool = True
    client_authenticated: bool = True
    secret_compared: bool = True
    client_compared: bool = True
    foreign_use_revokes: bool = False
    unauthenticated_use_revokes: bool = False
    significant_characters: int | None = None
    case_ignored: bool = False
    other_tokens_accepted: frozenset[str] = frozenset()
    malformed: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
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
    leeway: int = 0
    failure_burns: bool = False
    missing_redirect_uri: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    unexpected_verifier: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    expiry_checked: bool = True
    single_use: bool = True
    replay_revokes: bool = True
    replay_spares_access_token: bool = False
    wrong_replay_revokes: bool = False
    redirect_uri: Literal["identical", "any", "prefix", "without_query", "caseless", "optional"] = "identical"
    significant_characters: int | None = None
    malformed: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    case_ignored: bool = False
    predictable: bool = False
    client_compared: bool = True
    client_authenticated: bool = True
    pkce_required: Literal["public", "never", "always"] = "public"
    missing_verifier_refused: bool = True
    verifier_compared: bool = True
    challenge_as_verifier: bool = False
    verifier_characters: int | None = None
    unexpected_verifier_refused: bool = True
    malformed_verifier: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    right_verifier_refused: bool = False
    answers_in_query: bool = False
    atomic: bool = True
    registered_redirect_uri: Literal["identical", "prefix", "any"] = "identical"
    error_tells_state: bool = True
    login_redirect: Literal[303, 307] = 303
    allows_origins: bool = False


@dataclass(frozen=True)
class ClientPolicy:
    """Client authentication (RFC 6749 §2.3 and §3.2.1)."""

    methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    basic_decoding: Literal["form", "raw"] = "form"
    two_methods_refused: bool = True
    secret: Literal["exact", "ignored", "prefix", "lengthened", "empty", "caseless", "of_any_client"] = "exact"
    secret_ignored_by: frozenset[str] = frozenset()
    later_secrets_compared: bool = True
    basic_in_any_case: bool = True
    service_may_be_public: bool = False
    unknown_client: Literal["refused", "told"] = "refused"
    contradiction_refused: bool = True
    public_secret_refused: bool = True
    body_failure_status: int = 400
    missing_authentication: Literal["invalid_client", "invalid_request"] = "invalid_client"
    service_authenticated: bool = True
    grants_compared: bool = True
    inferred_from_grant: bool = False
    other_method_accepted: bool = False


@dataclass(frozen=True)
class AssertionPolicy:
    """Client assertions (RFC 7523 §3, OIDC Core §9); times in seconds."""

    type_compared: bool = True
    signature_verified: bool = True
    unsigned_accepted: bool = False
    algorithm_believed: bool = False
    issuer_compared: bool = True
    subject_compared: bool = True
    audience_compared: bool = True
    audiences: Literal["both", "issuer", "token_endpoint", "nowhere"] = "both"
    audience_list_accepted: bool = True
    expiry_required: bool = True
    expiry_checked: bool = True
    not_before_checked: bool = True
    issued_at_checked: bool = False
    jti_required: bool = True
    replay_refused: bool = True
    tolerance: int = 30


@dataclass(frozen=True)
class RequestPolicy:
    """How a request to the token endpoint is read (RFC 6749 §3.2)."""

    get_accepted: bool = False
    put_accepted: bool = False
    lower_case_hex_decoded: bool = True
    query_read: bool = False
    credentials_in_query_read: bool = False
    charset_taken: bool = True
    media_type_in_any_case: bool = True
    repetition: Literal["refused", "first", "last"] = "refused"
    empty_is_omitted: bool = True
    empty_scope_is_omitted: bool = True
    repeatable: frozenset[str] = frozenset()
    unknown_refused: bool = False
    order_matters: bool = False
    json_accepted: bool = False
    grant_type_folded: bool = False
    fickle: bool = False
    browser_accepted: bool = True


@dataclass(frozen=True)
class ScopePolicy:
    """How a scope that is asked for is judged (RFC 6749 §3.3)."""

    unknown: Literal["refused", "dropped", "granted"] = "refused"
    unknown_of_users: Literal["refused", "dropped", "granted"] | None = None
    refresh_token_without_offline_access: bool = False
    refresh_token_for_service: bool = False
    echo: Literal["always", "when_different"] = "always"
    order_matters: bool = False
    case_ignored: bool = False
    unnamed: Literal["default", "invalid_scope", "invalid_request"] = "default"


@dataclass(frozen=True)
class TokenPolicy:
    """What tokens are like; times in seconds."""

    access_token_format: Literal["jwt", "at+jwt", "opaque"] = "opaque"
    access_token_lifetime: int = 3600
    access_token_algorithm: Algorithm = "RS256"
    id_token_lifetime: int = 300
    id_token_algorithm: Algorithm = "RS256"
    handles: Literal["random", "prefixed", "hexadecimal", "long"] = "random"
    refresh_tokens_are_jwts: bool = False
    access_token_lifetime_varies: bool = False
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
class DevicePolicy:
    """The device authorization grant (RFC 8628); times in seconds."""

    lifetime: int = 1800
    interval: int = 5
    haste: Literal["slow_down", "authorization_pending"] = "slow_down"
    expiry_checked: bool = True
    expired: Literal["expired_token", "invalid_grant"] = "expired_token"
    unknown: Literal["invalid_grant", "expired_token"] = "invalid_grant"
    single_use: bool = True
    client_compared: bool = True
    foreign_use_revokes: bool = False
    client_authenticated: bool = True
    authorization_authenticated: bool = True
    approval_needed: bool = True
    approval_kept: bool = True
    denial_offered: bool = True
    denial_remembered: bool = True
    interval_told: bool = True
    complete_uri_told: bool = True
    user_code: Literal["letters", "digits", "counted"] = "letters"
    predictable: bool = False


@dataclass(frozen=True)
class TokenExchangePolicy:
    """The exchange of tokens (RFC 8693)."""

    offered: bool = True
    client_authenticated: bool = True
    invalid_subject: Literal["invalid_request", "invalid_grant", "invalid_token"] = "invalid_request"
    subject_checked: bool = True
    subject_type_needed: bool = True
    expiry_checked: bool = True
    revocation_checked: bool = True
    unknown_type: Literal["refused", "granted", "replaced"] = "refused"
    actor_token_type_needed: bool = True
    scope_exceeded: Literal["refused", "granted", "narrowed"] = "refused"


@dataclass(frozen=True)
class TargetPolicy:
    """The resources that tokens are asked for (RFC 8707)."""

    known_granted: bool = True
    unknown: Literal["refused", "ignored", "granted"] = "refused"
    malformed: Literal["invalid_target", "invalid_request", "ignored"] = "invalid_target"
    beyond: Literal["refused", "ignored", "granted"] = "refused"
    narrowed: Literal["honoured", "ignored", "refused"] = "honoured"
    audience: Literal["asked", "mapped", "usual", "usual_too", "userinfo_too", "untold"] = "asked"


@dataclass(frozen=True)
class ResourcePolicy:
    """The protected resource and the userinfo endpoint (RFC 6750); times in seconds."""

    leeway: int = 0
    expiry_checked: bool = True
    revocation_checked: bool = True
    token_checked: bool = True
    whole_token_compared: bool = True
    id_token_accepted: bool = False
    refresh_token_accepted: bool = False
    userinfo_checks: bool = True
    userinfo_checks_expiry: bool = True
    schemes: frozenset[str] = frozenset({"bearer"})
    query_accepted: bool = False


@dataclass(frozen=True)
class AfterlifePolicy:
    """Revocation (RFC 7009) and introspection (RFC 7662)."""

    revokes: bool = True
    access_tokens: Literal["revoked", "revoked_with_grant", "unsupported", "spared"] = "revoked"
    refresh_tokens_introspected: bool = True
    access_tokens_go_with_family: bool = True
    living_token_active: bool = True
    client_compared: bool = True
    foreign_token: Literal["refused", "ignored"] = "refused"
    revocation_authenticated: bool = True
    revocation_failure: Literal["told", "silent", "ignored"] = "told"
    introspection_authenticated: bool = True
    used_refresh_token_active: bool = False
    revoked_token_active: bool = False
    expired_token_active: bool = False
    unknown_token_active: bool = False
    hint_decides: bool = False


@dataclass(frozen=True)
class MutualTLSPolicy:
    """Clients' certificates and the tokens that are bound to them (RFC 8705).

    Certificates are asked for at `alias_host` alone, where there is one (§5).
    """

    authenticates: bool = True
    compares: Literal["registration", "subject", "nothing"] = "registration"
    failure: Literal["invalid_client", "invalid_grant"] = "invalid_client"
    binds: bool = False
    binds_in: Literal["all grants", "all but refreshes", "none"] = "all grants"
    confirmed_in_token: bool = True
    confirmed_in_metadata: bool = True
    resource_demands: bool = True
    resource_compares: bool = True
    binds_refresh_tokens: bool = True
    refresh_compares: bool = True
    alias_host: str = ""


@dataclass(frozen=True)
class DPoPPolicy:
    """DPoP (RFC 9449); times in seconds.

    `unchecked` names checks of a proof that are left out (those of `reference.dpop.CHECKS`, or, with `_absent` behind
    the name, left out where that part is missing), and `careless_at` where; after `patience` wrong proofs the right
    ones are refused too.
    """

    offered: bool = False
    required: bool = False
    missing_proof_refused: bool = True
    further_algorithms: tuple[str, ...] = ()
    unchecked: frozenset[str] = frozenset()
    careless_at: Literal["everywhere", "token", "resource"] = "everywhere"
    proof_lifetime: int = 300
    clock_leeway: int = 60
    query_ignored: bool = True
    addresses_normalized: bool = True
    second_proof_refused: bool = True
    replay_refused: bool = True
    further_claims_refused: bool = False
    patience: int | None = None
    nonce: Literal["never", "demanded"] = "never"
    nonce_at: Literal["everywhere", "token", "resource"] = "everywhere"
    nonce_has_blank: bool = False
    nonce_renewed: bool = False
    nonce_forgotten: bool = False
    nonce_insisted: bool = True
    nonce_compared: bool = True
    binds_access_tokens: bool = True
    binds_refresh_tokens: Literal["public", "always", "never"] = "public"
    binds_codes: bool = True
    binding_error: Literal["invalid_grant", "invalid_dpop_proof"] = "invalid_grant"
    confirmed_in_token: bool = True
    confirmed_by_introspection: bool = True
    bearer_accepted: bool = False
    key_compared: bool = True
    proof_demanded: bool = True
    scheme_known: bool = True
    refresh_keeps_key: bool = False


@dataclass(frozen=True)
class Behaviour:
    """All policies of a server, and what is done to its JWTs and answers at the last moment, in order."""

    refresh: RefreshPolicy = field(default_factory=RefreshPolicy)
    code: CodePolicy = field(default_factory=CodePolicy)
    client: ClientPolicy = field(default_factory=ClientPolicy)
    assertion: AssertionPolicy = field(default_factory=AssertionPolicy)
    request: RequestPolicy = field(default_factory=RequestPolicy)
    scope: ScopePolicy = field(default_factory=ScopePolicy)
    token: TokenPolicy = field(default_factory=TokenPolicy)
    password: PasswordPolicy = field(default_factory=PasswordPolicy)
    device: DevicePolicy = field(default_factory=DevicePolicy)
    token_exchange: TokenExchangePolicy = field(default_factory=TokenExchangePolicy)
    target: TargetPolicy = field(default_factory=TargetPolicy)
    resource: ResourcePolicy = field(default_factory=ResourcePolicy)
    afterlife: AfterlifePolicy = field(default_factory=AfterlifePolicy)
    mutual_tls: MutualTLSPolicy = field(default_factory=MutualTLSPolicy)
    dpop: DPoPPolicy = field(default_factory=DPoPPolicy)
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
