"""The transcripts that more than one suite judges: each grant once, as a client uses it every day."""

from token_conformance import scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.transcripts import Publication, Refreshed, TwoLogins, has_path, published
from token_conformance.provider import Login, Provider
from token_conformance.provider.discovery import configuration_urls
from token_conformance.provider.grace import outlast_grace
from token_conformance.wire.exchange import Exchange


@scenario(needs="login")
async def login(provider: Provider) -> Login:
    """Log a user in."""
    return await provider.login()


@scenario(needs="login refresh", long=True)
async def refreshed(provider: Provider) -> Refreshed:
    """Log a user in, and refresh a second later, so that times can differ."""
    first = await provider.login()
    await provider.clock.wait(1.1)
    return Refreshed(first, await provider.refresh(first.refresh_token))


@scenario(needs="login refresh", reach="user", waits=True, tried_out=True, long=True)
async def two_logins(provider: Provider) -> TwoLogins:
    """Log in twice, from two browsers, seconds apart, reuse a refresh token in the first login, and refresh in the second."""
    login = await provider.login()
    # In the same browser session some providers take the second login for a part of the first.
    provider.forget_browser()
    await provider.clock.wait(2)
    other = await provider.login()
    first = await provider.refresh(login.refresh_token, client=login.client)
    await outlast_grace(provider, login, (first,))
    again = await provider.refresh(login.refresh_token, client=login.client)
    return TwoLogins(login, first, again, other, await provider.refresh(other.refresh_token, client=other.client))


@scenario(needs="client_credentials")
async def service_token(provider: Provider) -> TokenResponse:
    """Ask for a token in the client's own name."""
    return await provider.client_credentials()


@scenario()
async def metadata(provider: Provider) -> Exchange:
    """Read the provider's metadata."""
    return await provider.metadata()


@scenario()
async def publication(provider: Provider) -> Publication:
    """Read the metadata of RFC 8414 before the issuer's path, and behind it where it is not there."""
    found, issuer = await provider.metadata(), provider.profile.server.issuer or ""
    openid, rfc8414 = configuration_urls(issuer)
    if found.request.url == rfc8414:
        return Publication(issuer, found, found, None)
    inserted, appended = await provider.get(rfc8414), None
    if has_path(issuer) and not published(inserted):
        appended = await provider.get(openid.replace("openid-configuration", "oauth-authorization-server"))
    return Publication(issuer, found, inserted, appended)


@scenario(late=True)
async def published_keys(provider: Provider) -> Exchange:
    """Read the provider's public keys, once there are signatures: some providers make a key when they first use it."""
    return await provider.jwks()


__all__ = ["login", "metadata", "publication", "published_keys", "refreshed", "service_token", "two_logins"]
