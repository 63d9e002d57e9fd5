"""A valid token request, accepted once as a control, in which one thing at a time is then made wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.client_authentication import Credentials
from token_conformance.provider.provider import Provider
from token_conformance.provider.ways_in import altered_by_encoding
from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged
from token_conformance.wire.exchange import Headers


@dataclass(frozen=True)
class Carrier:
    """The parameters of a request that would be accepted, the client that sends it, and the accepted control."""

    client: Client
    parameters: Mapping[str, str | None]
    control: TokenResponse

    def after(self, response: TokenResponse) -> Carrier:
        """The carrier after another request, which may have rotated its refresh token."""
        if "refresh_token" not in self.parameters or response.exchange.answer is None or not response.accepted:
            return self
        newest = response.refresh_token or self.parameters["refresh_token"]
        return replace(self, parameters={**self.parameters, "refresh_token": newest})


class Resending:
    """Sends a carrier's request again and again, with a change each time; its refresh token is always the newest."""

    def __init__(self, provider: Provider, good: Carrier) -> None:
        self.provider = provider
        self.good = good

    async def sent(
        self, changes: Mapping[str, str | None] | None = None, *, client: Client | None = None
    ) -> TokenResponse:
        """Send the request with some parameters changed (None omits one), or as another client."""
        parameters = {**self.good.parameters, **(changes or {})}
        return self.follow(await self.provider.token(parameters, client=client or self.good.client))

    async def sent_with(self, *added: tuple[str, str]) -> TokenResponse:
        """Send the request with further parameters behind its own, which may repeat them."""
        return self.follow(await self.provider.token([*self.pairs, *added], client=self.good.client))

    async def sent_as(self, proof: Credentials, *added: tuple[str, str], headers: Headers = ()) -> TokenResponse:
        """Send the request with other credentials, and further parameters behind its own."""
        return self.follow(await self.provider.token_as(proof, [*self.pairs, *added], headers=headers))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the request that have a value."""
        return [(name, value) for name, value in self.good.parameters.items() if value is not None]

    def follow(self, response: TokenResponse) -> TokenResponse:
        """Go on with the refresh token of an answer, where it has another one; gives the answer back."""
        self.good = self.good.after(response)
        return response


async def carrier(provider: Provider) -> Carrier:
    """The cheapest request that the profile allows: client credentials, a password, or else a refresh.

    Raises:
        NotApplicable: the profile offers none of them.
        Inconclusive: the login that a refresh needs is not possible, or the client may not ask.

    """
    grants = provider.profile.grants
    if grants.client_credentials is not None and not await _barred(provider):
        return await _controlled(provider, provider.service_client, _in_its_own_name(provider))
    if grants.password is not None:
        login = provider.profile.login
        user = {"username": login.username, "password": login.password, "scope": grants.password.scope}
        return Carrier(provider.password_client, {"grant_type": "password", **user}, await provider.password())
    return await refresh_carrier(provider)


async def carrier_of(client: Client, provider: Provider) -> Carrier:
    """The cheapest accepted request of one client.

    Raises:
        NotApplicable: the profile gives the client no request that can be repeated.
        Inconclusive: the login that a refresh needs is not possible.

    """
    grants = provider.profile.grants
    service = grants.client_credentials is not None and provider.service_client == client
    if service and await provider.ways.barred(client) is None:
        return await _controlled(provider, client, _in_its_own_name(provider))
    if provider.profile.user_client == client:
        return await refresh_carrier(provider)
    if may_log_in(client, provider):
        return await _carrier_of_another(client, provider)
    raise NotApplicable(f"the profile gives the client {client.name!r} no grant whose request can be repeated")


async def refresh_carrier(provider: Provider) -> Carrier:
    """A refresh of a living session.

    Raises:
        NotApplicable: the profile has no refresh token grant.
        Inconclusive: the login is not possible or gave no refresh token.

    """
    if provider.profile.grants.refresh_token is None:
        raise NotApplicable("the profile has no grant whose request can be repeated")
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    parameters = {"grant_type": "refresh_token", "refresh_token": control.refresh_token or login.refresh_token}
    return Carrier(login.client, parameters, control)


async def carrier_by_plain_basic(provider: Provider) -> Carrier | None:
    """A request of a client by HTTP Basic whose id and secret the form encoding leaves alone; None where there is none."""
    for client in provider.profile.clients:
        if client.authentication != "client_secret_basic" or altered_by_encoding(client):
            continue
        try:
            if not (await provider.ways.way(client)).in_the_form:
                return await carrier_of(client, provider)
        except NotJudged:
            continue
    return None


async def _barred(provider: Provider) -> bool:
    """Whether the service may not ask in its own name, so that another grant has to do.

    Raises:
        Inconclusive: there is no other one.

    """
    known, grants = await provider.ways.barred(provider.service_client), provider.profile.grants
    if known is not None and grants.password is None and grants.refresh_token is None:
        raise Inconclusive(known)
    return known is not None


def _in_its_own_name(provider: Provider) -> Mapping[str, str | None]:
    service = provider.profile.grants.client_credentials
    return {"grant_type": "client_credentials", "scope": service.scope if service is not None else None}


def may_log_in(client: Client, provider: Provider) -> bool:
    """Whether a user can be logged in to a client of the profile without anybody's help, as far as the profile tells."""
    grants, unattended = provider.profile.grants, provider.profile.login.strategy in {"form", "browser"}
    allowed = client.grant_types is None or "authorization_code" in client.grant_types
    return grants.authorization_code is not None and unattended and allowed and client.redirect_uri is not None


async def _carrier_of_another(client: Client, provider: Provider) -> Carrier:
    """A refresh of a login of its own, which is the control."""
    login = await provider.exchange_code(await provider.authorize(client=client))
    if login.accepted and login.refresh_token is None:
        raise NotApplicable(f"a login to the client {client.name!r} yields no refresh token")
    return Carrier(client, {"grant_type": "refresh_token", "refresh_token": login.refresh_token}, login)


async def _controlled(provider: Provider, client: Client, parameters: Mapping[str, str | None]) -> Carrier:
    return Carrier(client, parameters, await provider.token(parameters, client=client))
