"""The provider's endpoints come from the profile, or else from its metadata."""

import asyncio
import json

import httpx
import pytest

from token_conformance.provider.discovery import Discovery, configuration_urls
from token_conformance.verdict import Inconclusive, NotApplicable

ISSUER = {"issuer": "https://op.example/tenant"}
METADATA = ISSUER | {"token_endpoint": "https://op.example/t"}


def asked(discovery, name):
    return asyncio.run(discovery.endpoint(name))


def test_addresses_of_the_metadata():
    """OIDC Discovery appends to the issuer's path, RFC 8414 goes before it."""
    assert configuration_urls("https://op.example/tenant") == (
        "https://op.example/tenant/.well-known/openid-configuration",
        "https://op.example/.well-known/oauth-authorization-server/tenant",
    )


def test_the_profile_goes_before_the_metadata(make_profile, make_wire):
    """An endpoint that the profile names is not asked for."""
    wire = make_wire(lambda request: httpx.Response(500))
    discovery = Discovery(make_profile(), wire)
    assert asked(discovery, "token_endpoint") == "https://op.example/token"
    assert wire.exchanges == []


def test_metadata_is_read_once(make_profile, make_wire):
    """However many endpoints are asked for, and at once, the metadata is read one time."""
    wire = make_wire(
        lambda request: httpx.Response(
            200, json=ISSUER | {"token_endpoint": "https://op.example/t", "jwks_uri": "https://op.example/j"}
        )
    )
    discovery = Discovery(make_profile(server=ISSUER), wire)

    async def both():
        return await asyncio.gather(discovery.endpoint("token_endpoint"), discovery.endpoint("jwks_uri"))

    assert asyncio.run(both()) == ["https://op.example/t", "https://op.example/j"]
    assert len(wire.exchanges) == 1


def test_metadata_of_rfc_8414_serves_where_openid_s_is_absent(make_profile, make_wire):
    """A provider without OpenID Connect is found too."""

    def handler(request):
        found = request.url.path == "/.well-known/oauth-authorization-server/tenant"
        return httpx.Response(200, json=METADATA) if found else httpx.Response(404)

    assert asked(Discovery(make_profile(server=ISSUER), make_wire(handler)), "token_endpoint") == "https://op.example/t"


def test_a_page_instead_of_metadata_is_one_sentence(make_profile, make_wire):
    """HTML in the place of the metadata is named with its address, status and type."""
    wire = make_wire(lambda request: httpx.Response(200, html="<h1>Welcome</h1>"))
    with pytest.raises(
        Inconclusive, match=r"openid-configuration is not a JSON object: 200, text/html; check server\.issuer"
    ):
        asked(Discovery(make_profile(server=ISSUER), wire), "token_endpoint")


def test_an_unreachable_issuer_is_one_sentence(make_profile, make_wire):
    """A refused connection is named with its address."""

    def handler(request):
        raise httpx.ConnectError("connection refused")

    with pytest.raises(Inconclusive, match="could not be read: no connection to op.example: connection refused"):
        asked(Discovery(make_profile(server=ISSUER), make_wire(handler)), "token_endpoint")


@pytest.mark.parametrize("advertised", [None, 7, "", "/relative", ["https://op.example/r"]])
def test_an_endpoint_that_is_not_advertised_is_not_applicable(make_profile, make_wire, advertised):
    """What the metadata does not name as an absolute address does not exist."""
    metadata = json.dumps(METADATA | {"revocation_endpoint": advertised})
    wire = make_wire(lambda request: httpx.Response(200, text=metadata))
    with pytest.raises(NotApplicable, match="revocation_endpoint"):
        asked(Discovery(make_profile(server=ISSUER), wire), "revocation_endpoint")


@pytest.mark.parametrize(
    "advertised", ["file://op.example/etc/hosts", "javascript://op.example/%0a", "ftp://op.example/r"]
)
def test_nothing_is_sent_to_other_schemes(make_profile, make_wire, advertised):
    """An endpoint is at an address of http or https, and no browser is led elsewhere."""
    wire = make_wire(lambda request: httpx.Response(200, json=METADATA | {"authorization_endpoint": advertised}))
    with pytest.raises(Inconclusive, match="name as authorization_endpoint is neither of http nor of https"):
        asked(Discovery(make_profile(server=ISSUER), wire), "authorization_endpoint")


FOREIGN = {
    "another host": "https://evil.example/tenant",
    "another path": "https://op.example/other",
    "a slash": "https://op.example/tenant/",
    "other letters": "https://OP.example/tenant",
    "the default port": "https://op.example:443/tenant",
    "a list": ["https://op.example/tenant"],
    "nothing": None,
}


@pytest.mark.parametrize("issuer", FOREIGN.values(), ids=FOREIGN)
def test_metadata_of_another_issuer_are_not_used(make_profile, make_wire, issuer):
    """Not a letter may differ (RFC 8414 §3.3); the sentence names both, and the run is of little use."""
    wire = make_wire(lambda request: httpx.Response(200, json=METADATA | {"issuer": issuer}))
    discovery = Discovery(make_profile(server=ISSUER), wire)
    with pytest.raises(Inconclusive, match=r"and are not used .* server\.metadata_issuer") as caught:
        asked(discovery, "token_endpoint")
    assert caught.value.stopped_by == "rfc8414-issuer"
    assert discovery.trouble == str(caught.value)
    assert discovery.metadata == {}
    assert discovery.published["token_endpoint"] == "https://op.example/t"


def test_endpoints_of_the_profile_outlive_foreign_metadata(make_profile, make_wire):
    """What the profile names goes on; what nobody needs for tokens is no trouble of the run."""
    foreign = METADATA | {"issuer": "https://evil.example", "revocation_endpoint": "https://evil.example/r"}
    named = {"token_endpoint": "https://op.example/t", "authorization_endpoint": "https://op.example/a"}
    wire = make_wire(lambda request: httpx.Response(200, json=foreign))
    discovery = Discovery(make_profile(server=ISSUER | named), wire)
    with pytest.raises(Inconclusive, match="are not used"):
        asked(discovery, "revocation_endpoint")
    assert asked(discovery, "token_endpoint") == "https://op.example/t"
    assert discovery.trouble is None


@pytest.mark.parametrize("documented", ["https://behind.example", "https://op.example/{tenantid}"])
def test_metadata_of_the_documented_issuer_are_used(make_profile, make_wire, documented):
    """The profile is held to the issuer that it documents, and to no other, not even to the one that was asked."""
    server = ISSUER | {"metadata_issuer": documented}
    for issuer, used in ((documented, True), (ISSUER["issuer"], False)):
        wire = make_wire(lambda request, issuer=issuer: httpx.Response(200, json=METADATA | {"issuer": issuer}))
        discovery = Discovery(make_profile(server=server), wire)
        asyncio.run(discovery.ask())
        assert bool(discovery.metadata) == used


def test_a_template_is_in_the_metadata_alone(make_profile):
    """Tokens name the issuer behind a proxy, and never a template."""
    behind = make_profile(server=ISSUER | {"metadata_issuer": "https://behind.example"})
    template = make_profile(server=ISSUER | {"metadata_issuer": "https://op.example/{tenantid}"})
    assert (behind.server.identifier, template.server.identifier) == ("https://behind.example", ISSUER["issuer"])


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
def test_an_advertised_endpoint_of_plain_http_has_to_be_allowed(make_profile, make_wire, name):
    """What goes there can be read on the way, and what comes from there written; loopback is this machine."""
    for address, usable in (("http://op.example/x", False), ("http://127.0.0.1:80/x", True)):

        def discovery(address=address, **settings):
            wire = make_wire(lambda request: httpx.Response(200, json=METADATA | {name: address}))
            return Discovery(make_profile(server=ISSUER | settings), wire)

        assert asked(discovery(allow_http=True), name) == address
        careful = discovery()
        if usable:
            assert asked(careful, name) == address
        else:
            with pytest.raises(
                Inconclusive, match=rf"name a {name} of plain http.*server\.allow_http = true allows it"
            ):
                asked(careful, name)
            assert (careful.trouble is not None) == (name == "token_endpoint")
