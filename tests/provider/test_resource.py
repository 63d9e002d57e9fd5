"""The resource is a control where a good token opens it and none does not."""

import asyncio

from tests.provider.performing import performed
from token_conformance.provider.resource import protected
from token_conformance.verdict import NotApplicable


async def asked(provider):
    login = await provider.session()
    return await protected(provider, login.access_token), await protected(provider, None)


def test_a_resource_is_asked_with_the_token_and_without():
    """Both answers come from the same address; without a token there is nothing to ask with."""
    resource, nothing = performed(asked)
    assert nothing is None
    assert (resource.right.response.status, resource.without.response.status) == (200, 401)
    assert resource.right.request.url == resource.without.request.url


class WithoutResource:
    """A provider whose profile names no resource, and which has no userinfo endpoint."""

    async def resource_address(self):
        raise NotApplicable("the profile names no server.resource")


def test_where_there_is_no_resource_there_is_no_control():
    """Nothing is asked then."""
    assert asyncio.run(protected(WithoutResource(), "a token")) is None
