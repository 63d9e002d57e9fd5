"""The exchange of a token as the profile documents it (RFC 8693 §2.1)."""

from __future__ import annotations

from token_conformance.evidence.login import Login
from token_conformance.profile.client import Client
from token_conformance.profile.models import Profile
from token_conformance.verdict import Inconclusive, NotApplicable

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant, no token
TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"  # noqa: S105 - how types of tokens begin

Form = dict[str, str | None]


def exchanging_client(profile: Profile) -> Client:
    """The client that exchanges tokens: the profile's, or the one that logs users in."""
    grant = profile.grants.token_exchange
    return profile.client(grant.client) if grant and grant.client else profile.user_client


def exchange_of(profile: Profile, login: Login) -> Form:
    """The parameters by which the profile exchanges a token of that login (RFC 8693 §2.1).

    Raises:
        Inconclusive: the login yielded no token of the type that is exchanged.
        NotApplicable: the profile exchanges no tokens.

    """
    grant = profile.grants.token_exchange
    if grant is None:
        raise NotApplicable("the profile has no [grants.token_exchange]")
    kind = grant.subject_token_type.removeprefix(TOKEN_TYPE)
    subjects = {"refresh_token": login.refresh_token, "id_token": login.response.id_token}
    subject = subjects.get(kind, login.access_token)
    if subject is None:
        raise Inconclusive(f"the login yielded no {kind} to exchange")
    return {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": subject,
        "subject_token_type": grant.subject_token_type,
        "requested_token_type": grant.requested_token_type,
        "audience": grant.audience,
        "resource": grant.resource,
        "scope": grant.scope,
    }
