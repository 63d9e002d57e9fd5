"""The protected resource, asked in a way that makes it a control."""

from __future__ import annotations

from token_conformance.judging.resource import Protected
from token_conformance.provider.provider import Provider
from token_conformance.verdict import NotApplicable


async def protected(provider: Provider, access_token: str | None) -> Protected | None:
    """The answers of the resource to a good access token, and to none; None where there is no resource or no token."""
    if access_token is None:
        return None
    try:
        url = await provider.resource_address()
    except NotApplicable:
        return None
    return Protected(await provider.resource(access_token), await provider.get(url))
