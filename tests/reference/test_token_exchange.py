"""The exchange of tokens at the reference server (RFC 8693)."""

import pytest

from tests.reference.conftest import PROFILE, SECOND

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def exchange_visit(visit):
    """Somebody who has logged in at a server that exchanges tokens, and the tokens of the login."""

    def make(**options):
        visitor = visit(grants={**PROFILE["grants"], "token_exchange": {}}, **options)
        return visitor, visitor.password(scope="openid profile offline_access").json()

    return make


def exchange(visitor, subject_token, **form):
    right = {"grant_type": GRANT_TYPE, "subject_token": subject_token, "subject_token_type": ACCESS_TOKEN}
    return visitor.token(**{**right, **form})


@pytest.mark.parametrize("member", ["access_token", "refresh_token", "id_token"])
def test_a_token_of_a_login_is_exchanged(exchange_visit, member):
    """Every token of a user yields an access token of the client that asks."""
    visitor, tokens = exchange_visit()
    answer = exchange(visitor, tokens[member], client=SECOND, scope="profile").json()
    assert (answer["issued_token_type"], answer["token_type"], answer["scope"]) == (ACCESS_TOKEN, "Bearer", "profile")
    assert visitor.resource(answer["access_token"]).json()["client_id"] == SECOND[0]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"subject_token": ""}, "invalid_request"),
        ({"subject_token": "unknown"}, "invalid_request"),
        ({"subject_token_type": ""}, "invalid_request"),
        ({"actor_token": "somebody"}, "invalid_request"),
        ({"requested_token_type": "urn:example:none"}, "invalid_request"),
        ({"scope": "email"}, "invalid_scope"),
        ({"client": None}, "invalid_client"),
    ],
)
def test_a_wrong_exchange_is_refused(exchange_visit, changes, error):
    """One thing wrong is enough."""
    visitor, tokens = exchange_visit()
    right = {"subject_token": tokens["access_token"], "subject_token_type": ACCESS_TOKEN}
    refused = visitor.token(**{"grant_type": GRANT_TYPE, **right, **changes})
    assert (refused.status_code, refused.json()["error"]) == (400, error)


def test_a_dead_token_is_not_exchanged(exchange_visit):
    """After its time an access token buys nothing."""
    visitor, tokens = exchange_visit()
    visitor.clock.advance(3600)
    assert exchange(visitor, tokens["access_token"]).json()["error"] == "invalid_request"
