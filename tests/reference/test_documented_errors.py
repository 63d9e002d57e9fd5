"""The reference server refuses as the profile documents."""

import pytest

from tests.reference.conftest import APP, SERVICE


def expired(visitor):
    token = visitor.password().json()["refresh_token"]
    visitor.clock.advance(30 * 24 * 3600)
    return visitor.refresh(token)


def reused(visitor):
    token = visitor.password().json()["refresh_token"]
    visitor.refresh(token)
    return visitor.refresh(token)


CONDITIONS = {
    "expired_refresh_token": expired,
    "reused_refresh_token": reused,
    "unknown_refresh_token": lambda visitor: visitor.refresh("unknown"),
    "invalid_code": lambda visitor: visitor.token(
        APP, grant_type="authorization_code", code="unknown", redirect_uri="https://app.example/callback"
    ),
    "redirect_uri_mismatch": lambda visitor: visitor.exchange(
        visitor.code(), redirect_uri="https://app.example/elsewhere"
    ),
    "unknown_client": lambda visitor: visitor.token(("nobody", "secret"), grant_type="client_credentials"),
    "invalid_client": lambda visitor: visitor.token((APP[0], "wrong"), grant_type="client_credentials"),
    "unauthorized_client": lambda visitor: visitor.token(SERVICE, grant_type="password"),
    "unsupported_grant_type": lambda visitor: visitor.token(grant_type="urn:example:none"),
    "invalid_scope": lambda visitor: visitor.token(SERVICE, grant_type="client_credentials", scope="nothing"),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_documented_error_comes_out(visit, condition):
    """Status and code of each condition are those of the profile."""
    answer = CONDITIONS[condition](visit(errors={condition: {"status": 403, "error": "documented"}}))
    assert (answer.status_code, answer.json()["error"]) == (403, "documented")


def test_an_unknown_client_may_be_told_from_a_wrong_secret(visit):
    """Where both are documented, each client gets its own answer; otherwise they look alike."""
    both = {"invalid_client": {"status": 401}, "unknown_client": {"status": 400, "error": "unauthorized_client"}}
    for errors, unknown in ((both, 400), ({"invalid_client": {"status": 401}}, 401)):
        visitor = visit(errors=errors)
        assert CONDITIONS["unknown_client"](visitor).status_code == unknown
        assert CONDITIONS["invalid_client"](visitor).status_code == 401


def test_a_provider_may_refuse_with_200(visit):
    """Some do, with the code in the body."""
    answer = reused(visit(errors={"reused_refresh_token": {"status": 200, "error": "bad_refresh_token"}}))
    assert (answer.status_code, answer.json()["error"]) == (200, "bad_refresh_token")


def test_a_documented_401_is_challenged(visit):
    """RFC 9110 §15.5.2: a 401 has a challenge, whatever it is about."""
    answer = expired(visit(errors={"expired_refresh_token": {"status": 401}}))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")
    assert "www-authenticate" in answer.headers


def test_a_documented_400_of_the_client_is_not(visit):
    """Where invalid_client is documented as 400, HTTP Basic makes no difference."""
    answer = CONDITIONS["invalid_client"](visit(errors={"invalid_client": {"status": 400}}))
    assert answer.status_code == 400
    assert "www-authenticate" not in answer.headers
