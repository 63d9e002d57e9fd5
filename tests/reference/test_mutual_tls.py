"""The reference server knows clients by their certificates, and binds tokens to them (RFC 8705)."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.certificates import certificates
from tests.reference.conftest import claims
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.wire.transports import in_process

SUITES = Path(__file__).parent.parent / "suites"


def certificate(name):
    folder = certificates()["CERTIFICATES"]
    return ClientCertificate.read(f"{folder}/{name}.pem", f"{folder}/{name}.key")


@pytest.fixture
def ask():
    """Sends a request to a server of the profile mutual_tls over a connection with a certificate."""
    server = ReferenceServer(load(SUITES / "mutual_tls.toml", certificates()))

    def ask(presented, method="POST", path="/token", **options):
        async def sent():
            transport = in_process(server.application, presented)
            async with httpx.AsyncClient(transport=transport, base_url="https://op.example") as http:
                return await http.request(method, path, **options)

        return asyncio.run(sent())

    return ask


SERVICE = {"grant_type": "client_credentials", "client_id": "service"}


def test_a_token_carries_the_certificate_of_its_client(ask):
    """In the token, and where it is introspected."""
    token = ask(certificate("service"), data=SERVICE).json()["access_token"]
    bound = {"x5t#S256": certificate("service").thumbprint}
    assert claims(token)["cnf"] == bound
    asked = {"token": token, "client_id": "service"}
    assert ask(certificate("service"), path="/introspect", data=asked).json()["cnf"] == bound


@pytest.mark.parametrize("presented", [None, certificate("app"), certificate("service").imitation()])
def test_another_certificate_is_not_the_client_s(ask, presented):
    """Nor is none."""
    answer = ask(presented, data=SERVICE)
    assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("presented", "status"), [(None, 401), (certificate("app"), 401), (certificate("service"), 200)]
)
def test_the_resource_wants_the_certificate_of_the_token(ask, presented, status):
    """RFC 8705 §3."""
    token = ask(certificate("service"), data=SERVICE).json()["access_token"]
    answer = ask(presented, "GET", "/resource", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


def test_the_methods_and_the_binding_are_advertised(ask):
    """RFC 8705 §2 and §3.3."""
    found = ask(None, "GET", "/.well-known/openid-configuration").json()
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(found["token_endpoint_auth_methods_supported"])
    assert found["tls_client_certificate_bound_access_tokens"] is True
