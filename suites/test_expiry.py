"""What dies when: refresh tokens and access tokens (RFC 6749 §5.1 and §5.2, RFC 6750 §3.1)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.lifetime import (
    TOLERANCE,
    access_token_lifetime,
    documented_access_token_lifetime,
    documented_lifetime,
    judge_introspected,
    judge_jwt,
    lifetime_slack,
    refresh_token_lifetime,
)
from token_conformance.evidence.rotation import demanded_by, held_to
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.transcripts import Refreshed
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.refusal import LATENESS
from token_conformance.judging.resource import BadToken, Protected, took
from token_conformance.judging.violation import violating
from token_conformance.provider import Login, Provider, protected
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class ExpiredRefreshToken:
    """A refresh before the refresh token expires, and two after it has; `promised` tells that its life is documented."""

    control: TokenResponse
    expired: TokenResponse
    repeated: TokenResponse
    promised: bool

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        expired = {"an expired refresh token": self.expired, "an expired refresh token again": self.repeated}
        return mistaken(self.control, expired, "invalid_grant", refused_by="rfc6749-expiry-refresh-token")


@scenario(needs="login refresh", reach="session", waits=True, parks=True)
async def expired_refresh_token(provider: Provider) -> ExpiredRefreshToken:
    """Log in, refresh, wait until the newest refresh token has expired, and present it twice."""
    lifetime, promised = refresh_token_lifetime(provider.profile)
    wait = lifetime + lifetime_slack(provider.profile) + LATENESS
    provider.clock.check(wait)
    login = await provider.login()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    await provider.clock.wait(wait)
    expired = await provider.refresh(newest, client=login.client)
    repeated = await provider.refresh(newest, client=login.client)
    return ExpiredRefreshToken(control, expired, repeated, promised)


def judged_expiry(attempts: ExpiredRefreshToken) -> TokenResponse:
    """The answer to the expired refresh token, unless it outlived a lifetime that nobody promised."""
    answer = refusal(attempts.expired, control=attempts.control)
    if answer.accepted and not attempts.promised:
        raise NotApplicable("measured, not judged: a refresh token lives longer than was observed before")
    return answer


@requirement(
    "rfc6749-expiry-refresh-token", formerly=("suites/test_expiry.py::test_expired_refresh_token_is_invalid_grant",)
)
def test_expired_refresh_token_is_refused(expired_refresh_token: ExpiredRefreshToken) -> None:
    """An expired refresh token yields nothing."""
    assert not judged_expiry(expired_refresh_token).handed_over, "an expired refresh token was accepted"


@requirement("expiry-final")
def test_expiry_is_final(expired_refresh_token: ExpiredRefreshToken) -> None:
    """An expired refresh token is refused again when it is tried again."""
    if refusal(expired_refresh_token.expired, control=expired_refresh_token.control).handed_over:
        raise Inconclusive(f"the expired refresh token was not refused: {expired_refresh_token.expired}")
    answer = refusal(expired_refresh_token.repeated, control=expired_refresh_token.control)
    assert not answer.handed_over, "an expired refresh token was refused, and accepted when it was tried again"


@dataclass(frozen=True)
class AgedRefreshToken:
    """A refresh token that was used at once, and one that nobody used, both shortly before their end."""

    login: Login
    control: TokenResponse
    used: TokenResponse
    aged: TokenResponse


@scenario(needs="login refresh", ends_session=True, waits=True)
async def aged_refresh_token(provider: Provider) -> AgedRefreshToken:
    """Log in, refresh, wait until shortly before the refresh tokens expire, and present the newest and the used one."""
    lifetime = documented_lifetime(provider.profile)
    wait = lifetime - min(TOLERANCE, lifetime / 2)
    provider.clock.check(wait)
    login = await provider.login()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    await provider.clock.wait(wait)
    aged = await provider.refresh(newest, client=login.client)
    return AgedRefreshToken(login, control, await provider.refresh(login.refresh_token, client=login.client), aged)


@requirement("refresh-token-lifetime-as-documented")
def test_refresh_token_lives_as_long_as_documented(aged_refresh_token: AgedRefreshToken) -> None:
    """A refresh token works until shortly before its documented lifetime has passed."""
    assert refusal(aged_refresh_token.aged, control=aged_refresh_token.control).accepted


@requirement("rfc9700-4.14.2-old-token-refused", "rotation-as-documented")
def test_used_refresh_token_stays_dead(aged_refresh_token: AgedRefreshToken, conformance_run: Record) -> None:
    """A refresh token that was rotated away is refused for as long as it would have lived."""
    control, old = aged_refresh_token.control, aged_refresh_token.login.refresh_token
    if control.refresh_token in {None, old}:
        raise NotApplicable("the provider does not rotate refresh tokens")
    answer = refusal(aged_refresh_token.used, control=control)
    if demanded_by(conformance_run.profile) is None:
        seen = "works" if answer.handed_over else f"is answered by {answer}"
        raise NotApplicable(f"measured, not judged: long after its use a refresh token {seen}")
    with violating(held_to(conformance_run.profile, "rfc9700-4.14.2-old-token-refused")):
        assert not answer.handed_over, "a refresh token works again, long after it was used"


@dataclass(frozen=True)
class AccessTokenLife:
    """An access token at the resource when it is new, shortly before it expires, and after that, and at userinfo too.

    `missed` tells that nobody came back before it had expired, and `stale` not soon after that either.
    """

    login: Login
    fresh: Protected
    fresh_at_userinfo: Protected | None
    late: Exchange | None
    expired: Exchange
    expired_at_userinfo: Exchange | None
    renewal: TokenResponse | None
    missed: bool = False
    stale: bool = False

    @property
    def bad_tokens(self) -> tuple[BadToken, ...]:
        """The tokens that should be called invalid."""
        return (BadToken("an expired access token", self.expired, self.fresh),)


@scenario(needs="login", waits=True, parks=True)
async def access_token_life(provider: Provider) -> AccessTokenLife:
    """Log in, use the access token at once, shortly before expires_in has passed, and some time after; then renew it."""
    await provider.resource_address()
    provider.clock.check(documented_access_token_lifetime(provider.profile) - TOLERANCE)
    login = await provider.login()
    fresh = await protected(provider, login.access_token)
    if fresh is None:
        raise NotApplicable("there is no resource to use the access token at")
    userinfo = await at_userinfo(provider, login) if provider.profile.server.resource is not None else None
    lifetime = access_token_lifetime(login.response, provider.profile)
    late, missed = None, False
    if lifetime > 2 * TOLERANCE:
        await provider.clock.wait(lifetime - TOLERANCE)
        missed = (age := age_of(login.response, provider)) >= lifetime - LATENESS
        late = await provider.resource(login.access_token) if not missed else None
        await provider.clock.wait(max(lifetime + TOLERANCE - age, 0) if missed else 2 * TOLERANCE)
    else:
        await provider.clock.wait(lifetime + LATENESS)
    expired = await provider.resource(login.access_token)
    expired_at_userinfo = await provider.userinfo(login.access_token) if userinfo is not None else None
    renewal, stale = None, age_of(login.response, provider) > lifetime + 5 * TOLERANCE
    if login.refresh_token is not None:
        renewal = await provider.refresh(login.refresh_token, client=login.client)
    return AccessTokenLife(login, fresh, userinfo, late, expired, expired_at_userinfo, renewal, missed, stale)


def age_of(response: TokenResponse, provider: Provider) -> float:
    """The seconds since an answer came: a scenario that was parked may go on much later than it had asked."""
    return (provider.clock.now() - response.answered).total_seconds()


async def at_userinfo(provider: Provider, login: Login) -> Protected | None:
    """The answers of the userinfo endpoint to the access token, and to none; None where there is none, or it is not for it."""
    granted = login.response.scope or frozenset((login.scope or "").split())
    if "openid" not in granted:
        return None
    try:
        url = await provider.endpoint("userinfo_endpoint")
    except NotApplicable:
        return None
    return Protected(await provider.userinfo(login.access_token), await provider.get(url))


@requirement("rfc6750-3.1-expired-access-token")
def test_expired_access_token_is_refused(access_token_life: AccessTokenLife) -> None:
    """The resource refuses an expired access token."""
    answer = access_token_life.fresh.beside(access_token_life.expired)
    assert not took(answer), f"after expires_in has passed the resource answered {answer.status}"


@requirement("oidc-5.3.3-userinfo-error")
def test_userinfo_refuses_an_expired_access_token(access_token_life: AccessTokenLife) -> None:
    """The userinfo endpoint refuses an expired access token, as the resource does."""
    fresh, expired = access_token_life.fresh_at_userinfo, access_token_life.expired_at_userinfo
    if fresh is None or expired is None:
        raise NotApplicable("there is no userinfo endpoint for the access token, or it is judged as the resource")
    answer = fresh.beside(expired)
    assert not took(answer), f"after expires_in has passed the userinfo endpoint answered {answer.status}"


@requirement("rfc6749-6-refresh-succeeds")
def test_refresh_token_outlives_the_access_token(access_token_life: AccessTokenLife, conformance_run: Record) -> None:
    """A refresh is accepted after the access token has expired, which is what it is for."""
    grant, renewal = conformance_run.profile.grants.refresh_token, access_token_life.renewal
    if grant is None or renewal is None:
        raise NotApplicable("the login yields no refresh token")
    lifetime, told = grant.lifetime.documented, access_token_life.login.response.expires_in or 0
    if lifetime is not None and lifetime <= told + 2 * TOLERANCE:
        raise NotApplicable("the profile documents a refresh token that lives no longer than the access token")
    if not renewal.accepted and not renewal.refused:
        raise Inconclusive(f"neither accepted nor refused: {renewal} to {renewal.exchange}")
    if access_token_life.stale and not renewal.accepted:
        raise Inconclusive("nobody came back soon after the access token had expired: the refresh token may have, too")
    assert renewal.accepted, f"after the access token had expired, the refresh was answered by {renewal}"


@requirement("rfc6749-5.1-expires-in-true")
def test_access_token_lives_as_long_as_told(access_token_life: AccessTokenLife) -> None:
    """The access token works until shortly before expires_in has passed."""
    if access_token_life.missed:
        raise Inconclusive("nobody came back before the access token had expired")
    if access_token_life.late is None:
        raise NotApplicable("the access token lives too short to look at it before it dies")
    answer = access_token_life.fresh.beside(access_token_life.late)
    assert took(answer), f"{TOLERANCE} s before expires_in has passed the resource answered {answer.status}"


@requirement("rfc6749-5.1-expires-in-true")
def test_expires_in_agrees_with_the_jwt(login: Login) -> None:
    """expires_in agrees with the exp of a JWT access token."""
    judge_jwt(login.response)


@requirement("rfc6749-5.1-expires-in-true")
def test_expires_in_of_a_refresh_agrees_with_the_jwt(refreshed: Refreshed) -> None:
    """After a refresh, expires_in agrees with the exp of a JWT access token."""
    judge_jwt(refreshed.response)


@dataclass(frozen=True)
class Introspected:
    """A new access token, introspected."""

    login: Login
    answer: Exchange


@scenario(needs="login")
async def introspected_life(provider: Provider) -> Introspected:
    """Introspect the access token of a living session."""
    await provider.endpoint("introspection_endpoint")
    login = await provider.session()
    return Introspected(login, await provider.introspect(login.access_token, client=login.client))


@requirement("rfc6749-5.1-expires-in-true")
def test_expires_in_agrees_with_introspection(introspected_life: Introspected, conformance_run: Record) -> None:
    """expires_in agrees with the exp that introspection tells."""
    introspection = introspected_life.answer
    if introspected_life.login.client.public and "active" not in introspection.members:
        raise NotApplicable("the profile's client is public, and introspection demands credentials")
    judge_introspected(introspected_life.login.response, introspection, conformance_run.profile)
