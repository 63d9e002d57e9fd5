"""Where the provider is, and whether the way there can be listened at."""

import pytest
from pydantic import ValidationError

from token_conformance.profile.endpoints import ADDRESSES, Endpoints
from token_conformance.profile.hosts import host_of, is_plain

HOSTS = {
    "https://Login.Example.com/x": "login.example.com",
    "https://login.example.com:443": "login.example.com",
    "http://login.example.com:80": "login.example.com",
    "https://login.example.com:8443": "login.example.com:8443",
    "http://login.example.com:443": "login.example.com:443",
    "https://user@login.example.com": "login.example.com",
    "https://[::1]:8443/": "[::1]:8443",
    "https://login.example.com:99999": "",
    "http://[x": "",
    "": "",
}


@pytest.mark.parametrize(("address", "host"), HOSTS.items())
def test_a_host_has_one_name(address, host):
    """Case, path, user and the scheme's own port make no difference; another port does."""
    assert host_of(address) == host


@pytest.mark.parametrize("machine", ["localhost", "127.0.0.1", "[::1]"])
def test_nobody_listens_on_loopback(machine):
    """Plain http is plain elsewhere alone."""
    assert not is_plain(f"http://{machine}:8080/token")
    assert is_plain("http://op.example/token")
    assert not is_plain("https://op.example/token")


def test_every_address_is_looked_at():
    """A key of [server] that is an address is among those that need https."""
    keys = {name for name, written in Endpoints.__annotations__.items() if "EndpointURL" in written}
    assert keys == ADDRESSES | {"metadata_issuer", "token_endpoint_aliases"}


@pytest.mark.parametrize("key", sorted(ADDRESSES))
def test_plain_http_has_to_be_allowed(key):
    """Each address by itself; an alias too."""
    usual = {"issuer": "https://op.example"}
    for server in ({key: "http://op.example/x"}, {"token_endpoint_aliases": ["http://op.example/x"]}):
        with pytest.raises(ValidationError, match=r"server\.allow_http = true"):
            Endpoints.model_validate(usual | server)
        assert Endpoints.model_validate(usual | server | {"allow_http": True})


def test_no_address_holds_a_password():
    """Addresses are told everywhere: in reports, in evidence, and on the terminal."""
    for address in ("https://user:word@op.example/token", "https://word@op.example"):
        with pytest.raises(ValidationError, match="without a name and a password"):
            Endpoints.model_validate({"issuer": address})


def test_another_issuer_needs_one_that_is_asked():
    """Metadata are asked for at the issuer alone."""
    with pytest.raises(ValidationError, match="expected issuer beside metadata_issuer"):
        Endpoints.model_validate({"token_endpoint": "https://op.example/t", "metadata_issuer": "https://op.example"})
