"""Revocation of tokens (RFC 7009), where the provider offers it."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.exchange import Exchange
from token_conformance.provider import Provider
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.token_response import TokenResponse


@dataclass(frozen=True)
class Revoked:
    """A refresh, the revocation of the newest refresh token with the wrong hint, and a refresh with it."""

    control: TokenResponse
    revocation: Exchange
    afterwards: TokenResponse
    again: Exchange


@scenario(needs="login refresh", ends_session=True)
async def revoked(provider: Provider) -> Revoked:
    """Log in, refresh, revoke the newest refresh token, present it, and revoke it again."""
    await provider.endpoint("revocation_endpoint")
    login = await provider.login()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    revocation = await provider.revoke(newest, hint="access_token", client=login.client)
    afterwards = await provider.refresh(newest, client=login.client)
    return Revoked(
        control, revocation, afterwards, await provider.revoke(newest, hint="refresh_token", client=login.client)
    )


@requirement("rfc7009-2-refresh-token-revoked")
def test_revocation_is_answered_by_200(revoked: Revoked) -> None:
    """The revocation of a refresh token is answered by 200, whatever the hint says."""
    status = revoked.revocation.status
    assert status == 200, f"the revocation was answered by {status}"


@requirement("rfc7009-2-refresh-token-revoked")
def test_revoked_refresh_token_is_refused(revoked: Revoked) -> None:
    """A revoked refresh token is refused as invalid_grant."""
    assert refusal(revoked.afterwards, control=revoked.control).error == "invalid_grant"


@requirement("rfc7009-2.2-unknown-token-200")
def test_revoking_again_is_answered_by_200(revoked: Revoked) -> None:
    """Revoking a token that is revoked already is answered by 200."""
    status = revoked.again.status
    assert status == 200, f"the second revocation was answered by {status}"


@dataclass(frozen=True)
class UnknownToken:
    """The revocation of a token that was never issued."""

    answer: Exchange
    unknown_hint: Exchange


@scenario()
async def unknown_token_revoked(provider: Provider) -> UnknownToken:
    """Revoke a token that was never issued, without a hint and with one that nobody knows."""
    await provider.endpoint("revocation_endpoint")
    plain = await provider.revoke(provider.draw("token"))
    return UnknownToken(plain, await provider.revoke(provider.draw("token"), hint="urn:example:hint"))


@requirement("rfc7009-2.2-unknown-token-200")
def test_revoking_an_unknown_token_is_answered_by_200(unknown_token_revoked: UnknownToken) -> None:
    """Revoking a token that was never issued is answered by 200."""
    for exchange in (unknown_token_revoked.unknown_hint, unknown_token_revoked.answer):
        if exchange.response.status == 401:
            raise Inconclusive("the client was not let in at the revocation endpoint")
        assert exchange.status == 200, f"the revocation of an unknown token was answered by {exchange.status}"


@dataclass(frozen=True)
class StrangersRevocation:
    """Attempts of others to revoke a refresh token, and refreshes after them."""

    control: TokenResponse
    foreign: Exchange | None
    after_foreign: TokenResponse | None
    unauthenticated: Exchange | None
    after_unauthenticated: TokenResponse | None


@scenario(needs="login refresh", ends_session=True)
async def strangers_revocation(provider: Provider) -> StrangersRevocation:
    """Log in, refresh, let another client and nobody at all revoke the newest refresh token, refreshing after each."""
    await provider.endpoint("revocation_endpoint")
    login, stranger = await provider.login(), provider.profile.second_client
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    foreign = after_foreign = unproved = after_unproved = None
    if stranger is not None:
        foreign = await provider.revoke(newest, client=stranger)
        after_foreign = await provider.refresh(newest, client=login.client)
        newest = after_foreign.refresh_token or newest
    if not login.client.public:
        unproved = await provider.revoke(newest, client=unauthenticated(login.client))
        after_unproved = await provider.refresh(newest, client=login.client)
    return StrangersRevocation(control, foreign, after_foreign, unproved, after_unproved)


@requirement("rfc7009-2.1-foreign-token")
def test_other_clients_cannot_revoke(strangers_revocation: StrangersRevocation) -> None:
    """A client cannot revoke the refresh token of another one."""
    after = strangers_revocation.after_foreign
    if after is None:
        raise NotApplicable("the profile has no second confidential client")
    answer = refusal(after, control=strangers_revocation.control)
    assert answer.accepted, f"after a revocation by another client the refresh token was answered by {answer}"


@requirement("rfc7009-2.1-foreign-token")
def test_nobody_revokes_without_authentication(strangers_revocation: StrangersRevocation) -> None:
    """A confidential client's refresh token cannot be revoked without its credentials."""
    before, after = strangers_revocation.after_foreign, strangers_revocation.after_unauthenticated
    if after is None:
        raise NotApplicable("the profile's client is public")
    answer = refusal(after, control=before or strangers_revocation.control)
    assert answer.accepted, f"after a revocation without credentials the refresh token was answered by {answer}"
