"""Whose sessions live side by side, and who is asked for a password."""

import pytest

from tests.reference.conftest import PROFILE, SERVICE, claims

BOB = {"username": "bob", "password": "a password of bob's"}
WITH_BOB = {**PROFILE["login"], "users": [BOB]}


@pytest.mark.parametrize("variations", [[], ["one-session-per-user-and-client"]], ids=["usually", "one session"])
def test_a_login_ends_the_one_before_where_there_is_but_one_session(visit, variations):
    """Its refresh token is refused; without the variation both live."""
    visitor = visit(variations=variations)
    first, second = (visitor.password().json() for _ in range(2))
    assert visitor.refresh(first["refresh_token"]).status_code == (400 if variations else 200)
    assert visitor.refresh(second["refresh_token"]).status_code == 200


def test_one_session_is_one_for_each_user(visit):
    """Another user's login leaves the first one's session alone."""
    visitor = visit(variations=["one-session-per-user-and-client"], login=WITH_BOB)
    first = visitor.password().json()
    assert visitor.token(grant_type="password", **BOB).status_code == 200
    assert visitor.refresh(first["refresh_token"]).status_code == 200


def test_a_rotated_token_is_of_the_same_session(visit):
    """A refresh is no login."""
    visitor = visit(variations=["one-session-per-user-and-client"])
    second = visitor.refresh(visitor.password().json()["refresh_token"]).json()
    assert visitor.refresh(second["refresh_token"]).status_code == 200


def test_further_users_are_known_by_their_own_passwords(visit):
    """A token is about the user who logged in; nobody logs in with another's password."""
    visitor = visit(login=WITH_BOB)
    tokens = visitor.token(grant_type="password", **BOB).json()
    assert claims(tokens["id_token"])["sub"] == "user-bob"
    assert visitor.token(grant_type="password", **{**BOB, "password": "wonderland"}).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("variations", [[], ["login-not-remembered"]], ids=["usually", "forgetful"])
def test_a_login_is_remembered_or_not(visit, variations):
    """Where it is not, a second authorization is answered by the login form."""
    visitor = visit(variations=variations)
    visitor.code()
    silent = visitor.authorize(prompt="none").headers["location"]
    assert ("login_required" in silent) == bool(variations)


def test_a_service_has_no_session(visit):
    """A token in the client's own name ends nobody's."""
    visitor = visit(variations=["one-session-per-user-and-client"])
    first = visitor.password().json()
    visitor.token(client=SERVICE, grant_type="client_credentials")
    assert visitor.refresh(first["refresh_token"]).status_code == 200
