"""What revokes a token, and in whose name: requests beside the usual one (RFC 7009 §2.1)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider import Login, Provider
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import impostor, unauthenticated
from token_conformance.wire.exchange import Exchange

TOLD = {400, 401, 403}
"""How a client is told that its credentials are not the right ones."""

FORM = ("Content-Type", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class MisplacedRevocations:
    """Two refreshes, revocations of the newest refresh token by GET and by the query of a POST, and another refresh."""

    control: TokenResponse
    by_get: Exchange
    in_query: Exchange
    afterwards: TokenResponse


@scenario(needs="login refresh", reach="user", tried_out=True)
async def misplaced_revocations(provider: Provider) -> MisplacedRevocations:
    """Refresh twice, put the newest refresh token into the address of a revocation, by GET and by POST, and refresh again."""
    endpoint = await provider.endpoint("revocation_endpoint")
    login = await provider.session()
    control, newest = await twice_refreshed(provider, login)

    async def sent(method: str) -> Exchange:
        proof = await provider.credentials(login.client)
        query = form_encoded([("token", newest), ("token_type_hint", "refresh_token")])
        if method == "GET":
            query = f"{query}&{form_encoded(proof.parameters)}" if proof.parameters else query
        address = f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"
        body = form_encoded(proof.parameters).encode() if method == "POST" else b""
        headers = (*((FORM,) if method == "POST" else ()), *proof.headers)
        return await provider.send(method, address, headers=headers, body=body, certificate=proof.certificate)

    by_get, in_query = await sent("GET"), await sent("POST")
    return MisplacedRevocations(control, by_get, in_query, await provider.refresh(newest, client=login.client))


async def twice_refreshed(provider: Provider, login: Login) -> tuple[TokenResponse, str]:
    """The answer to a second refresh, which shows that what a refresh hands over works, and the newest refresh token."""
    first = await provider.refresh(login.refresh_token, client=login.client)
    second = await provider.refresh(first.refresh_token or login.refresh_token, client=login.client)
    return second, second.refresh_token or first.refresh_token or login.refresh_token or ""


@requirement("rfc7009-2.1-body-alone")
def test_token_in_an_address_is_not_revoked(misplaced_revocations: MisplacedRevocations) -> None:
    """A revocation by GET, or with its token in the query, does nothing."""
    seen = [exchange.response.status for exchange in (misplaced_revocations.by_get, misplaced_revocations.in_query)]
    answer = refusal(misplaced_revocations.afterwards, control=misplaced_revocations.control)
    assert answer.accepted, (
        f"a revocation by GET was answered by {seen[0]}, one in the query by {seen[1]}, and the refresh after both by {answer}"
    )


@dataclass(frozen=True)
class DeadTokens:
    """An attempt at a living token with wrong credentials or none, and for each token its revocation and one such after it."""

    living: Exchange
    attempts: dict[str, tuple[Exchange, Exchange]]


@scenario(needs="login refresh", ends_session=True, tried_out=True)
async def dead_tokens(provider: Provider) -> DeadTokens:
    """Revoke both tokens of a login, and with wrong credentials, or none, the one before that and both after it."""
    await provider.endpoint("revocation_endpoint")
    login = await provider.session()
    if login.client.public:
        raise NotApplicable("the profile's client is public, and has no credentials")
    stranger = unauthenticated(login.client)
    if login.client.can_be_imitated:
        stranger = impostor(login.client, provider.draw("client_secret"))
    tokens = {"access": login.access_token, "refresh": login.refresh_token}
    living = await provider.revoke(login.refresh_token, client=stranger)
    attempts = {
        kind: (await provider.revoke(token, client=login.client), await provider.revoke(token, client=stranger))
        for kind, token in tokens.items()
    }
    return DeadTokens(living, attempts)


@requirement("rfc7009-2.1-client-authentication")
def test_failed_authentication_is_told_of_dead_tokens_too(dead_tokens: DeadTokens) -> None:
    """The right credentials are looked for first: without them no revoked token is revoked again."""
    if dead_tokens.living.response.status not in TOLD:
        raise NotApplicable("nobody is told either that revokes a living token so, which another check judges")
    judged = {kind: attempt for kind, (done, attempt) in dead_tokens.attempts.items() if done.response.status == 200}
    if not judged:
        raise Inconclusive("no token was revoked with the right credentials, which another check judges")
    for kind, attempt in judged.items():
        status = attempt.response.status
        if status == 429 or status >= 500:
            raise Inconclusive(f"the revocation endpoint answered {status}")
        assert status in TOLD, (
            f"{attempt} without the right credentials, of a dead {kind} token, was answered by {status}"
        )


@dataclass(frozen=True)
class PublicRevocation:
    """The revocation of a public client's refresh token in the name of another public client, between refreshes."""

    control: TokenResponse
    foreign: Exchange
    afterwards: TokenResponse


@scenario(needs="login refresh public_client", ends_session=True, tried_out=True)
async def public_revocation(provider: Provider) -> PublicRevocation:
    """Refresh twice, revoke the newest refresh token with another client_id, and refresh again."""
    await provider.endpoint("revocation_endpoint")
    login = await provider.session()
    control, newest = await twice_refreshed(provider, login)
    foreign = await provider.revoke(newest, client=another_public(provider, login.client))
    return PublicRevocation(control, foreign, await provider.refresh(newest, client=login.client))


def another_public(provider: Provider, client: Client) -> Client:
    """Another public client of the profile, or one that is made up."""
    others = [other for other in provider.profile.clients if other.public and other.client_id != client.client_id]
    made_up = client.model_copy(update={"client_id": f"stranger-{provider.draw('client_id')}"})
    return next(iter(others), made_up)


@requirement("rfc7009-2.1-public-client-id")
def test_public_clients_revoke_their_own_tokens_alone(public_revocation: PublicRevocation) -> None:
    """A public client's refresh token cannot be revoked with another client_id."""
    status = public_revocation.foreign.response.status
    answer = refusal(public_revocation.afterwards, control=public_revocation.control)
    assert answer.accepted, (
        f"a revocation with another client_id was answered by {status}, and the refresh after it by {answer}"
    )
