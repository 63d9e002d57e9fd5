"""What a user's browser is sent to the authorization endpoint with (RFC 6749 §4.1.1, OIDC Core §3.1.2.1)."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget

SERVER = {"token_endpoint": "https://op.example/token", "authorization_endpoint": "https://op.example/authorize"}


@pytest.fixture
def asked(make_profile, make_wire):
    """The scope and the prompt of an authorization request, None for what is left out."""

    def asked(documented, prompt, **settings):
        grants = {"authorization_code": {"scope": documented, "prompt": prompt}}
        client = {"client_id": "app", "authentication": "none", "redirect_uri": "https://app.example/cb"}
        login = {"username": "alice", "password": "a-password"}
        profile = make_profile(server=SERVER, clients=[client], grants=grants, login=login)
        wire = make_wire(lambda request: httpx.Response(500))
        provider = Provider(profile, wire, Discovery(profile, wire), Lineage(), LoginBudget(1))
        request = asyncio.run(provider.authorization_request(**settings))
        query = parse_qs(urlsplit(request.url).query)
        assert request.scope == query.get("scope", [None])[0]
        return request.scope, query.get("prompt", [None])[0]

    return asked


def test_a_login_asks_as_documented(asked):
    """Scope and prompt are those of the profile."""
    assert asked("openid offline_access", "consent") == ("openid offline_access", "consent")
    assert asked("openid offline_access", None) == ("openid offline_access", None)


def test_what_needs_no_refresh_token_asks_for_none(asked):
    """offline_access is left out with the prompt that it needs, and stays where there is none."""
    assert asked("openid offline_access", "consent", refreshable=False) == ("openid", None)
    assert asked("openid offline_access", None, refreshable=False) == ("openid offline_access", None)
    assert asked("openid api", "login", refreshable=False) == ("openid api", None)


def test_a_scope_that_a_scenario_asks_for_stays_whole(asked):
    """Its offline_access keeps the prompt."""
    asking = {"scope": "openid offline_access other", "refreshable": False}
    assert asked("openid", "consent", **asking) == ("openid offline_access other", "consent")
    assert asked("openid", "consent", scope="openid other", refreshable=False) == ("openid other", None)


def test_a_scope_of_offline_access_alone_is_kept(asked):
    """A request without any scope would be another one."""
    assert asked("offline_access", "consent", refreshable=False) == ("offline_access", "consent")
