"""Endpoints that list methods of client authentication of their own (RFC 8414 §2), and clients registered for another."""

import asyncio

import httpx
import pytest

from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget

CLIENT = {"client_id": "app", "client_secret": "a-secret-of-the-app", "authentication": "client_secret_post"}


@pytest.fixture
def revoke(make_profile, make_wire):
    """Revokes a token where the endpoint lists these methods, and lets in by those; gives status and methods tried."""

    def revoke(listed, let_in):
        tried = []

        def handler(request):
            if request.method == "GET":
                issuer = f"https://{request.url.host}"
                return httpx.Response(200, json={"issuer": issuer, "revocation_endpoint": f"{issuer}/revoke", **listed})
            tried.append("client_secret_basic" if "authorization" in request.headers else "client_secret_post")
            return httpx.Response(200 if tried[-1] in let_in else 401)

        async def go():
            wire = make_wire(handler)
            profile = make_profile(clients=[CLIENT], server={"issuer": "https://op.example"})
            return await Provider(profile, wire, Discovery(profile, wire), Lineage(), LoginBudget(1)).revoke("a-token")

        return asyncio.run(go()).status, tried

    return revoke


BASIC_ALONE = {"revocation_endpoint_auth_methods_supported": ["client_secret_basic"]}


def test_the_registered_method_where_none_is_listed(revoke):
    """Without a list the token endpoint's method counts."""
    assert revoke({}, {"client_secret_post"}) == (200, ["client_secret_post"])


def test_a_listed_method_before_the_registered_one(revoke):
    """What the metadata list is tried first, and alone where it is taken."""
    assert revoke(BASIC_ALONE, {"client_secret_basic"}) == (200, ["client_secret_basic"])


def test_the_registered_method_where_the_listed_one_is_refused(revoke):
    """A client that is not registered for what the metadata list comes in its own way."""
    assert revoke(BASIC_ALONE, {"client_secret_post"}) == (200, ["client_secret_basic", "client_secret_post"])
