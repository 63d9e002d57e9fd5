"""Clients of the profile beside those that log users in and ask in their own name: each is tried as far as its grants go."""

from dataclasses import dataclass

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.rotation import sender_constrained
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider import Provider, may_log_in
from token_conformance.provider.client_authentication import impostor
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange


def further(provider: Provider) -> list[Client]:
    """The clients that no other scenario logs in to, or asks for a token of their own."""
    profile, second = provider.profile, provider.profile.second_client
    tried = [*profile.active_clients, *([second] if second is not None and may_log_in(second, provider) else [])]
    return [client for client in profile.clients if client not in tried]


@dataclass(frozen=True)
class Imitated:
    """A client's request with its credentials and with wrong ones."""

    client: Client
    control: TokenResponse
    wrong: TokenResponse


@scenario(reach="session")
async def imitated_clients(provider: Provider) -> tuple[Imitated, ...]:
    """Send a request of each further confidential client with its credentials, and the same with wrong ones."""
    clients = [client for client in further(provider) if client.can_be_imitated and asks(client, provider)]
    if not clients:
        raise NotApplicable("the profile has no further confidential client with a grant of its own")
    return tuple([await imitated(client, provider) for client in clients])


def asks(client: Client, provider: Provider) -> bool:
    """Whether the profile tells a grant of the client that needs nobody's help."""
    return in_its_own_name(client) or may_log_in(client, provider)


def in_its_own_name(client: Client) -> bool:
    """Whether the profile says that the client may use client_credentials."""
    return "client_credentials" in (client.grant_types or ())


async def imitated(client: Client, provider: Provider) -> Imitated:
    """The answers to the client, and to somebody in its name."""

    async def request(by: Client) -> TokenResponse:
        if in_its_own_name(client):
            return await provider.token({"grant_type": "client_credentials"}, client=by)
        return await provider.exchange_code(await provider.authorize(client=client, refreshable=False), client=by)

    return Imitated(client, await request(client), await request(impostor(client, provider.draw("client_secret"))))


@requirement("rfc6749-3.2.1-wrong-secret")
def test_no_client_can_be_imitated(imitated_clients: tuple[Imitated, ...]) -> None:
    """Each further confidential client is refused with a wrong secret, or another key's signature."""
    for each in imitated_clients:
        answer = refusal(each.wrong, control=each.control)
        assert not answer.handed_over, f'client "{each.client.name}" got a token with wrong credentials'


@dataclass(frozen=True)
class PublicStranger:
    """A public client that revokes the refresh token of the user's client, between refreshes of that one, and presents it."""

    client: Client
    before: TokenResponse
    revocation: Exchange | None
    after: TokenResponse
    refresh: TokenResponse


@scenario(needs="login refresh", reach="user", tried_out=True)
async def public_strangers(provider: Provider) -> tuple[PublicStranger, ...]:
    """Refresh, let each further public client revoke the newest token, refresh again, and let it present the newest one.

    It is presented last, since there are servers that end a session whose token somebody else presents.
    """
    clients = [client for client in further(provider) if client.public]
    if not clients:
        raise NotApplicable("the profile has no public client beside the one that logs users in")
    login = await provider.session()
    strangers, newest = list[PublicStranger](), login.refresh_token
    for client in clients:
        before = await provider.refresh(newest, client=login.client)
        newest = before.refresh_token or newest
        revocation = await revoked_by(client, newest, provider)
        after = await provider.refresh(newest, client=login.client)
        newest = after.refresh_token or newest
        refresh = await provider.refresh(newest, client=client)
        strangers.append(PublicStranger(client, before, revocation, after, refresh))
        newest = refresh.refresh_token or newest
    return tuple(strangers)


async def revoked_by(client: Client, token: str | None, provider: Provider) -> Exchange | None:
    """The answer to a revocation, None where there is no such endpoint."""
    try:
        return await provider.revoke(token, client=client)
    except NotJudged:
        return None


@requirement("rfc6749-6-bound-to-client")
def test_public_client_cannot_use_another_one_s_refresh_token(public_strangers: tuple[PublicStranger, ...]) -> None:
    """The refresh token of the user's client is refused when a public client presents it."""
    for each in public_strangers:
        answer = refusal(each.refresh, control=each.after)
        assert not answer.handed_over, (
            f'the public client "{each.client.name}" refreshed with the token of another client'
        )


@requirement("rfc7009-2.1-foreign-token")
def test_public_client_cannot_revoke_another_one_s_tokens(public_strangers: tuple[PublicStranger, ...]) -> None:
    """The refresh token of the user's client outlives its revocation by a public client."""
    for each in public_strangers:
        if each.revocation is None:
            raise NotApplicable("neither the profile nor the provider's metadata names a revocation_endpoint")
        told = each.revocation.response.status
        answer = refusal(each.after, control=each.before)
        assert answer.accepted, (
            f'after a revocation by the public client "{each.client.name}", answered by {told}, '
            f"the refresh token was answered by {answer}"
        )


@dataclass(frozen=True)
class PublicSession:
    """A public client's login and refresh, and what becomes of its refresh token in nobody's name."""

    client: Client
    login: TokenResponse
    refreshed: TokenResponse
    revocation: Exchange | None
    after: TokenResponse


@scenario(needs="authorization_code unattended_login refresh", reach="session")
async def public_sessions(provider: Provider) -> tuple[PublicSession, ...]:
    """Log in to each further public client, refresh, have another client revoke the newest token, and refresh again."""
    clients = [client for client in further(provider) if client.public and may_log_in(client, provider)]
    if not clients:
        raise NotApplicable("the profile has no further public client that the user can be logged in to")
    return tuple([await public_session(client, provider) for client in clients])


async def public_session(client: Client, provider: Provider) -> PublicSession:
    """What a public client sees of its refresh token."""
    login = await provider.exchange_code(await provider.authorize(client=client))
    if login.accepted and login.refresh_token is None:
        raise NotApplicable(f'a login to the public client "{client.name}" yields no refresh token')
    refreshed = await provider.refresh(login.refresh_token, client=client)
    newest = refreshed.refresh_token or login.refresh_token
    revocation = await revoked_by(provider.profile.user_client, newest, provider)
    return PublicSession(client, login, refreshed, revocation, await provider.refresh(newest, client=client))


@requirement("rfc9700-2.2.2-public-client-rotation")
def test_further_public_clients_get_new_refresh_tokens(
    public_sessions: tuple[PublicSession, ...], conformance_run: Record
) -> None:
    """The refresh tokens of every public client rotate, unless they are bound to a key."""
    if sender_constrained(conformance_run.profile):
        raise NotApplicable("refresh tokens are bound to a key, so that they need not rotate")
    for each in public_sessions:
        answer = refusal(each.refreshed, control=each.login)
        rotates = answer.refresh_token not in {None, each.login.refresh_token}
        assert rotates, f'the public client "{each.client.name}" gets the same refresh token back, or none'


@requirement("rfc7009-2.1-foreign-token")
def test_public_client_s_token_is_revoked_by_itself_alone(public_sessions: tuple[PublicSession, ...]) -> None:
    """The refresh token of a public client outlives its revocation by another client."""
    for each in public_sessions:
        if each.revocation is None:
            raise NotApplicable("neither the profile nor the provider's metadata names a revocation_endpoint")
        told = each.revocation.response.status
        answer = refusal(each.after, control=each.refreshed)
        assert answer.accepted, (
            f'after a revocation by another client, answered by {told}, the refresh token of "{each.client.name}" '
            f"was answered by {answer}"
        )
