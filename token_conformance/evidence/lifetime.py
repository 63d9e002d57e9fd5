"""What `expires_in` says, held against what else tells how long an access token lives (RFC 6749 §5.1)."""

from __future__ import annotations

from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import COUNTABLE, TokenResponse
from token_conformance.profile.models import Profile
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.exchange import Exchange

TOLERANCE = 60
"""Seconds by which `expires_in` and the time of expiry may differ."""

A_YEAR = 31_536_000


def access_token_lifetime(response: TokenResponse, profile: Profile) -> int:
    """The seconds for which the access token of an answer lives: by expires_in, or else by the documentation.

    Raises:
        Inconclusive: neither tells a time that anybody could wait for.

    """
    lifetime = response.expires_in or profile.tokens.access_token_lifetime.documented
    if lifetime is not None and 0 < lifetime <= A_YEAR:
        return lifetime
    told = response.members.get("expires_in")
    raise Inconclusive(
        f"expires_in is {told!r}: no time to wait for",
        stopped_by="rfc6749-5.1-expires-in" if told is None else "rfc6749-a.14-expires-in-number",
    )


def documented_access_token_lifetime(profile: Profile) -> int:
    """The documented seconds, 0 where there are none: a wait that is too long need not cost a login."""
    return profile.tokens.access_token_lifetime.documented or 0


def judge_jwt(response: TokenResponse) -> None:
    """Hold expires_in against the exp of the access token, where it is a JWT."""
    token = jwt_of(response.access_token)
    if token is None:
        raise NotApplicable("the access token is opaque")
    expiry, told = token.time("exp"), response.expires_in
    if expiry is None or told is None:
        raise Inconclusive("exp of the access token, or expires_in, is not told")
    left = (expiry - response.exchange.date).total_seconds()
    assert abs(left - told) <= TOLERANCE, f"expires_in is {told} s, and exp is {left:.0f} s after the answer"


def judge_introspected(response: TokenResponse, introspection: Exchange, profile: Profile) -> None:
    """Hold `expires_in` against the `exp` that introspection tells of the same access token (RFC 7662 §2.2)."""
    if not profile.response.tells_expiry:
        raise NotApplicable("the profile documents that answers have no expires_in")
    expiry, told = introspection.members.get("exp"), response.expires_in
    if not isinstance(expiry, int | float) or not abs(expiry) < COUNTABLE or told is None:
        raise Inconclusive("introspection does not tell exp, or the answer no expires_in")
    left = expiry - response.exchange.date.timestamp()
    assert abs(left - told) <= TOLERANCE, (
        f"expires_in is {told} s, and introspection tells an exp {left:.0f} s after the answer to {response.exchange}"
    )


def refresh_token_lifetime(profile: Profile) -> tuple[int, bool]:
    """The seconds that a refresh token lives, and whether that is documented, and not merely observed.

    Raises:
        NotApplicable: nobody knows.

    """
    grant = profile.grants.refresh_token
    if grant is None or grant.lifetime.likely is None:
        raise NotApplicable("the profile does not tell how long a refresh token lives")
    return grant.lifetime.likely, grant.lifetime.documented is not None


def lifetime_slack(profile: Profile) -> int:
    """The seconds by which the provider may let a refresh token live longer."""
    return profile.grants.refresh_token.lifetime_slack if profile.grants.refresh_token is not None else 0


def documented_lifetime(profile: Profile) -> int:
    """The documented lifetime of a refresh token, in seconds.

    Raises:
        NotApplicable: it is not documented.

    """
    lifetime, promised = refresh_token_lifetime(profile)
    if not promised:
        raise NotApplicable("the profile does not document how long a refresh token lives")
    return lifetime
