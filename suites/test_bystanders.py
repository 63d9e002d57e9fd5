"""What ends one session leaves those of others alone, and no login revives it (RFC 7009 §2.1, RFC 9700 §4.14.2)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.resource import Protected, took
from token_conformance.provider import Login, Provider
from token_conformance.provider.grace import outlast_grace
from token_conformance.provider.resource import protected
from token_conformance.wire.exchange import Exchange

OTHERS = ("another client", "another user")
"""Whose sessions there are beside the one that is ended."""

IDS = ("another-client", "another-user")


@dataclass(frozen=True)
class Bystander:
    """A session of somebody else, and its refreshes before the other one is ended."""

    login: Login
    first: TokenResponse
    control: TokenResponse

    @property
    def newest(self) -> str | None:
        """The newest refresh token of the session."""
        return self.control.refresh_token or self.first.refresh_token or self.login.refresh_token


async def bystanders(provider: Provider) -> Mapping[str, Bystander]:
    """Sessions of the same user at another client, and of another user at the same client, as far as there can be."""
    found, second = {}, provider.profile.second_client
    if second is not None and second.redirect_uri and may_log_in(provider):
        found["another client"] = await provider.login(client=second)
        provider.forget_browser()
    with suppress(NotApplicable):
        found["another user"] = await provider.another_user().login()
        provider.forget_browser()
    return {whose: await standing(provider, login) for whose, login in found.items() if login.refresh_token is not None}


async def standing(provider: Provider, login: Login) -> Bystander:
    """A session of somebody else after two refreshes: only the second one shows that what a refresh hands over works."""
    first = await refreshed(provider, login, login.refresh_token)
    return Bystander(login, first, await refreshed(provider, login, first.refresh_token or login.refresh_token))


async def refreshed(provider: Provider, login: Login, refresh_token: str | None) -> TokenResponse:
    """The answer to a refresh in the session of somebody else."""
    return await provider.proving(provider.prover).refresh(refresh_token, client=login.client)


def may_log_in(provider: Provider) -> bool:
    """Whether the second client may use codes, and the user goes through pages."""
    second = provider.profile.second_client
    registered = second is not None and (second.grant_types is None or "authorization_code" in second.grant_types)
    return registered and provider.profile.login.strategy in {"form", "browser"}


@dataclass(frozen=True)
class Ended:
    """A session that is ended, others beside it, and its newest refresh token at once and after another login.

    `beside` has the refreshes of the others before and after. `resource` was asked with the access token before the
    newest one, and `older_after` is what it answers to that when the session is over.
    """

    control: TokenResponse
    ending: Exchange
    at_once: TokenResponse
    beside: Mapping[str, tuple[TokenResponse, TokenResponse]]
    after_a_login: TokenResponse
    older: str | None
    resource: Protected | None = None
    older_after: Exchange | None = None

    def other(self, whose: str) -> TokenResponse:
        """The refresh of a bystander, once it can be judged.

        Raises:
            NotApplicable: there is no such bystander.
            Inconclusive: the session was not ended.

        """
        if whose not in self.beside:
            raise NotApplicable(f"{whose} has no session beside this one: see [[clients]] and [[login.users]]")
        self.dead()
        before, after = self.beside[whose]
        return refusal(after, control=before)

    def dead(self) -> None:
        """Judge nothing where the session goes on, which other checks judge."""
        self.ending.response  # noqa: B018 - the answer is this check's evidence
        if not refusal(self.at_once, control=self.control).refused:
            raise NotApplicable("the session was not ended, which other checks judge where it had to be")


async def ended(
    provider: Provider, login: Login, control: TokenResponse, ending: Exchange, others: Mapping[str, Bystander]
) -> Ended:
    """Look at a session that was just ended, at the others, and at the same one again after another login."""
    newest = control.refresh_token or login.refresh_token
    at_once = await provider.refresh(newest, client=login.client)
    beside = {
        whose: (other.control, await refreshed(provider, other.login, other.newest)) for whose, other in others.items()
    }
    await provider.login()
    after = await provider.refresh(newest, client=login.client)
    return Ended(control, ending, at_once, beside, after, login.access_token)


@scenario(needs="login refresh", ends_session=True, waits=True, tried_out=True, long=True)
async def reuse_among_others(provider: Provider) -> Ended:
    """Log in beside others, refresh, reuse the first refresh token, refresh the others', log in again, and try the newest one."""
    others = await bystanders(provider)
    login = await provider.login()
    control = await provider.refresh(login.refresh_token, client=login.client)
    if control.refresh_token in {None, login.refresh_token}:
        raise NotApplicable("the provider does not rotate refresh tokens")
    await outlast_grace(provider, login, (control,))
    reuse = await provider.refresh(login.refresh_token, client=login.client)
    return await ended(provider, login, control, reuse.exchange, others)


@requirement("rotation-family-is-one-grant")
@pytest.mark.parametrize("whose", OTHERS, ids=IDS)
def test_reuse_leaves_others_alone(reuse_among_others: Ended, whose: str) -> None:
    """Reuse in one session leaves those of the user at another client, and those of other users, alone."""
    answer = reuse_among_others.other(whose)
    assert answer.accepted, f"after reuse in one session, that of {whose} was answered by {answer}"


@requirement("rfc9700-4.14.2-reuse-revokes-family")
def test_login_revives_no_reused_family(reuse_among_others: Ended) -> None:
    """A refresh token that died by reuse stays dead when the user logs in again."""
    reuse_among_others.dead()
    answer = refusal(reuse_among_others.after_a_login, control=reuse_among_others.control)
    assert not answer.handed_over, "a refresh token that died by reuse works again after a login"


@scenario(needs="login refresh", ends_session=True, tried_out=True, long=True)
async def revocation_among_others(provider: Provider) -> Ended:
    """Log in beside others, refresh, revoke the newest refresh token, refresh the others', log in again, and try the revoked one."""
    await provider.endpoint("revocation_endpoint")
    others = await bystanders(provider)
    login = await provider.login()
    control = await provider.refresh(login.refresh_token, client=login.client)
    resource = await protected(provider, login.access_token)
    revocation = await provider.revoke(control.refresh_token or login.refresh_token, client=login.client)
    after = await provider.resource(login.access_token) if resource is not None else None
    found = await ended(provider, login, control, revocation, others)
    return replace(found, resource=resource, older_after=after)


@requirement("rfc7009-2.1-same-grant")
@pytest.mark.parametrize("whose", OTHERS, ids=IDS)
def test_revocation_leaves_others_alone(revocation_among_others: Ended, whose: str) -> None:
    """Revocation of a refresh token leaves the user's session at another client, and those of other users, alone."""
    answer = revocation_among_others.other(whose)
    assert answer.accepted, f"after a revocation in one session, that of {whose} was answered by {answer}"


@requirement("rfc7009-2-refresh-token-revoked")
def test_login_revives_no_revoked_token(revocation_among_others: Ended) -> None:
    """A revoked refresh token stays dead when the user logs in again."""
    revocation_among_others.dead()
    answer = refusal(revocation_among_others.after_a_login, control=revocation_among_others.control)
    assert not answer.handed_over, "a revoked refresh token works again after a login"


@requirement("rfc7009-2.1-refresh-kills-access")
def test_revocation_ends_older_access_tokens_too(revocation_among_others: Ended) -> None:
    """With a refresh token the access tokens of earlier renewals are revoked, where the resource looks them up."""
    revocation_among_others.dead()
    resource, after = revocation_among_others.resource, revocation_among_others.older_after
    if resource is None or after is None:
        raise NotApplicable("there is no resource to use the access token at")
    if jwt_of(revocation_among_others.older) is not None:
        raise NotApplicable("the access token is a JWT, which resources may check by themselves")
    if not took(resource.right):
        raise NotApplicable(f"the older access token was refused before, by {resource.right.status}")
    answer = resource.beside(after)
    assert not took(answer), f"after the revocation the resource answered an older access token with {answer.status}"
