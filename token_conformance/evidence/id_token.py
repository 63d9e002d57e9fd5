"""What is held against an ID token, wherever it comes from (OIDC Core §2, §3.1.3.7 and §3.3.2.12)."""

from __future__ import annotations

from datetime import timedelta

from token_conformance.evidence.jwt_reading import Token, half_hash, read, verified_by, verified_by_secret
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.models import Profile
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.exchange import Exchange

SKEW = timedelta(seconds=60)
"""By how much the clocks of provider and client may differ."""

CENTURY = timedelta(days=36_525)


def asked(profile: Profile) -> None:
    """Judge nothing where no ID token was asked for."""
    if not profile.openid:
        raise NotApplicable("the profile's scope does not ask for openid")


def id_token_in(response: TokenResponse) -> Token:
    """The ID token of a response.

    Raises:
        Inconclusive: there is none that could be read; other checks say so.

    """
    token = read(response.id_token) if response.id_token is not None else None
    if token is None:
        raise Inconclusive(f"no ID token can be read from the answer: {response}")
    response.exchange.response  # noqa: B018 - the answer is the evidence, whichever was read before
    return token


def judge_signature(token: Token, published_keys: Exchange, profile: Profile, answer: Exchange) -> None:
    """Hold the signature of an ID token against the published keys, or the client's secret (OIDC Core §10.1)."""
    secret = profile.user_client.client_secret
    if (token.algorithm or "").startswith("HS") and secret is not None:
        answer.response  # noqa: B018 - the answer that holds the ID token is what is judged
        assert verified_by_secret(token, secret), (
            f"the ID token is not verified: alg is {token.algorithm}, and the client's secret is not the key"
        )
        return
    if published_keys.response.status != 200 or not published_keys.members:
        raise Inconclusive(f"the published keys cannot be read: status {published_keys.response.status}")
    reason = verified_by(token, published_keys.json)
    answer.response  # noqa: B018 - the answer that holds the ID token is what is judged
    assert reason is None, f"the ID token is not verified: {reason}"


def judge_expiry(token: Token, answer: Exchange) -> None:
    """Hold exp against the time of the answer."""
    expiry, answered = token.time("exp"), answer.date
    assert expiry is not None, f"exp is {token.claims.get('exp')!r}, no time"
    assert answered - SKEW < expiry < answered + CENTURY, (
        f"exp is {expiry:%Y-%m-%d %H:%M:%S}; the answer came {answered:%Y-%m-%d %H:%M:%S}"
    )
    issued = token.time("iat")
    # Both times are of one clock: no difference of clocks explains this.
    assert issued is None or issued < expiry, (
        f"exp is {expiry:%Y-%m-%d %H:%M:%S}, and iat {issued:%Y-%m-%d %H:%M:%S}: the token never lived"
    )


def judge_issue(token: Token, answer: Exchange) -> None:
    """Hold iat against the time of the answer."""
    issued, answered = token.time("iat"), answer.date
    assert issued is not None, f"iat is {token.claims.get('iat')!r}, no time"
    begins = token.time("nbf")
    assert begins is None or begins <= answered + SKEW, f"nbf is {begins:%Y-%m-%d %H:%M:%S}: nobody may accept it yet"
    assert abs(issued - answered) <= SKEW, (
        f"iat is {issued:%Y-%m-%d %H:%M:%S}; the answer came {answered:%Y-%m-%d %H:%M:%S}"
    )


def judge_hash(token: Token, claim: str, value: str | None) -> None:
    """Hold a hash claim against what it is of (OIDC Core §3.1.3.6 and §3.3.2.11)."""
    if claim not in token.claims:
        raise NotApplicable(f"the ID token has no {claim}")
    if value is None:
        raise Inconclusive(f"there is nothing that {claim} could be of")
    right = half_hash(value, token.algorithm)
    if right is None:
        raise Inconclusive(f"the hash of alg {token.algorithm!r} is not known")
    assert token.claims[claim] == right, f"{claim} is {token.claims[claim]!r}; computed {right!r}"
