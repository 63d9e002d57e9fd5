"""A client that is a page in a browser sends its origin, and no other does."""

import pytest
from pydantic import ValidationError

from tests.provider.performing import performed
from tests.suites.judging import profile_named
from token_conformance.profile.client import Client
from token_conformance.wire.exchange import header

PAGE = "https://app.example"


async def login_and_refresh(provider):
    login = await provider.login()
    return login.response, await provider.refresh(login.refresh_token, client=login.client)


def origins(profile, variations=()):
    answers = performed(login_and_refresh, profile, variations=variations)
    return [header(answer.exchange.request.headers, "origin") for answer in answers if answer.accepted]


def of_a_page(profile):
    page = profile.main.model_copy(update={"origin": PAGE})
    return profile.model_copy(update={"clients": [page, *profile.clients[1:]]})


def test_a_page_sends_its_origin():
    """A server that takes requests of registered pages alone lets it in."""
    assert origins(of_a_page(profile_named("public")), ["origin-refused"]) == [PAGE, PAGE]


def test_nobody_else_sends_one():
    """A client of which the profile tells no origin is no page."""
    assert origins(profile_named("public"), ["origin-refused"]) == [None, None]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"origin": "https://app.example/callback"}, "without a path"),
        ({"origin": "app.example"}, "without a path"),
        ({"authentication": "client_secret_post", "client_secret": "s3cret"}, "keeps no secret"),
    ],
)
def test_what_cannot_be_an_origin_is_told(changes, said):
    """It is an origin and no address, and its client is public."""
    with pytest.raises(ValidationError, match=said):
        Client.model_validate({"client_id": "app", "authentication": "none", "origin": PAGE, **changes})
