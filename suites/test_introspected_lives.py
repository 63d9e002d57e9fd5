"""What introspection tells of tokens that live on, and to whom (RFC 7662 §2.2)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.facts.measured import moment_of
from token_conformance.evidence.introspection import says_active
from token_conformance.evidence.lifetime import access_token_lifetime, documented_access_token_lifetime
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import LATENESS
from token_conformance.provider import Login, Provider
from token_conformance.wire.exchange import Exchange

TOLERANCE = 5
"""Seconds for which a token may work after the time that was told, until servers agree that it is over."""


@dataclass(frozen=True)
class LivingTokens:
    """The refresh tokens of a login and of its refresh, each introspected while it lives, and the access token beside it.

    `by_another` is what the second client is told of the access token, and `renewal` the answer to the newer refresh token
    after that.
    """

    login: Login
    first: Exchange
    refresh: TokenResponse
    newest: Exchange
    access_token: Exchange
    by_another: Exchange | None
    renewal: TokenResponse


@scenario(needs="login refresh")
async def living_tokens(provider: Provider) -> LivingTokens:
    """Introspect the refresh tokens of a login and of a refresh, and the access token by another client, and use the newer one."""
    await provider.endpoint("introspection_endpoint")
    login, another = await provider.session(), provider.profile.second_client
    client = login.client
    first = await provider.introspect(login.refresh_token, client=client)
    if client.public and first.answer is not None and first.status in {400, 401, 403}:
        raise NotApplicable("the profile's client is public, and introspection demands credentials")
    refresh = await provider.refresh(login.refresh_token, client=client)
    newest = refresh.refresh_token or login.refresh_token
    in_life = await provider.introspect(newest, client=client)
    access_token = await provider.introspect(refresh.access_token, client=client)
    by_another = await provider.introspect(refresh.access_token, client=another) if another is not None else None
    renewal = await provider.refresh(newest, client=client)
    return LivingTokens(login, first, refresh, in_life, access_token, by_another, renewal)


@dataclass(frozen=True)
class OutlivedAccessToken:
    """The refresh token of a refresh, introspected at once and once its access token has expired, and the answer to it then."""

    early: Exchange
    late: Exchange
    last: TokenResponse


@scenario(needs="login refresh", waits=True)
async def outlived_access_token(provider: Provider) -> OutlivedAccessToken:
    """Log in, refresh, introspect the refresh token, wait until the access token has expired, introspect it again and use it."""
    await provider.endpoint("introspection_endpoint")
    documented = documented_access_token_lifetime(provider.profile)
    if documented and not provider.profile.user_client.public:  # which introspection may refuse: no wait is worth while
        provider.clock.check(documented + LATENESS)
    login = await provider.session()
    refresh = await provider.refresh(login.refresh_token, client=login.client)
    newest = refresh.refresh_token or login.refresh_token
    early = await provider.introspect(newest, client=login.client)
    told_of(early)
    await provider.clock.wait(access_token_lifetime(refresh, provider.profile) + LATENESS)
    late = await provider.introspect(newest, client=login.client)
    return OutlivedAccessToken(early, late, await provider.refresh(newest, client=login.client))


def judge_living(exchange: Exchange, what: str) -> None:
    """Hold an introspection answer against the life of a token of whose like the same client was told before."""
    status, active = exchange.response.status, exchange.members.get("active")
    if status in {401, 403, 429} or status >= 500:
        raise Inconclusive(f"introspection of {what} was answered by {status}")
    assert says_active(exchange), f"{what}, which lives, was introspected with status {status} and active {active!r}"


def told_of(exchange: Exchange) -> None:
    """Judge nothing where this client is not told of living refresh tokens."""
    if not says_active(exchange):
        raise NotApplicable("introspection does not tell this client of refresh tokens, as RFC 7662 §2.2 allows")


def working(answer: TokenResponse) -> None:
    """Judge nothing where a refresh token that was introspected does not work afterwards."""
    if not answer.accepted:
        raise Inconclusive(f"the refresh token does not work: {answer}")


@requirement("rfc7662-2.2-active")
def test_refresh_token_of_a_refresh_is_active(living_tokens: LivingTokens) -> None:
    """The refresh token of a refresh is introspected as active, as that of the login was for the same client."""
    told_of(living_tokens.first)
    working(living_tokens.renewal)
    judge_living(living_tokens.newest, "the refresh token of a refresh")


@requirement("rfc7662-2.2-active")
def test_refresh_token_is_active_beside_an_expired_access_token(outlived_access_token: OutlivedAccessToken) -> None:
    """A refresh token that works is introspected as active before and after its access token has expired."""
    told_of(outlived_access_token.early)
    working(outlived_access_token.last)
    judge_living(outlived_access_token.late, "the refresh token beside an expired access token")


@requirement("rfc7662-2.2-truth")
def test_refresh_token_works_no_longer_than_is_told(outlived_access_token: OutlivedAccessToken) -> None:
    """A refresh token does not work once the exp has passed that introspection told of it."""
    early, last = outlived_access_token.early, outlived_access_token.last
    told_of(early)
    expiry = moment_of(early.members.get("exp"))
    if expiry is None:
        raise NotApplicable("introspection does not tell when the refresh token expires")
    working(last)
    over = (last.exchange.date - expiry).total_seconds()
    assert over < TOLERANCE, f"the refresh token works {over:.0f} s after the exp that introspection told of it"


@requirement("rfc7662-2.2-truth")
def test_who_asks_is_not_whose_token_it_is(living_tokens: LivingTokens) -> None:
    """client_id of an access token, where another client is told it, is not that of the client that asks."""
    answer, owner = living_tokens.by_another, living_tokens.login.client.client_id
    if answer is None:
        raise NotApplicable("the profile has no second confidential client")
    if not says_active(living_tokens.access_token):
        raise Inconclusive("the living access token was not introspected as active")
    told = answer.members.get("client_id") if says_active(answer) else None
    if told is None:
        raise NotApplicable("another client is told nothing of the access token, as RFC 7662 §2.2 allows")
    assert told == owner, f"client_id is {told!r} where another client asks, for an access token of {owner!r}"


@requirement("rfc7662-2.2-audience")
def test_audience_is_that_of_the_token(living_tokens: LivingTokens) -> None:
    """Aud of a JWT access token is told as it stands in the token, or a part of it, whoever asks."""
    token = jwt_of(living_tokens.refresh.access_token)
    if token is None or not token.audience:
        raise NotApplicable("the access token is opaque, or names no audience")
    asked = [answer for answer in (living_tokens.access_token, living_tokens.by_another) if answer is not None]
    told = {answer: audience_of(answer) for answer in asked if says_active(answer) and "aud" in answer.members}
    if not told:
        raise NotApplicable("introspection tells nobody of this run for whom the access token is")
    for answer, audience in told.items():
        foreign = sorted(audience - set(token.audience))
        assert not foreign, (
            f"aud is {', '.join(foreign)} in {answer}, and {', '.join(token.audience)} in the access token itself"
        )


def audience_of(answer: Exchange) -> frozenset[str]:
    """The audiences that introspection tells, one or several (RFC 7662 §2.2)."""
    told = answer.members["aud"]
    return frozenset(str(each) for each in (told if isinstance(told, list) else [told]))


@requirement("session-no-stranding")
def test_introspection_ends_no_session(living_tokens: LivingTokens) -> None:
    """A refresh token works after it was introspected, and its access token by another client."""
    if not living_tokens.renewal.accepted and not says_active(living_tokens.newest):
        raise Inconclusive("the refresh token was not introspected as active, and is refused: it was dead before")
    answer = refusal(living_tokens.renewal, control=living_tokens.refresh)
    assert answer.accepted, f"after introspection, by another client too, a refresh token was answered by {answer}"
