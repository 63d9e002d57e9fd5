"""Revocation of tokens (RFC 7009), where the provider offers it."""

from dataclasses import dataclass

import pytest

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.resource import Protected, took
from token_conformance.provider import Login, Provider, protected
from token_conformance.provider.client_authentication import impostor, unauthenticated
from token_conformance.wire.exchange import Exchange


async def revocable(provider: Provider) -> None:
    """Judge nothing where there is no revocation, or none for clients like the profile's (RFC 8414 §2)."""
    await provider.endpoint("revocation_endpoint")
    methods = await provider.methods_at("revocation_endpoint")
    if provider.profile.user_client.public and methods and "none" not in methods:
        raise NotApplicable("revocation_endpoint_auth_methods_supported does not list none, and the client is public")


@dataclass(frozen=True)
class Revoked:
    """A refresh, the revocation of the newest refresh token without a hint, and both tokens before it and after."""

    control: TokenResponse
    resource: Protected | None
    revocation: Exchange
    afterwards: TokenResponse
    resource_afterwards: Exchange | None
    again: Exchange

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        revoked = {"a revoked refresh token": self.afterwards}
        return mistaken(self.control, revoked, "invalid_grant", refused_by="rfc7009-2-refresh-token-revoked")


@scenario(needs="login refresh", ends_session=True, tried_out=True)
async def revoked(provider: Provider) -> Revoked:
    """Log in, refresh, revoke the newest refresh token, present it and its access token, and revoke it again."""
    await revocable(provider)
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    resource = await protected(provider, control.access_token)
    revocation = await provider.revoke(newest, client=login.client)
    return Revoked(
        control=control,
        resource=resource,
        revocation=revocation,
        afterwards=await provider.refresh(newest, client=login.client),
        resource_afterwards=await provider.resource(control.access_token) if resource is not None else None,
        again=await provider.revoke(newest, client=login.client),
    )


def done(revocation: Exchange) -> None:
    """Judge nothing of a revocation that did not take place, which is a finding of its own."""
    if revocation.response.status != 200:
        raise Inconclusive(f"the revocation was answered by {revocation.status}")


@requirement("rfc7009-2-refresh-token-revoked")
def test_revocation_is_answered_by_200(revoked: Revoked) -> None:
    """The revocation of a refresh token is answered by 200."""
    if not revoked.control.accepted:
        raise Inconclusive(f"there is no living refresh token: {revoked.control}")
    status = revoked.revocation.status
    assert status == 200, f"the revocation was answered by {status}"


@requirement("rfc7009-2-refresh-token-revoked")
def test_revoked_refresh_token_is_refused(revoked: Revoked) -> None:
    """A refresh token that was revoked yields nothing."""
    done(revoked.revocation)
    answer = refusal(revoked.afterwards, control=revoked.control)
    assert not answer.handed_over, "a revoked refresh token was accepted"


@requirement("rfc7009-2.1-refresh-kills-access")
def test_revocation_ends_the_access_token_too(revoked: Revoked) -> None:
    """With its refresh token an access token that the resource looks up is revoked."""
    judge_revoked(revoked.control.access_token, revoked.resource, revoked.revocation, revoked.resource_afterwards)


def judge_revoked(
    access_token: str | None, resource: Protected | None, revocation: Exchange, after: Exchange | None
) -> None:
    """Hold the resource's answer after a revocation against the one before it."""
    if access_token is None:
        raise Inconclusive("there is no access token: the answer before did not hand one over")
    if resource is None or after is None:
        raise NotApplicable("there is no resource to use the access token at")
    if jwt_of(access_token) is not None:
        raise NotApplicable("the access token is a JWT, which resources may check by themselves")
    done(revocation)
    answer = resource.beside(after)
    assert not took(answer), f"after the revocation the resource answered the access token with {answer.status}"


HINTS = {"right": "refresh_token", "unknown": "urn:example:hint", "wrong": "access_token"}
"""The values of token_type_hint by which a refresh token is revoked (RFC 7009 §2.1)."""


@dataclass(frozen=True)
class HintedRevocation:
    """A refresh, the revocation of the newest refresh token with a hint, and that token after it."""

    control: TokenResponse
    revocation: Exchange
    afterwards: TokenResponse


@scenario(needs="login refresh", ends_session=True, tried_out=True, long=True)
async def hinted_revocations(provider: Provider) -> dict[str, HintedRevocation]:
    """For each hint, the right one, an unknown one and a wrong one, log in, refresh, revoke with it, and refresh."""
    await revocable(provider)

    async def tried(hint: str) -> HintedRevocation:
        login = await provider.login()
        control = await provider.refresh(login.refresh_token, client=login.client)
        newest = control.refresh_token or login.refresh_token
        revocation = await provider.revoke(newest, hint=hint, client=login.client)
        return HintedRevocation(control, revocation, await provider.refresh(newest, client=login.client))

    return {kind: await tried(hint) for kind, hint in HINTS.items()}


@requirement("rfc7009-2.1-hint")
@pytest.mark.parametrize("kind", HINTS)
def test_hint_saves_no_refresh_token(
    hinted_revocations: dict[str, HintedRevocation], revoked: Revoked, kind: str
) -> None:
    """A refresh token that was revoked with a right, an unknown or a wrong hint yields nothing."""
    done(revoked.revocation)
    if refusal(revoked.afterwards, control=revoked.control).handed_over:
        raise Inconclusive("a refresh token is not revoked without a hint either")
    tried = hinted_revocations[kind]
    status = tried.revocation.response.status
    if status == 429 or status >= 500:
        raise Inconclusive(f"the revocation with the {kind} hint was answered by {status}")
    answer = refusal(tried.afterwards, control=tried.control)
    assert not answer.handed_over, (
        f"a refresh token was accepted after its revocation with the {kind} hint, which was answered by {status}"
    )


@dataclass(frozen=True)
class RevokedAccessToken:
    """An access token at the resource, its revocation, and the access token at the resource again."""

    login: Login
    resource: Protected | None
    revocation: Exchange
    afterwards: Exchange | None


@scenario(needs="login", ends_session=True, tried_out=True)
async def revoked_access_token(provider: Provider) -> RevokedAccessToken:
    """Log in, use the access token, revoke it, and use it again."""
    await revocable(provider)
    login = await provider.session()
    resource = await protected(provider, login.access_token)
    revocation = await provider.revoke(login.access_token, client=login.client)
    afterwards = await provider.resource(login.access_token) if resource is not None else None
    return RevokedAccessToken(login, resource, revocation, afterwards)


@requirement("rfc7009-2-access-token-revoked")
def test_revoked_access_token_is_refused(revoked_access_token: RevokedAccessToken) -> None:
    """A revoked access token that the resource looks up is refused there."""
    revocation, token = revoked_access_token.revocation, revoked_access_token.login.access_token
    if revocation.members.get("error") == "unsupported_token_type":
        raise NotApplicable("the provider says that it does not revoke access tokens")
    judge_revoked(token, revoked_access_token.resource, revocation, revoked_access_token.afterwards)


@requirement("rfc7009-2.2-unknown-token-200")
def test_revoking_again_is_answered_by_200(revoked: Revoked) -> None:
    """Revoking a token that is revoked already is answered by 200."""
    done(revoked.revocation)
    status = revoked.again.status
    assert status == 200, f"the second revocation was answered by {status}"


@dataclass(frozen=True)
class UnknownToken:
    """The revocation of a token that was never issued, and of none."""

    answer: Exchange
    unknown_hint: Exchange
    without_token: Exchange


@scenario()
async def unknown_token_revoked(provider: Provider) -> UnknownToken:
    """Revoke a token that was never issued, without a hint and with one that nobody knows, and then no token at all."""
    await revocable(provider)
    return UnknownToken(
        answer=await provider.revoke(provider.draw("token")),
        unknown_hint=await provider.revoke(provider.draw("token"), hint="urn:example:hint"),
        without_token=await provider.revoke(None),
    )


@requirement("rfc7009-2.2-unknown-token-200")
def test_revoking_an_unknown_token_is_answered_by_200(unknown_token_revoked: UnknownToken) -> None:
    """Revoking a token that was never issued is answered by 200."""
    exchange = unknown_token_revoked.answer
    if exchange.response.status == 401:
        raise Inconclusive("the client was not let in at the revocation endpoint")
    assert exchange.status == 200, f"the revocation of an unknown token was answered by {exchange.status}"


@requirement("rfc7009-2.2-hint-ignored")
def test_hint_that_nobody_knows_is_ignored(unknown_token_revoked: UnknownToken) -> None:
    """A token_type_hint that nobody knows does not change the answer to a revocation."""
    without, exchange = unknown_token_revoked.answer, unknown_token_revoked.unknown_hint
    if without.response.status == 400:
        raise NotApplicable("an unknown token is refused without a hint as well")
    if without.response.status != 200:
        raise Inconclusive(f"without a hint the revocation of an unknown token was answered by {without.status}")
    if exchange.response.status == 429 or exchange.response.status >= 500:
        raise Inconclusive(f"the revocation endpoint answered {exchange.status}")
    assert exchange.status == 200, f"a hint that nobody knows was answered by {exchange.status}, no hint by 200"


@requirement("rfc7009-2.2.1-missing-token")
def test_revocation_of_nothing_is_invalid_request(unknown_token_revoked: UnknownToken) -> None:
    """A revocation without token is refused as invalid_request."""
    if unknown_token_revoked.answer.response.status == 400:
        raise NotApplicable("an unknown token is refused as well: nothing tells apart why none is")
    if unknown_token_revoked.answer.response.status != 200:
        raise Inconclusive(f"a complete request was answered by {unknown_token_revoked.answer.response.status}")
    exchange = unknown_token_revoked.without_token
    status, error = exchange.status, exchange.members.get("error")
    if status == 429 or status >= 500:
        raise Inconclusive(f"the revocation endpoint answered {status}")
    assert status == 400 and error == "invalid_request", f"no token was answered by {status}, error {error!r}"


@dataclass(frozen=True)
class StrangersRevocation:
    """Attempts of others to revoke a refresh token, and refreshes after them."""

    control: TokenResponse
    resource: Protected | None
    foreign_of_access_token: Exchange | None
    access_token_after: Exchange | None
    foreign: Exchange | None
    after_foreign: TokenResponse | None
    unauthenticated: Exchange | None
    wrong_secret: Exchange | None
    after_unauthenticated: TokenResponse | None


@scenario(needs="login refresh", reach="user", tried_out=True)
async def strangers_revocation(provider: Provider) -> StrangersRevocation:
    """Log in, refresh, let another client revoke both tokens and nobody at all the refresh token, using them after each."""
    await revocable(provider)
    login, stranger = await provider.session(), provider.profile.second_client
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    foreign = after_foreign = unproved = wrong = after_unproved = resource = of_access_token = after = None
    if stranger is not None:
        resource = await protected(provider, control.access_token)
        of_access_token = await provider.revoke(control.access_token, client=stranger)
        after = await provider.resource(control.access_token) if resource is not None else None
        foreign = await provider.revoke(newest, client=stranger)
        after_foreign = await provider.refresh(newest, client=login.client)
        newest = after_foreign.refresh_token or newest
    if not login.client.public:
        unproved = await provider.revoke(newest, client=unauthenticated(login.client))
        if login.client.can_be_imitated:
            wrong = await provider.revoke(newest, client=impostor(login.client, provider.draw("client_secret")))
        after_unproved = await provider.refresh(newest, client=login.client)
    return StrangersRevocation(
        control=control,
        resource=resource,
        foreign_of_access_token=of_access_token,
        access_token_after=after,
        foreign=foreign,
        after_foreign=after_foreign,
        unauthenticated=unproved,
        wrong_secret=wrong,
        after_unauthenticated=after_unproved,
    )


def let_in(foreign: Exchange, *, harmless: bool) -> None:
    """Judge no token as safe from a client that was refused for itself: it may do with its credentials what it cannot do now."""
    status, error = foreign.response.status, foreign.members.get("error")
    if harmless and (status in {401, 404, 429} or status >= 500 or error == "invalid_client"):
        raise Inconclusive(f"nothing shows that the other client would be let in: {status} {error} to {foreign}")


@requirement("rfc7009-2.1-foreign-token")
def test_other_clients_cannot_revoke(strangers_revocation: StrangersRevocation) -> None:
    """A client cannot revoke the refresh token of another one."""
    foreign, after = strangers_revocation.foreign, strangers_revocation.after_foreign
    if foreign is None or after is None:
        raise NotApplicable("the profile has no second confidential client")
    let_in(foreign, harmless=after.accepted)
    answer = refusal(after, control=strangers_revocation.control)
    assert answer.accepted, f"after a revocation by another client the refresh token was answered by {answer}"


@requirement("rfc7009-2.1-foreign-token")
def test_other_clients_cannot_revoke_access_tokens(strangers_revocation: StrangersRevocation) -> None:
    """A client cannot revoke the access token of another one."""
    if strangers_revocation.foreign_of_access_token is None:
        raise NotApplicable("the profile has no second confidential client")
    resource, after = strangers_revocation.resource, strangers_revocation.access_token_after
    if resource is None or after is None:
        raise NotApplicable("there is no resource to use the access token at")
    let_in(strangers_revocation.foreign_of_access_token, harmless=took(after))
    answer = resource.beside(after)
    assert took(answer), f"after a revocation by another client the resource answered {answer.status}"
    if jwt_of(strangers_revocation.control.access_token) is not None:
        raise NotApplicable("the access token is a JWT, which resources may check by themselves")


@requirement("rfc7009-2.1-client-authentication")
def test_nobody_revokes_without_authentication(strangers_revocation: StrangersRevocation) -> None:
    """A confidential client's refresh token cannot be revoked without its credentials, or with wrong ones."""
    before, after = strangers_revocation.after_foreign, strangers_revocation.after_unauthenticated
    if after is None:
        raise NotApplicable("the profile's client is public")
    answer = refusal(after, control=before or strangers_revocation.control)
    assert answer.accepted, f"after a revocation without credentials the refresh token was answered by {answer}"


@requirement("rfc7009-2.1-client-authentication")
def test_failed_authentication_is_told(strangers_revocation: StrangersRevocation) -> None:
    """A revocation without the client's credentials, or with wrong ones, is refused with 400 or 401."""
    attempts = [strangers_revocation.unauthenticated, strangers_revocation.wrong_secret]
    if attempts == [None, None]:
        raise NotApplicable("the profile's client is public")
    for exchange in filter(None, attempts):
        status = exchange.response.status
        if status == 429 or status >= 500:
            raise Inconclusive(f"the revocation endpoint answered {status}")
        assert status in {400, 401, 403}, f"{exchange} without the right credentials was answered by {status}"
