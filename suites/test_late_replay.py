"""A code that comes again after its session was renewed: all that it has led to is revoked (RFC 6749 §4.1.2 and §10.5)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class LateReplay:
    """A code exchanged, its tokens renewed, the code again, and both access tokens and the newest refresh token after it.

    `before` are the answers of the resource to the access tokens before the replay, the older one first.
    """

    first: TokenResponse
    renewal: TokenResponse
    before: tuple[Exchange, ...]
    replay: TokenResponse
    after: tuple[Exchange, ...]
    refresh: TokenResponse


@scenario(needs="authorization_code refresh unattended_login", reach="user")
async def late_replay(provider: Provider) -> LateReplay:
    """Exchange a code, renew its tokens, exchange it again, and use the tokens of both answers."""
    authorization = await provider.authorize()
    first = await provider.exchange_code(authorization)
    renewal = await provider.refresh(first.refresh_token, client=authorization.client)
    before = await at_resource(provider, first, renewal)
    replay = await provider.exchange_code(authorization)
    after = await at_resource(provider, first, renewal)
    newest = renewal.refresh_token or first.refresh_token
    refresh = await provider.refresh(newest, client=authorization.client)
    return LateReplay(first, renewal, before, replay, after, refresh)


async def at_resource(provider: Provider, *answers: TokenResponse) -> tuple[Exchange, ...]:
    """The answers of the protected resource to some access tokens; none where there is none to ask."""
    try:
        return tuple([await provider.resource(answer.access_token) for answer in answers])
    except NotJudged:
        return ()


def refused(late_replay: LateReplay) -> None:
    """Judge nothing where the replay was not refused, which another check judges."""
    if not refusal(late_replay.replay, control=late_replay.first).refused:
        raise NotApplicable("the replay was not refused")


@requirement("rfc6749-4.1.2-replay-revokes")
def test_late_replay_revokes_the_newest_refresh_token(late_replay: LateReplay) -> None:
    """The refresh token of a renewal is revoked when the code that the session came from is used again."""
    refused(late_replay)
    answer = refusal(late_replay.refresh, control=late_replay.renewal)
    assert not answer.accepted, "after the replay of its code, the refresh token of a renewed session still works"


@requirement("rfc6749-10.5-replay-revokes-access-token")
def test_late_replay_revokes_all_access_tokens(late_replay: LateReplay) -> None:
    """The access tokens of a code and of a renewal are refused after its replay, where the resource looks them up."""
    refused(late_replay)
    if not late_replay.before or not late_replay.after:
        raise NotApplicable("there is no resource to use the access tokens at")
    for answer, before, after in zip(
        (late_replay.first, late_replay.renewal), late_replay.before, late_replay.after, strict=True
    ):
        if jwt_of(answer.access_token) is not None:
            raise NotApplicable("the access token is a JWT, which resources may check by themselves")
        if before.response.status // 100 != 2:
            continue
        status = after.response.status
        if status == 429 or status >= 500:
            raise Inconclusive(f"the resource answered {status}")
        assert status in {400, 401, 403}, (
            f"after the replay the access token of {answer.exchange} was answered by {status}"
        )
    if all(before.response.status // 100 != 2 for before in late_replay.before):
        raise Inconclusive("the resource took none of the access tokens before the replay")
