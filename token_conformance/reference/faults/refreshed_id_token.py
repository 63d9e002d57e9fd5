"""Faults of the ID tokens that refreshes yield (OIDC Core §12.2)."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

from dataclasses import replace

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, refreshed_id_tokens
from token_conformance.reference.unsigned import Unsigned

SAME = ("oidc-12.2-iss-sub-aud",)


def _older(token: Unsigned) -> Unsigned:
    return token.claiming(iat=token.claims["auth_time"] - 3600)


def _just_logged_in(token: Unsigned) -> Unsigned:
    return token.claiming(auth_time=token.claims["iat"] + 1)


REFRESHED_ID_TOKEN = (
    Fault(
        "refreshed-id-token-sub-other",
        "a refresh changes sub",
        SAME,
        refreshed_id_tokens(lambda token: token.claiming(sub="somebody-else")),
    ),
    Fault(
        "refreshed-id-token-aud-other",
        "a refresh changes aud",
        SAME,
        refreshed_id_tokens(lambda token: token.claiming(aud="another-client")),
    ),
    Fault(
        "refreshed-id-token-iss-other",
        "a refresh changes iss",
        SAME,
        refreshed_id_tokens(lambda token: token.claiming(iss="https://other.example")),
    ),
    Fault(
        "refreshed-id-token-repeated",
        "the ID token of the login is returned again, with its iat and its exp",
        ("oidc-12.2-iat", "oidc-12-signature"),
        policy("refresh", id_token="repeated"),
    ),
    Fault(
        "refreshed-id-token-iat-old",
        "iat is not the time of the refresh",
        ("oidc-12.2-iat",),
        refreshed_id_tokens(_older),
    ),
    Fault(
        "refreshed-id-token-auth-time-new",
        "auth_time is the time of the refresh",
        ("oidc-12.2-auth-time",),
        refreshed_id_tokens(_just_logged_in),
    ),
    Fault(
        "refreshed-id-token-auth-time-of-newest-login",
        "auth_time is that of the user's newest login",
        ("oidc-12.2-auth-time",),
        policy("refresh", auth_time_of_newest_login=True),
    ),
    Fault(
        "refreshed-id-token-nonce-new",
        "a refresh brings a new nonce",
        ("oidc-12.2-nonce",),
        refreshed_id_tokens(lambda token: token.claiming(nonce="YS1ub25jZS1vZi1ub2JvZHk")),
    ),
    Fault(
        "refreshed-id-token-nonce-kept",
        "a refreshed ID token has the nonce of the login",
        ("oidc-12.2-no-nonce",),
        policy("refresh", keeps_nonce=True),
    ),
    Fault(
        "refreshed-id-token-azp-appears",
        "a refresh brings an azp",
        ("oidc-12.2-azp",),
        refreshed_id_tokens(lambda token: token.claiming(azp=token.claims["aud"])),
    ),
    Fault(
        "refreshed-id-token-azp-other",
        "a refresh brings the azp of another client",
        ("oidc-12.2-azp",),
        refreshed_id_tokens(lambda token: token.claiming(azp="another-client")),
    ),
    Fault(
        "refreshed-id-token-signature-zeroed",
        "the signature of a refreshed ID token is all zeros",
        ("oidc-12-signature",),
        refreshed_id_tokens(lambda token: replace(token, signature="zeroed")),
    ),
    Fault(
        "refreshed-id-token-alg-none",
        "a refreshed ID token is not signed",
        ("oidc-12-signature",),
        refreshed_id_tokens(lambda token: replace(token, signature="none")),
    ),
    Fault(
        "refreshed-id-token-at-hash-other",
        "at_hash of a refreshed ID token is of the old access token",
        ("oidc-12.2-at-hash",),
        refreshed_id_tokens(lambda token: token.claiming(at_hash="d3JvbmctaGFzaC12YWx1ZQ")),
    ),
    Fault(
        "refreshed-id-token-at-hash-null",
        "at_hash of a refreshed ID token is null",
        ("oidc-12.2-at-hash",),
        refreshed_id_tokens(lambda token: token.claiming(at_hash=None)),
    ),
    Fault(
        "refreshed-id-token-expired",
        "a refreshed ID token has expired when it comes",
        ("oidc-12.2-exp",),
        refreshed_id_tokens(lambda token: token.claiming(exp=token.claims["iat"] - 3600)),
    ),
)
