"""Whom JWT access tokens speak of, and by which algorithm they can be signed (RFC 9068 §2, RFC 9700 §4.15)."""

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement
from token_conformance.evidence.access_token import jwt_of, keeps_rfc9068
from token_conformance.evidence.answers import Evidence
from token_conformance.evidence.id_token import asked
from token_conformance.evidence.jwt_reading import read, signing_keys
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Login
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange


def of_rfc9068(login: Login) -> None:
    """Judge nothing where a login yields another kind of access token."""
    token = jwt_of(login.access_token)
    if token is None or not keeps_rfc9068(token):
        raise NotApplicable("the type of the access tokens is not at+jwt")


@requirement("rfc9068-2.1-rs256")
def test_keys_for_rs256_are_published(login: Login, published_keys: Exchange, conformance_run: Record) -> None:
    """A server whose access tokens are of the type at+jwt publishes a key that can sign by RS256."""
    of_rfc9068(login)
    if "fapi2" in conformance_run.profile.claims:
        raise NotApplicable("the profile claims FAPI 2.0, which forbids RS256")
    if published_keys.response.status != 200:
        raise Inconclusive(f"the published keys cannot be read: status {published_keys.response.status}")
    usable = [key for key in signing_keys(published_keys.json) if key.get("kty") == "RSA"]
    by_rs256 = [key for key in usable if key.get("alg", "RS256") == "RS256"]
    assert by_rs256, f"{len(usable)} RSA keys for signatures are published, and none is good for RS256"


def subject_of(access_token: str | None) -> str | None:
    """The sub of an access token, where it is a JWT that tells it."""
    token = jwt_of(access_token)
    told = token.claims.get("sub") if token is not None else None
    return told if isinstance(told, str) else None


@requirement("rfc9068-2.2-sub-of-users")
def test_user_s_token_does_not_speak_of_the_client(login: Login) -> None:
    """The sub of a user's access token of RFC 9068 is not the client."""
    of_rfc9068(login)
    subject = subject_of(login.access_token)
    if subject is None:
        raise Inconclusive("the access token has no sub; another check says so")
    login.response.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert subject != login.client.client_id, f"a user has logged in, and sub is the client, {subject!r}"


@pytest.mark.evidence_of("login")
@requirement("rfc9700-4.15-no-confusion")
def test_client_s_token_does_not_speak_of_a_user(
    service_token: TokenResponse, login: Login, evidence: Evidence, conformance_run: Record
) -> None:
    """The sub of a client's own access token is that of no user who logged in."""
    asked(conformance_run.profile)
    subject = subject_of(service_token.access_token)
    if subject is None:
        raise NotApplicable("the client's own access token is opaque, or has no sub")
    answers = [login.response, *evidence.token_responses]
    users = [token.claims.get("sub") for each in answers if each.id_token and (token := read(each.id_token))]
    if not users:
        raise Inconclusive("no ID token of this run tells who logged in")
    service_token.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert subject not in users, f"sub of the client's own access token is that of a user, {subject!r}"
