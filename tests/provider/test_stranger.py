"""Another client shows that it would be let in with what is its own, or nothing is shown."""

from tests.provider.performing import performed
from token_conformance.provider.stranger import own_exchange, own_refresh


async def own(provider):
    others = [client for client in provider.profile.clients if client != provider.profile.user_client]
    return [(client, await own_exchange(provider, client), await own_refresh(provider, client)) for client in others]


def test_another_client_gets_what_is_its_own():
    """Who may exchange codes gets tokens of its own, and who may refresh refreshes them; the others show nothing."""
    for client, exchange, refresh in performed(own):
        may = client.grant_types is None or "authorization_code" in client.grant_types
        assert (exchange is not None and exchange.accepted) == (may and client.redirect_uri is not None), client.name
        assert refresh is None or refresh.accepted


async def nobody(provider):
    return await own_exchange(provider, None), await own_refresh(provider, None)


def test_nobody_shows_nothing():
    """Where the profile has no other client, nothing is asked."""
    assert performed(nobody) == (None, None)
