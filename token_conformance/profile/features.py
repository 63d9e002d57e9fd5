"""The features that a scenario can need, and why a profile lacks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from token_conformance.profile.models import Profile
from token_conformance.verdict import NotApplicable

Test = Callable[[Profile], bool]

FEATURES: Mapping[str, tuple[Test, str]] = {
    "authorization_code": (
        lambda profile: (
            profile.grants.authorization_code is not None
            and profile.client(profile.grants.authorization_code.client).redirect_uri is not None
        ),
        "the profile has no [grants.authorization_code], or no redirect_uri for its client",
    ),
    "client_credentials": (
        lambda profile: profile.grants.client_credentials is not None,
        "the profile has no [grants.client_credentials]",
    ),
    "password": (
        lambda profile: profile.grants.password is not None and bool(profile.login.username and profile.login.password),
        "the profile has no [grants.password], or no login.username and login.password for it",
    ),
    "device_code": (lambda profile: profile.grants.device_code is not None, "the profile has no [grants.device_code]"),
    "token_exchange": (
        lambda profile: profile.grants.token_exchange is not None,
        "the profile has no [grants.token_exchange]",
    ),
    "resource_indicators": (
        lambda profile: bool(profile.tokens.resource_indicators),
        "the profile's [tokens] has no resource_indicators",
    ),
    "refresh": (lambda profile: profile.grants.refresh_token is not None, "the profile has no [grants.refresh_token]"),
    "login": (
        lambda profile: profile.has_user_login,
        "the profile has no grant by which a user logs in",
    ),
    "unattended_login": (
        lambda profile: profile.login.strategy in {"form", "browser"},
        'the profile\'s login.strategy is neither "form" nor "browser", which log in as often as it takes',
    ),
    "pkce": (
        lambda profile: profile.grants.authorization_code is not None and bool(profile.grants.authorization_code.pkce),
        "the profile does not ask for PKCE",
    ),
    "hybrid": (
        lambda profile: (
            profile.grants.authorization_code is not None
            and profile.grants.authorization_code.response_type == "code id_token"
        ),
        "the profile's response_type is not code id_token",
    ),
    "openid": (lambda profile: profile.openid, "the profile's scope does not ask for openid"),
    "second_client": (
        lambda profile: profile.second_client is not None,
        "the profile has no second confidential client, or its variables are not set",
    ),
    "confidential_client": (lambda profile: not profile.user_client.public, "the profile's client is public"),
    "public_client": (lambda profile: profile.user_client.public, "the profile's client is confidential"),
    "client_secret": (
        lambda profile: profile.user_client.authentication in {"client_secret_basic", "client_secret_post"},
        "the profile's client does not send a secret",
    ),
    "client_assertion": (
        lambda profile: any(client.asserts for client in profile.clients),
        "no client of the profile signs assertions",
    ),
    "no_pkce": (
        lambda profile: profile.grants.authorization_code is not None and not profile.grants.authorization_code.pkce,
        "the profile asks for PKCE, which other checks judge",
    ),
    "bcp": (
        lambda profile: bool(profile.claims & {"bcp", "oauth2.1", "fapi2"}),
        "the profile claims neither RFC 9700 nor OAuth 2.1 nor FAPI 2.0",
    ),
    "oauth21": (lambda profile: "oauth2.1" in profile.claims, "the profile does not claim OAuth 2.1"),
    "fapi2": (lambda profile: "fapi2" in profile.claims, "the profile does not claim FAPI 2.0"),
    "client_secret_basic": (
        lambda profile: profile.user_client.authentication == "client_secret_basic",
        "the profile's client does not authenticate by HTTP Basic",
    ),
    "client_certificate": (
        lambda profile: any(client.authenticates_by_certificate for client in profile.active_clients),
        "no client of the profile's grants authenticates by a certificate",
    ),
    "certificate_bound_tokens": (
        lambda profile: (
            profile.tokens.tls_client_certificate_bound_access_tokens.documented is True
            and any(client.certificate is not None for client in profile.active_clients)
        ),
        "the profile does not say tokens.tls_client_certificate_bound_access_tokens = true, or no client has a certificate",
    ),
}


def require(profile: Profile, needs: tuple[str, ...]) -> None:
    """Raise `NotApplicable`, with the reason, where the profile lacks a feature that is needed."""
    for feature in needs:
        present, reason = FEATURES[feature]
        if not present(profile):
            raise NotApplicable(reason)
