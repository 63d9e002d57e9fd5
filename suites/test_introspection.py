"""Introspection of tokens (RFC 7662), where the provider offers it."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.introspection import says_active
from token_conformance.evidence.lifetime import (
    access_token_lifetime,
    documented_access_token_lifetime,
    judge_introspected,
)
from token_conformance.evidence.rotation import grace_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import LATENESS
from token_conformance.provider import Login, Provider
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import impostor
from token_conformance.provider.grace import outlast_grace
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange

SKEW = 60
"""Seconds by which the clocks of provider and client may differ."""

KINDS = {
    "exp": int | float,
    "iat": int | float,
    "nbf": int | float,
    "aud": str | list,
    "scope": str,
    "client_id": str,
    "username": str,
    "token_type": str,
    "sub": str,
    "iss": str,
    "jti": str,
}
"""The members of RFC 7662 §2.2 and their types."""


@dataclass(frozen=True)
class Introspections:
    """A living token, and tokens that are unknown and revoked, and the living one without credentials.

    `known` is what the same client was told of the login's tokens before: whether it may ask at all.
    """

    login: Login
    known: tuple[Exchange, ...]
    refresh: TokenResponse
    live: Exchange
    unknown: Exchange
    revoked: Exchange | None
    without_credentials: Exchange
    wrong_credentials: Exchange | None


@scenario(needs="login refresh", ends_session=True, tried_out=True, long=True)
async def introspections(provider: Provider) -> Introspections:
    """Log in, introspect both tokens, refresh, and introspect a living, an unknown and a revoked token, and one without
    credentials.
    """
    endpoint = await provider.endpoint("introspection_endpoint")
    login = await provider.session()
    tokens = [token for token in (login.refresh_token, login.access_token) if token is not None]
    known = [await provider.introspect(token, client=login.client) for token in tokens]
    refresh = await provider.refresh(login.refresh_token, client=login.client)
    live = await provider.introspect(refresh.access_token, client=login.client)
    open_to(login, live)
    unknown = await provider.introspect(provider.draw("token"), client=login.client)
    body = form_encoded([("token", refresh.access_token or "")]).encode()
    form = ("Content-Type", "application/x-www-form-urlencoded")
    open_to_all = await provider.send("POST", endpoint, headers=(form,), body=body)
    wrong = None
    if login.client.can_be_imitated:
        wrong = await provider.introspect(
            refresh.access_token, client=impostor(login.client, provider.draw("client_secret"))
        )
    revoked = await after_revocation(provider, login, refresh.refresh_token or login.refresh_token)
    return Introspections(login, tuple(known), refresh, live, unknown, revoked, open_to_all, wrong)


def open_to(login: Login, live: Exchange) -> None:
    """Judge nothing where introspection demands credentials, as it must, and our client has none."""
    if login.client.public and live.answer is not None and live.status in {400, 401, 403}:
        raise NotApplicable("the profile's client is public, and introspection demands credentials")


async def after_revocation(provider: Provider, login: Login, refresh_token: str | None) -> Exchange | None:
    """The introspection of a refresh token after its revocation; None where that did not come about."""
    try:
        revocation = await provider.revoke(refresh_token, hint="refresh_token", client=login.client)
    except NotJudged:
        return None
    done = revocation.answer is not None and revocation.answer.status == 200
    return await provider.introspect(refresh_token, hint="refresh_token", client=login.client) if done else None


def controlled(introspections: Introspections) -> None:
    """Judge nothing where even a living token was not introspected."""
    if not says_active(introspections.live):
        raise Inconclusive(
            f"a living access token was introspected with {introspections.live.response.status}, active {introspections.live.members.get('active')!r}"
        )


def judge_inactive(exchange: Exchange, what: str) -> None:
    """Hold an introspection answer against the shape of inactivity."""
    status, active = exchange.response.status, exchange.members.get("active")
    assert status == 200 and active is False, f"{what} was introspected with status {status} and active {active!r}"


@requirement("rfc6749-5.1-expires-in-true")
def test_expires_in_of_a_refresh_agrees_with_introspection(
    introspections: Introspections, conformance_run: Record
) -> None:
    """After a refresh, expires_in agrees with the exp that introspection tells."""
    controlled(introspections)
    judge_introspected(introspections.refresh, introspections.live, conformance_run.profile)


@requirement("rfc7662-2.2-active")
def test_living_token_is_active(introspections: Introspections) -> None:
    """An access token that was just issued is introspected as active, where its client is told of tokens at all."""
    if not introspections.refresh.accepted:
        raise Inconclusive(f"there is no living access token: {introspections.refresh}")
    status, active = introspections.live.response.status, introspections.live.members.get("active")
    if status in {401, 403, 429, 503}:
        raise Inconclusive(f"introspection of a living access token was answered by {status}")
    if active is False and not any(says_active(each) for each in introspections.known):
        raise Inconclusive(
            "introspection tells the profile's client of no token: it may not be allowed to ask (RFC 7662 §2.2)"
        )
    assert status == 200 and says_active(introspections.live), (
        f"a living access token was introspected with status {status} and active {active!r}"
    )


@requirement("rfc7662-2.2-types")
def test_active_is_a_boolean(introspections: Introspections) -> None:
    """The member active is true or false, and no text."""
    controlled(introspections)
    for exchange in (introspections.unknown, introspections.live):
        active = exchange.members.get("active")
        assert isinstance(active, bool), f"active is {active!r}"


@requirement("rfc7662-2.2-types")
def test_members_have_their_types(introspections: Introspections) -> None:
    """exp, iat and nbf are numbers, aud is a text or a list, and the other members of RFC 7662 are texts."""
    controlled(introspections)
    members = introspections.live.members
    for name, kind in KINDS.items():
        value = members.get(name)
        right = value is None or (isinstance(value, kind) and not isinstance(value, bool))
        assert right, f"{name} is {value!r}, a {type(value).__name__}"


@requirement("rfc7662-2.2-truth")
def test_introspection_names_the_client(introspections: Introspections) -> None:
    """client_id of an introspected access token, where it is told, is the client that it was issued to."""
    controlled(introspections)
    told = introspections.live.members.get("client_id")
    if told is None:
        raise NotApplicable("introspection does not tell client_id, which RFC 7662 leaves open")
    asked = introspections.login.client.client_id
    assert told == asked, f"client_id is {told!r} for an access token of {asked!r}"


@requirement("rfc7662-2.2-truth")
def test_introspection_names_the_issuer(introspections: Introspections, conformance_run: Record) -> None:
    """Iss of an introspected access token, where it is told, is the issuer."""
    controlled(introspections)
    told, issuer = introspections.live.members.get("iss"), conformance_run.profile.server.identifier
    if told is None or issuer is None:
        raise NotApplicable("introspection does not tell iss, which RFC 7662 leaves open, or the profile no issuer")
    assert told == issuer, f"iss is {told!r}; the issuer is {issuer!r}"


@requirement("rfc7662-2.2-truth")
def test_introspection_tells_plausible_times(introspections: Introspections) -> None:
    """The iat and nbf of a living access token, where they are told, lie in the past, and exp ahead."""
    controlled(introspections)
    answer = introspections.live
    now = answer.date.timestamp()
    for name in ("iat", "nbf", "exp"):
        value = answer.members.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            right = value > now - SKEW if name == "exp" else value <= now + SKEW
            assert right, f"{name} of a living access token is {value}; the answer came at {now:.0f}"


@requirement("rfc7662-2.2-json")
def test_introspection_answers_json(introspections: Introspections) -> None:
    """Introspection answers application/json, for living and dead tokens."""
    controlled(introspections)
    for exchange in (introspections.unknown, introspections.live):
        assert exchange.media_type == "application/json", f"the media type is {exchange.media_type}"


@requirement("introspection-not-stored")
def test_introspection_is_not_stored(introspections: Introspections) -> None:
    """What introspection tells of a living token is not to be stored."""
    controlled(introspections)
    cached = introspections.live.header("cache-control") or ""
    assert "no-store" in cached.lower(), f"Cache-Control is {cached or 'absent'}"


@requirement("rfc7662-2.2-inactive-shape")
def test_unknown_token_is_inactive(introspections: Introspections) -> None:
    """A token that was never issued is introspected with 200 and active false."""
    controlled(introspections)
    judge_inactive(introspections.unknown, "an unknown token")


@requirement("rfc7662-2.2-inactive-tells-nothing")
def test_inactive_tells_nothing_more(introspections: Introspections) -> None:
    """The answer to an inactive token holds nothing but active."""
    controlled(introspections)
    more = sorted(introspections.unknown.members.keys() - {"active"})
    assert not more, f"the answer to an unknown token tells {', '.join(more)} too"


@requirement("rfc7662-2.2-inactive-shape")
def test_revoked_refresh_token_is_inactive(introspections: Introspections) -> None:
    """A revoked refresh token is introspected as inactive."""
    controlled(introspections)
    if introspections.revoked is None:
        raise NotApplicable("no refresh token could be revoked")
    judge_inactive(introspections.revoked, "a revoked refresh token")


@requirement("rfc7662-2.1-authorization")
def test_introspection_demands_credentials(introspections: Introspections) -> None:
    """Introspection without credentials, or with wrong ones, tells nothing of the token."""
    controlled(introspections)
    for exchange in (introspections.wrong_credentials, introspections.without_credentials):
        if exchange is not None:
            told = says_active(exchange)
            if not told and exchange.status // 100 != 2 and exchange.status not in {400, 401, 403}:
                raise Inconclusive(f"introspection answered {exchange.status}, which is neither yes nor no")
            assert not told, f"introspection without the right credentials was answered by {exchange.response.status}"


@requirement("rfc7662-2.3-credentials")
def test_wrong_credentials_are_refused_with_401(introspections: Introspections) -> None:
    """Introspection with a wrong secret, or the signature of another key, is refused with 401."""
    controlled(introspections)
    if introspections.wrong_credentials is None:
        raise NotApplicable("the profile's client proves itself by neither a secret nor a signature")
    status = introspections.wrong_credentials.response.status
    if status == 429 or status >= 500:
        raise Inconclusive(f"introspection answered {status}")
    assert status == 401, f"introspection with wrong credentials was answered by {status}"


@dataclass(frozen=True)
class ExpiredIntrospection:
    """An access token introspected when it is new, and after it has expired."""

    live: Exchange
    expired: Exchange


@scenario(needs="login", waits=True)
async def expired_introspection(provider: Provider) -> ExpiredIntrospection:
    """Log in, introspect the access token, wait until it has expired, and introspect it again."""
    await provider.endpoint("introspection_endpoint")
    documented = documented_access_token_lifetime(provider.profile)
    if documented and not provider.profile.user_client.public:  # which introspection may refuse: no wait is worth while
        provider.clock.check(documented + LATENESS)
    login = await provider.session()
    live = await provider.introspect(login.access_token, client=login.client)
    open_to(login, live)
    await provider.clock.wait(access_token_lifetime(login.response, provider.profile) + LATENESS)
    return ExpiredIntrospection(live, await provider.introspect(login.access_token, client=login.client))


@requirement("rfc7662-2.2-inactive-shape")
def test_expired_access_token_is_inactive(expired_introspection: ExpiredIntrospection) -> None:
    """An expired access token is introspected as inactive."""
    if not says_active(expired_introspection.live):
        raise Inconclusive("the new access token was not introspected as active")
    judge_inactive(expired_introspection.expired, "an expired access token")


@dataclass(frozen=True)
class UsedIntrospection:
    """A refresh token introspected while it lives, and after its use and the grace, and what a refresh by it is told then.

    `again` is None where introspection says what the documented grace leads to expect.
    """

    login: Login
    living: Exchange
    refresh: TokenResponse
    used: Exchange
    again: TokenResponse | None


@scenario(needs="login refresh", ends_session=True, waits=True, tried_out=True)
async def used_introspection(provider: Provider) -> UsedIntrospection:
    """Log in, introspect the refresh token, use it, and after the documented grace introspect it again; where none is
    documented, or it is said to be active, refresh by it as well.
    """
    await provider.endpoint("introspection_endpoint")
    login = await provider.session()
    living = await provider.introspect(login.refresh_token, hint="refresh_token", client=login.client)
    open_to(login, living)
    refresh = await provider.refresh(login.refresh_token, client=login.client)
    await outlast_grace(provider, login, (refresh,))
    used = await provider.introspect(login.refresh_token, hint="refresh_token", client=login.client)
    again = None
    if not grace_of(provider.profile).known or says_active(used):
        again = await provider.refresh(login.refresh_token, client=login.client)
    return UsedIntrospection(login, living, refresh, used, again)


@requirement(
    "rfc7662-2.2-inactive-shape", formerly=("suites/test_introspection.py::test_used_refresh_token_is_inactive",)
)
def test_used_refresh_token_is_introspected_as_it_works(used_introspection: UsedIntrospection) -> None:
    """A refresh token that was rotated away, and no longer works, is introspected as inactive."""
    refresh, used, again = used_introspection.refresh, used_introspection.used, used_introspection.again
    if not says_active(used_introspection.living):
        raise NotApplicable("introspection does not tell of refresh tokens, which RFC 7662 leaves open")
    if not refresh.accepted:
        raise Inconclusive(f"the refresh was not accepted: {refresh}")
    if refresh.refresh_token in {None, used_introspection.login.refresh_token}:
        raise NotApplicable("the provider does not rotate refresh tokens")
    if again is not None and refusal(again, control=refresh).handed_over:
        assert says_active(used), "a used refresh token still works, and is introspected as inactive"
    else:
        judge_inactive(used, "a used refresh token")
