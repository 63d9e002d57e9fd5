"""The emulated server gives every scenario a provider of its own; the loopback server gives everybody one."""

import asyncio

import httpx

from tests.reference.conftest import SERVICE, credentials
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer, on_loopback
from token_conformance.servers.emulated import EmulatedServer


def test_scenarios_do_not_share_a_clock(make_reference_profile):
    """What one scenario waits for, another does not notice."""
    server = EmulatedServer(make_reference_profile())
    one, other = server.connect("one"), server.connect("other")
    asyncio.run(one.clock.wait(3600))
    assert (one.clock.now() - other.clock.now()).total_seconds() > 3500


def test_a_profile_moves_to_loopback_with_its_paths(make_reference_profile):
    """Only scheme, host and port change."""
    moved = on_loopback(make_reference_profile(), "http://127.0.0.1:4711").server
    assert (moved.issuer, moved.resource) == ("http://127.0.0.1:4711/id", "http://127.0.0.1:4711/api/things?$top=1")


def test_the_loopback_server_answers_over_http(make_reference_profile):
    """The same application answers on a port of this machine."""
    loopback = LoopbackServer()
    server = ReferenceServer(on_loopback(make_reference_profile(), loopback.base_url))
    with loopback.serving(server.application) as base_url, httpx.Client(base_url=base_url, trust_env=False) as client:
        metadata = client.get("/id/.well-known/openid-configuration").json()
        answer = client.post(
            metadata["token_endpoint"], data={"grant_type": "client_credentials"}, auth=credentials(SERVICE)
        )
    assert answer.status_code == 200
