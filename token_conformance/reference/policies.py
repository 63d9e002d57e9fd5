"""How clients, requests and tokens are judged: policies that conform by default."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from token_conformance.reference.keys import Algorithm


@dataclass(frozen=True)
class ClientPolicy:
    """Client authentication (RFC 6749 §2.3 and §3.2.1)."""

    methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    registered_method_alone: bool = False
    basic_decoding: Literal["form", "percent", "raw", "cut"] = "form"
    basic_needs_client_id: bool = False
    assertion_needs_client_id: bool = False
    two_methods_refused: bool = True
    secret: Literal["exact", "ignored", "prefix", "lengthened", "empty", "caseless", "of_any_client"] = "exact"
    secret_ignored_by: frozenset[str] = frozenset()
    later_secrets_compared: bool = True
    basic_in_any_case: bool = True
    service_may_be_public: bool = False
    unknown_client: Literal["refused", "told", "found_by_secret"] = "refused"
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
    """Client assertions (RFC 7523 §3, OIDC Core §9); times in seconds.

    `audiences` are the names of the server at the token endpoint, `elsewhere` those at other endpoints, each of which
    has a name of its own.
    """

    type_compared: bool = True
    signature_verified: bool = True
    unsigned_accepted: bool = False
    algorithm_believed: bool = False
    issuer_compared: bool = True
    issuer_required: bool = True
    letters_of_issuer_compared: bool = True
    letters_of_audience_compared: bool = True
    first_of_several_taken: bool = False
    subject_compared: bool = True
    audience_compared: bool = True
    audiences: Literal["both", "issuer", "token_endpoint", "nowhere"] = "both"
    elsewhere: Literal["any of these", "endpoint_or_issuer", "issuer", "token_endpoint"] = "any of these"
    audience_list_accepted: bool = True
    host_believed: bool = False
    expiry_required: bool = True
    expiry_checked: bool = True
    not_before_checked: bool = True
    issued_at_checked: bool = False
    jti_required: bool = True
    replay_refused: bool = True
    tolerance: int = 30


@dataclass(frozen=True)
class RequestPolicy:
    """How a request to the token endpoint is read (RFC 6749 §3.2); `allowed` are taken in `allowed_in` seconds."""

    get_accepted: bool = False
    put_accepted: bool = False
    lower_case_hex_decoded: bool = True
    query_read: bool = False
    credentials_in_query_read: bool = False
    charset_taken: bool = True
    media_type_in_any_case: bool = True
    repetition: Literal["refused", "first", "last"] = "refused"
    empty_is_omitted: bool = True
    empty_scope: Literal["omitted", "refused", "no_scope"] = "omitted"
    repeatable: frozenset[str] = frozenset()
    unknown_refused: bool = False
    order_matters: bool = False
    json_accepted: bool = False
    grant_type_folded: bool = False
    grant_type_guessed: bool = False
    multipart_accepted: bool = False
    broken_json: Literal["refused", "traced"] = "refused"
    fickle: bool = False
    browser_accepted: bool = True
    origins: Literal["any", "known"] = "any"
    allowed: int | None = None
    allowed_in: int = 900
    revokes_too: bool = False


@dataclass(frozen=True)
class TokenPolicy:
    """What tokens are like; times in seconds."""

    access_token_format: Literal["jwt", "at+jwt", "opaque"] = "opaque"
    access_token_lifetime: int = 3600
    access_token_algorithm: Algorithm = "RS256"
    id_token_lifetime: int = 300
    id_token_algorithm: Algorithm = "RS256"
    handles: Literal["random", "prefixed", "hexadecimal", "long", "short"] = "random"
    refresh_tokens_are_jwts: bool = False
    access_token_lifetime_varies: bool = False
    predictable: bool = False
    reserved_characters: bool = False
    refresh_token_shared: bool = False
    service_tokens: Literal["new", "kept", "kept_with_full_lifetime"] = "new"
    published_keys: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256", "ES384", "EdDSA")


@dataclass(frozen=True)
class ResourcePolicy:
    """The protected resource and the userinfo endpoint (RFC 6750); times in seconds."""

    leeway: int = 0
    expiry_checked: bool = True
    revocation_checked: bool = True
    token_checked: bool = True
    whole_token_compared: bool = True
    audience_checked: bool = True
    unsigned_token_accepted: bool = False
    id_token_accepted: bool = False
    refresh_token_accepted: bool = False
    userinfo_checks: bool = True
    userinfo_ends_session: bool = False
    userinfo_checks_expiry: bool = True
    schemes: frozenset[str] = frozenset({"bearer"})
    query_accepted: bool = False
    two_methods_refused: bool = True
    queried_is_private: bool = True


@dataclass(frozen=True)
class PublicationPolicy:
    """Where metadata stands (RFC 8414 §3.1), and whether it says the same in both places (RFC 9068 §4)."""

    place: Literal["before the path", "behind the path", "nowhere"] = "before the path"
    contradicts_discovery: bool = False


@dataclass(frozen=True)
class AfterlifePolicy:
    """Revocation (RFC 7009) and introspection (RFC 7662)."""

    revokes: bool = True
    address_read: bool = False
    access_tokens: Literal["revoked", "revoked_with_grant", "unsupported", "spared"] = "revoked"
    refresh_tokens_introspected: bool = True
    refresh_token_active: Literal["while it lives", "beside its access token", "at first"] = "while it lives"
    tells: Literal[
        "everybody", "its client", "everybody their own name", "everybody that it is for them", "no client"
    ] = "everybody"
    access_tokens_go_with_family: bool = True
    older_access_tokens_go_with_family: bool = True
    revocation_ends: Literal["family", "user and client", "user", "everybody"] = "family"
    living_access_token_active: bool = True
    client_compared: bool = True
    client_of_access_tokens_compared: bool = True
    foreign_token: Literal["refused", "ignored"] = "refused"
    revocation_authenticated: bool = True
    revocation_failure: Literal["told", "told of living tokens", "silent", "ignored"] = "told"
    introspection_authenticated: bool = True
    used_refresh_token_active: bool = False
    refresh_token_expiry: Literal["its own", "of its access token"] = "its own"
    revoked_token_active: bool = False
    expired_token_active: bool = False
    unknown_token_active: bool = False
    hint_decides: bool = False
    hints_mixed_up: bool = False
    revocation_needs_hint: bool = False
    foreign_introspection_revokes: bool = False


@dataclass(frozen=True)
class MutualTLSPolicy:
    """Clients' certificates and the tokens that are bound to them (RFC 8705).

    Certificates are asked for at `alias_host` alone, where there is one (§5).
    """

    authenticates: bool = True
    identifies: bool = False
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
    the name, left out where that part is missing), and `careless_at` where; after `patience` wrong proofs of a
    key its right ones are refused too.
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
    replay_by_spelling: bool = False
    further_claims_refused: bool = False
    patience: int | None = None
    nonce: Literal["never", "demanded"] = "never"
    nonce_at: Literal["everywhere", "token", "resource"] = "everywhere"
    nonce_has_blank: bool = False
    nonce_renewed: bool = False
    nonce_of_success_forgotten: bool = False
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
