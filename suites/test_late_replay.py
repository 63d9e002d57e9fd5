"""A code that comes again after its session was renewed: all that it has led to is revoked (RFC 6749 §4.1.2 and §10.5)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.resource import Protected, took
from token_conformance.provider import Provider
from token_conformance.provider.resource import protected
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class LateReplay:
    """A code exchanged, its tokens renewed, the code again, and both access tokens and the newest refresh token after it.

    `resources` was asked with both access tokens before the replay, the older one first, `afterwards` are its answers then.
    """

    first: TokenResponse
    renewal: TokenResponse
    resources: tuple[Protected, ...]
    replay: TokenResponse
    afterwards: tuple[Exchange, ...]
    refresh: TokenResponse


@scenario(needs="authorization_code refresh unattended_login", ends_session=True, tried_out=True, long=True)
async def late_replay(provider: Provider) -> LateReplay:
    """Exchange a code, renew its tokens, exchange it again, and use the tokens of both answers."""
    authorization = await provider.authorize()
    first = await provider.exchange_code(authorization)
    renewal = await provider.refresh(first.refresh_token, client=authorization.client)
    tokens = (first.access_token, renewal.access_token)
    resources = [resource for token in tokens if (resource := await protected(provider, token)) is not None]
    replay = await provider.exchange_code(authorization)
    after = [await provider.resource(token) for token in tokens] if len(resources) == len(tokens) else []
    newest = renewal.refresh_token or first.refresh_token
    refresh = await provider.refresh(newest, client=authorization.client)
    return LateReplay(first, renewal, tuple(resources), replay, tuple(after), refresh)


def refused(late_replay: LateReplay) -> None:
    """Judge nothing where the replay was not refused, which another check judges."""
    if refusal(late_replay.replay, control=late_replay.first).handed_over:
        raise NotApplicable("the replay was not refused")


@requirement("rfc6749-4.1.2-replay-revokes")
def test_late_replay_revokes_the_newest_refresh_token(late_replay: LateReplay) -> None:
    """The refresh token of a renewal is revoked when the code that the session came from is used again."""
    refused(late_replay)
    answer = refusal(late_replay.refresh, control=late_replay.renewal)
    assert not answer.handed_over, "after the replay of its code, the refresh token of a renewed session still works"


@requirement("rfc6749-10.5-replay-revokes-access-token")
def test_late_replay_revokes_all_access_tokens(late_replay: LateReplay) -> None:
    """The access tokens of a code and of a renewal are refused after its replay, where the resource looks them up."""
    refused(late_replay)
    if not late_replay.afterwards:
        raise NotApplicable("there is no resource to use the access tokens at")
    if jwt_of(late_replay.first.access_token) is not None:
        raise NotApplicable("the access token is a JWT, which resources may check by themselves")
    alive = [pair for pair in zip(late_replay.resources, late_replay.afterwards, strict=True) if took(pair[0].right)]
    if not alive:
        raise Inconclusive("the resource took none of the access tokens before the replay")
    for resource, after in alive:
        answer = resource.beside(after)
        assert not took(answer), f"an access token was taken after the replay of its code: {answer.status} to {answer}"
