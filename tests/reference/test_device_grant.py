"""The device authorization grant of the reference server (RFC 8628)."""

import re

import pytest

from tests.reference.conftest import APP, SECOND, credentials

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = "openid profile offline_access"


@pytest.fixture
def device_visit(visit):
    """Somebody at a server that offers the grant."""

    def make(**options):
        grants = {"device_code": {"scope": SCOPE, "lifetime": 600, "interval": 5}, "refresh_token": {}}
        return visit(grants=grants, **options)

    return make


def codes(visitor):
    return visitor.send("POST", "/id/device_authorization", data={"scope": SCOPE}, auth=credentials(APP)).json()


def poll(visitor, device_code, client=APP):
    return visitor.token(client, grant_type=GRANT_TYPE, device_code=device_code)


def decide(visitor, user_code, decision="allow", password="wonderland"):
    """Enter the code, log in and decide; gives the last page."""
    page = visitor.send("POST", "/id/device", data={"user_code": user_code})
    for form in ({"username": "alice", "password": password}, {"decision": decision}):
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        page = visitor.send("POST", "/id/device", data={**form, "csrf": csrf[1] if csrf else ""})
    return page


def test_an_approved_device_gets_tokens_once(device_visit):
    """Pending before the approval, tokens after it, nothing after that."""
    visitor = device_visit()
    device = codes(visitor)
    assert poll(visitor, device["device_code"]).json()["error"] == "authorization_pending"
    decide(visitor, device["user_code"].lower().replace("-", " "))
    tokens = poll(visitor, device["device_code"]).json()
    assert {"access_token", "refresh_token", "id_token"} <= tokens.keys()
    assert poll(visitor, device["device_code"]).json()["error"] == "invalid_grant"


def test_a_denied_device_is_told(device_visit):
    """The user's no is access_denied."""
    visitor = device_visit()
    device = codes(visitor)
    decide(visitor, device["user_code"], "deny")
    assert poll(visitor, device["device_code"]).json()["error"] == "access_denied"


def test_a_wrong_password_decides_nothing(device_visit):
    """Nobody approves in the user's name."""
    visitor = device_visit()
    device = codes(visitor)
    decide(visitor, device["user_code"], password="wrong")
    assert poll(visitor, device["device_code"]).json()["error"] == "authorization_pending"


def test_haste_lengthens_the_interval(device_visit):
    """Each slow_down adds five seconds."""
    visitor = device_visit()
    code = codes(visitor)["device_code"]
    errors = []
    for seconds in (0, 0, 6, 16):
        visitor.clock.advance(seconds)
        errors.append(poll(visitor, code).json()["error"])
    assert errors == ["authorization_pending", "slow_down", "slow_down", "authorization_pending"]


def test_a_device_code_expires(device_visit):
    """After its time a code is an expired_token, and cannot be entered."""
    visitor = device_visit()
    device = codes(visitor)
    visitor.clock.advance(600)
    assert poll(visitor, device["device_code"]).json()["error"] == "expired_token"
    assert "no such code" in decide(visitor, device["user_code"]).text


def test_other_clients_get_nothing(device_visit):
    """A code is its client's."""
    visitor = device_visit()
    device = codes(visitor)
    decide(visitor, device["user_code"])
    assert poll(visitor, device["device_code"], SECOND).json()["error"] == "invalid_grant"
    assert poll(visitor, device["device_code"]).status_code == 200


def test_the_grant_is_offered_where_it_is_documented(device_visit, visit):
    """Metadata and endpoint exist for profiles that have the grant, and for no others."""
    configuration = "/id/.well-known/openid-configuration"
    offered = device_visit().send("GET", configuration).json()
    assert offered["device_authorization_endpoint"] == "https://op.example/id/device_authorization"
    assert GRANT_TYPE in offered["grant_types_supported"]
    assert "device_authorization_endpoint" not in visit().send("GET", configuration).json()
    assert visit().send("POST", "/id/device_authorization").status_code == 404
