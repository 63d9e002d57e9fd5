"""Tokens for one resource, issued by the reference server (RFC 8707)."""

import pytest

from tests.reference.conftest import SERVICE, claims, credentials

THINGS, PEOPLE = "https://api.example/things", "https://api.example/people"
JWT = {"resource_indicators": [THINGS, PEOPLE], "access_token_format": "jwt"}


@pytest.fixture
def target_visit(visit):
    """Somebody at a server that documents two resources."""
    return lambda **tokens: visit(tokens={**JWT, **tokens})


def audience(answer):
    return claims(answer.json()["access_token"])["aud"]


def test_a_token_is_for_the_resource_that_was_asked(target_visit):
    """One resource is the audience, several are a list, and none leave the usual one."""
    visitor = target_visit()
    ask = {"client": SERVICE, "grant_type": "client_credentials"}
    assert audience(visitor.token(**ask, resource=THINGS)) == THINGS
    assert audience(visitor.token(**ask, resource=[THINGS, PEOPLE])) == [THINGS, PEOPLE]
    assert audience(visitor.token(**ask)) == "https://op.example/api/things"


@pytest.mark.parametrize("resource", ["https://api.example/other", "/things", f"{THINGS}#part"])
def test_any_other_resource_is_invalid_target(target_visit, resource):
    """What is unknown or malformed is refused."""
    answer = target_visit().token(SERVICE, grant_type="client_credentials", resource=resource)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


def test_a_refresh_stays_within_the_grant(target_visit):
    """A refresh is for all granted resources or for one of them, and for no other."""
    visitor = target_visit()
    tokens = visitor.exchange(visitor.code(resource=[THINGS, PEOPLE]))
    assert audience(tokens) == [THINGS, PEOPLE]
    narrowed = visitor.refresh(tokens.json()["refresh_token"], resource=PEOPLE)
    assert audience(narrowed) == PEOPLE
    assert audience(visitor.refresh(narrowed.json()["refresh_token"])) == [THINGS, PEOPLE]
    one = visitor.exchange(visitor.code(resource=THINGS)).json()["refresh_token"]
    assert visitor.refresh(one, resource=PEOPLE).json()["error"] == "invalid_target"


def test_introspection_tells_whom_an_opaque_token_is_for(target_visit):
    """A resource that cannot read the token learns it all the same."""
    visitor = target_visit(access_token_format="opaque")
    token = visitor.token(SERVICE, grant_type="client_credentials", resource=THINGS).json()["access_token"]
    told = visitor.send("POST", "/id/introspect", data={"token": token}, auth=credentials(SERVICE)).json()
    assert told["aud"] == [THINGS]


def test_a_provider_without_resource_indicators_ignores_them(visit):
    """An unknown parameter is ignored (RFC 6749 §3.2)."""
    answer = visit().token(SERVICE, grant_type="client_credentials", resource="https://anything.example/")
    assert answer.status_code == 200
