"""What an access token tells of itself, where it is a JWT (RFC 9068); a client would not look, a test does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from token_conformance.evidence.jwt_reading import Token, read
from token_conformance.profile.models import Profile

UNSIGNED = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
"""The header {"alg":"none","typ":"at+jwt"}, encoded."""


def claims_of(access_token: str | None) -> dict[str, Any] | None:
    """The claims of a JWT access token, unverified; None where the token is opaque."""
    token = jwt_of(access_token)
    return token.claims if token is not None else None


def jwt_of(access_token: str | None) -> Token | None:
    """The access token as a JWT; None where it is opaque."""
    return read(access_token) if access_token is not None else None


def keeps_rfc9068(token: Token) -> bool:
    """Whether a JWT says in its type that it is an access token of that profile (RFC 9068 §2.1)."""
    return str(token.header.get("typ", "")).lower() in {"at+jwt", "application/at+jwt"}


def scope_of(access_token: str | None) -> frozenset[str] | None:
    """The scope that a JWT access token carries (RFC 9068 §2.2.3); None where it does not tell."""
    scope = (claims_of(access_token) or {}).get("scope")
    if isinstance(scope, str):
        return frozenset(scope.split())
    if isinstance(scope, list):
        return frozenset(str(value) for value in scope)
    return None


def for_another_resource(access_token: str | None, profile: Profile) -> str | None:
    """Whom a JWT access token is for (RFC 9068 §3), where userinfo stands in for a resource and it names other hosts alone.

    None where userinfo may have to take it.
    """
    token = jwt_of(access_token)
    if token is None or profile.server.resource is not None or not token.audience:
        return None
    own = {_host(each) for each in (profile.server.issuer, profile.server.userinfo_endpoint) if each}
    hosts = {_host(each) for each in token.audience}
    return None if None in hosts or hosts & own else ", ".join(token.audience)


def _host(address: str) -> str | None:
    """The host of an address; None where a name is no address, and may mean anything."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def without_signature(access_token: str) -> str:
    """The claims of a JWT access token with alg none and no signature."""
    return f"{UNSIGNED}.{access_token.split('.')[1]}."
