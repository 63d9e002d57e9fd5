"""How grants are judged: policies that conform by default."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RefreshPolicy:
    """The refresh token grant (RFC 6749 §6, RFC 9700 §4.14.2); times in seconds."""

    rotates: bool = True
    hands_over: bool = True
    hands_over_of_any_session: bool = False
    repeats_kept_token: bool = True
    reuse_grace: int = 0
    grace_until_used: bool = False
    retry_hands_back: bool = False
    kept_within_grace: bool = False
    retry_repeats_successor: bool = False
    retry_replaces_successor: bool = False
    reuse_refused: bool = True
    use_forgotten_after: int | None = None
    remembers_generations: int | None = None
    reuse_revokes: Literal["family", "user", "everybody", "nothing"] = "family"
    revived_by_login: bool = False
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
    scope_narrowed: Literal["honoured", "ignored", "ignored_in_silence", "refused", "offline_access_missed"] = (
        "honoured"
    )
    narrowing_shrinks_grant: bool = False
    omitted_scope: Literal["original", "first"] = "original"
    access_token: Literal["new", "same", "same_with_full_lifetime", "of_any_session"] = "new"
    renewed_access_token_works: bool = True
    old_access_token: Literal["lives", "revoked", "revoked_at_first", "revoked_later"] = "lives"
    id_token: Literal["always", "never", "repeated", "at_first"] = "always"
    keeps_nonce: bool = False
    expiration_told: bool = False
    authorization_lifetime: int = 90 * 24 * 3600
    atomic: bool = True
    racers_share_successor: bool = False
    one_session: bool = False
    refused_once: frozenset[str] = frozenset()
    refused_scope_uses_up: bool = False
    second_foreign_use_revokes: bool = False
    auth_time_of_newest_login: bool = False
    steady_generations: int | None = None
    unsteady: frozenset[str] = frozenset()

    def unsteady_in(self, generation: int, what: str) -> bool:
        """Whether a part of its behaviour is another one for the tokens that replace those of a late generation."""
        return self.steady_generations is not None and generation > self.steady_generations and what in self.unsteady


@dataclass(frozen=True)
class CodePolicy:
    """The authorization code grant (RFC 6749 §4.1, RFC 7636); times in seconds."""

    login_remembered: bool = True
    lifetime: int = 60
    leeway: int = 0
    failure_burns: bool = False
    missing_redirect_uri: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    unexpected_verifier: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    expiry_checked: bool = True
    single_use: bool = True
    replay_refused_once: bool = False
    replay_without_verifier_accepted: bool = False
    replay_revokes: bool = True
    replay_spares_access_token: bool = False
    replay_spares_renewals: bool = False
    replay_spares_older_access_tokens: bool = False
    wrong_replay_revokes: bool = False
    redirect_uri: Literal[
        "identical", "any", "prefix", "without_query", "without_host", "slashed", "caseless", "optional", "registered"
    ] = "identical"
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
    challenge_case_ignored: bool = False
    short_verifier_refused: bool = True
    plain_accepted: bool = False
    methods_compared: bool = True
    unnamed_method: Literal["plain", "S256"] = "plain"
    unexpected_verifier_refused: bool = True
    malformed_verifier: Literal["invalid_grant", "invalid_request"] = "invalid_grant"
    right_verifier_refused: bool = False
    answers_in_query: bool = False
    atomic: bool = True
    registered_redirect_uri: Literal["identical", "prefix", "caseless", "any"] = "identical"
    error_tells_state: bool = True
    login_redirect: Literal[302, 303, 307] = 303
    allows_origins: bool = False


@dataclass(frozen=True)
class FrontDoorPolicy:
    """How the authorization endpoint reads its requests (RFC 6749 §3.1)."""

    unknown_refused: bool = False
    empty_is_omitted: bool = True
    repetition_refused: bool = True
    missing_response_type: Literal["told", "page", "page with 200"] = "told"
    loopback_port_free: bool = True
    mismatch_told_at_registered: bool = False
    unnamed_redirect_uri: Literal["refused", "first"] = "refused"
    native_app_asked_again: bool = True
    framing_forbidden: bool = True
    content_policy: bool = True
    third_party: Literal["script", "style"] | None = None
    max_age_heeded: bool = True
    contexts: tuple[str, ...] = ()
    unmet_context_served: bool = False


@dataclass(frozen=True)
class ScopePolicy:
    """How a scope that is asked for is judged (RFC 6749 §3.3)."""

    unknown: Literal["refused", "dropped", "granted"] = "refused"
    unknown_of_users: Literal["refused", "dropped", "granted"] | None = None
    unknown_alone: Literal["refused", "default"] = "refused"
    refresh_token_without_offline_access: bool = False
    refresh_token_for_service: bool = False
    echo: Literal["always", "when_different"] = "always"
    order_matters: bool = False
    case_ignored: bool = False
    unnamed: Literal["default", "nothing", "invalid_scope", "invalid_request"] = "default"
    offline_access_demands_consent: bool = False


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
    slowed_down_by: int = 5
    punctual_in_time: bool = True
    client_identified: bool = True
    unknown_refused: bool = False
    user_code_in_uri: bool = False
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
    denial_refused: bool = True
    interval_told: bool = True
    complete_uri_told: bool = True
    user_code: Literal["letters", "digits", "mixed", "counted", "confusable"] = "letters"
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
    actor_type_alone_refused: bool = True
    actor_checked: bool = True
    scope_exceeded: Literal["refused", "granted", "narrowed"] = "refused"


@dataclass(frozen=True)
class TargetPolicy:
    """The resources that tokens are asked for (RFC 8707)."""

    known_granted: bool = True
    several: Literal["granted", "refused"] = "granted"
    checked_at_authorization: bool = True
    unknown: Literal["refused", "ignored", "granted"] = "refused"
    malformed: Literal["invalid_target", "invalid_request", "ignored"] = "invalid_target"
    beyond: Literal["refused", "ignored", "granted"] = "refused"
    narrowed: Literal["honoured", "ignored", "refused"] = "honoured"
    audience: Literal["asked", "mapped", "usual", "usual_too", "userinfo_too", "untold", "client"] = "asked"
    forgotten_by_refreshes: bool = False
