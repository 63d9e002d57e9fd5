"""The ID token that comes beside the code (OIDC Core §3.3.2.11 and §3.3.2.12)."""

from token_conformance import Inconclusive, NotApplicable, requirement
from token_conformance.evidence.id_token import (
    asked,
    id_token_in,
    judge_expiry,
    judge_hash,
    judge_issue,
    judge_signature,
)
from token_conformance.evidence.jwt_reading import Token, read
from token_conformance.provider import Login
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange


def front_channel(login: Login, run: Record) -> Token:
    """The ID token of the authorization response in the hybrid flow."""
    asked(run.profile)
    authorization = login.authorization
    if authorization is None or "id_token" not in authorization.response_type:
        raise NotApplicable("the profile's response_type has no id_token")
    token = read(authorization.answer.get("id_token", ""))
    if token is None:
        raise Inconclusive("no ID token can be read from the authorization response")
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    return token


@requirement("oidc-3.3.2.11-c-hash")
def test_c_hash_is_of_the_code(login: Login, conformance_run: Record) -> None:
    """c_hash of the hybrid flow's first ID token is there, and is the hash of the code beside it."""
    token = front_channel(login, conformance_run)
    assert "c_hash" in token.claims, "the ID token of the authorization response has no c_hash"
    judge_hash(token, "c_hash", login.authorization.code if login.authorization else None)


@requirement("oidc-3.3.2.11-nonce")
def test_front_channel_nonce_comes_back(login: Login, conformance_run: Record) -> None:
    """The first ID token of the hybrid flow holds the nonce that was sent."""
    token = front_channel(login, conformance_run)
    sent = login.authorization.nonce if login.authorization else None
    assert token.claims.get("nonce") == sent, f"nonce is {token.claims.get('nonce')!r}; {sent!r} was sent"


@requirement("oidc-3.3.3.6-same-user")
def test_both_id_tokens_agree(login: Login, conformance_run: Record) -> None:
    """Both ID tokens of the hybrid flow have the same iss and sub."""
    front, back = front_channel(login, conformance_run), id_token_in(login.response)
    for claim in ("iss", "sub"):
        assert front.claims.get(claim) == back.claims.get(claim), (
            f"{claim} differs between the two ID tokens of the login"
        )


@requirement("oidc-3.3.2.12-front-channel-id-token")
def test_front_channel_id_token_is_signed(login: Login, published_keys: Exchange, conformance_run: Record) -> None:
    """The signature of the hybrid flow's first ID token verifies with a published key."""
    token = front_channel(login, conformance_run)
    judge_signature(token, published_keys, conformance_run.profile, answer_of(login))


@requirement("oidc-3.3.2.12-front-channel-id-token")
def test_front_channel_id_token_is_for_the_client(login: Login, conformance_run: Record) -> None:
    """The hybrid flow's first ID token has the issuer in iss and the client_id in aud."""
    token, issuer = front_channel(login, conformance_run), conformance_run.profile.server.identifier
    assert login.client.client_id in token.audience, f"aud is {token.claims.get('aud')!r}"
    if issuer is not None:
        assert token.claims.get("iss") == issuer, f"iss is {token.claims.get('iss')!r}; the issuer is {issuer!r}"


@requirement("oidc-3.3.2.12-front-channel-id-token")
def test_front_channel_id_token_is_of_now(login: Login, conformance_run: Record) -> None:
    """Iat of the hybrid flow's first ID token is the time of the answer, and exp lies ahead of it."""
    token = front_channel(login, conformance_run)
    judge_issue(token, answer_of(login))
    judge_expiry(token, answer_of(login))


def answer_of(login: Login) -> Exchange:
    """The answer of the authorization endpoint, which the front channel carries."""
    if login.authorization is None:
        raise NotApplicable("the profile logs in without an authorization code")
    return login.authorization.exchange
