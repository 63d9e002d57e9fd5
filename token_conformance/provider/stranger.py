"""Another client of ours beside the one under test: what it gets with what is its own."""

from __future__ import annotations

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.provider import Provider
from token_conformance.verdict import NotJudged


async def own_exchange(provider: Provider, client: Client | None) -> TokenResponse | None:
    """The exchange of a code that a client asked for itself; None where it may not, or nobody can log in for it."""
    if client is None or client.redirect_uri is None or not _may(client, "authorization_code"):
        return None
    if provider.profile.login.strategy not in {"form", "browser"}:
        return None
    try:
        return await provider.exchange_code(await provider.authorize(client=client))
    except NotJudged:
        return None


async def own_refresh(provider: Provider, client: Client | None) -> TokenResponse | None:
    """The refresh of a client with a refresh token of its own; None where it may not, or does not come by one."""
    tokens = await own_exchange(provider, client)
    if tokens is None or client is None or not tokens.accepted or tokens.refresh_token is None:
        return None
    return await provider.refresh(tokens.refresh_token, client=client) if _may(client, "refresh_token") else None


def _may(client: Client, grant_type: str) -> bool:
    """Whether a client is registered for a grant: for all of them where the profile does not tell."""
    return client.grant_types is None or grant_type in client.grant_types
