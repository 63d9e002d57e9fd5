"""The probe of TLS tells how a handshake ended, and the checks of the transport judge it."""

import asyncio
import importlib.util
import socket
import ssl
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import truststore

from tests.certificates import certificates
from token_conformance.layout import SUITES
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Limits
from token_conformance.reference.loopback import LoopbackServer, server_tls
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire import tls
from token_conformance.wire.tls_probe import Handshake, handshake
from token_conformance.wire.transports import network

FOLDER = Path(certificates()["CERTIFICATES"])
BUNDLE = str(FOLDER / "ca.pem")
PATIENCE = 5.0


@pytest.fixture(scope="module")
def suite():
    """The suite as a module: its checks are functions of a transcript."""
    spec = importlib.util.spec_from_file_location("suite_of_transport", SUITES / "test_transport.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def served(certificate="server"):
    return LoopbackServer(tls=server_tls(FOLDER / f"{certificate}.pem", FOLDER / f"{certificate}.key"))


def probed(url, versions="usual", ca_bundle=BUNDLE):
    return asyncio.run(handshake(url, versions, ca_bundle, PATIENCE))


def test_a_handshake_of_today_is_done():
    """Its version is told."""
    with served().serving(None) as url:
        assert probed(url) == Handshake("done", "TLSv1.3")


def test_old_versions_are_refused():
    """The server ends the handshake."""
    with served().serving(None) as url:
        assert probed(url, "old").outcome == "refused"


@pytest.mark.parametrize(
    ("certificate", "bundle"), [("elsewhere", BUNDLE), ("server", None)], ids=["another name", "another authority"]
)
def test_a_certificate_of_another_name_or_authority_is_not_trusted(certificate, bundle):
    """The reason is OpenSSL's."""
    with served(certificate).serving(None) as url:
        found = probed(url, ca_bundle=bundle)
    assert found.outcome == "untrusted"
    assert found.reason


def test_nobody_there_is_no_refusal():
    """A closed port says nothing of TLS; a name that is none does not either."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert probed(f"https://127.0.0.1:{held.getsockname()[1]}/").outcome == "unreachable"
    assert probed("https://name..invalid/").outcome == "unreachable"


def test_a_server_that_speaks_http_alone_refuses_tls():
    """What it answers is no handshake."""
    with LoopbackServer().serving(None) as url:
        assert probed(url.replace("http:", "https:")).outcome == "refused"


@pytest.fixture
def judged(suite, make_exchange):
    """A transcript of the transport with the answer by plain http, as it would be of a good server without it."""

    def judged(body=None, *, status=400, **parts):
        plain = make_exchange(body, status=status) if body is not None else None
        good = suite.Transport("op.example", Handshake("done", "TLSv1.3"), Handshake("refused", reason="alert"), plain)
        return replace(good, **parts)

    return judged


@pytest.mark.parametrize(
    "body",
    [b'{"error": "invalid_client"}', b'{"access_token": "a", "token_type": "Bearer"}', b'{"error":"invalid_grant"}'],
)
def test_a_token_endpoint_that_serves_http_is_told(suite, judged, body):
    """A decision on the client is as much an answer as tokens are."""
    with pytest.raises(AssertionError, match="by plain http"):
        suite.test_token_endpoint_does_not_answer_by_http(judged(body, status=200 if b"access" in body else 401))


@pytest.mark.parametrize(("body", "status"), [(b"<html>moved</html>", 301), (b'{"error": "invalid_request"}', 400)])
def test_a_redirect_and_a_refusal_of_http_itself_are_no_service(suite, judged, body, status):
    """The request was not looked at."""
    suite.test_token_endpoint_does_not_answer_by_http(judged(body, status=status))


def test_a_port_of_its_own_has_no_http_beside_it(suite, judged):
    """Only port 443 has a port of http that belongs to it."""
    assert suite.by_http("https://op.example/token?x=1") == "http://op.example:80/token?x=1"
    assert suite.by_http("https://op.example:8443/token") is None
    with pytest.raises(NotApplicable):
        suite.test_token_endpoint_does_not_answer_by_http(judged())


def test_a_certificate_that_is_not_trusted_is_told(suite, judged):
    """The reason goes into the message; a host that is not reached is not judged."""
    suite.test_certificate_is_that_of_the_host(judged())
    with pytest.raises(AssertionError, match="expired"):
        suite.test_certificate_is_that_of_the_host(
            judged(usual=Handshake("untrusted", reason="certificate has expired"))
        )
    with pytest.raises(Inconclusive):
        suite.test_certificate_is_that_of_the_host(judged(usual=Handshake("unreachable", reason="refused")))


def test_an_old_version_is_told(suite, judged):
    """What OpenSSL here cannot offer is not judged."""
    suite.test_old_versions_are_not_spoken(judged())
    with pytest.raises(AssertionError, match=r"speaks TLSv1\.1"):
        suite.test_old_versions_are_not_spoken(judged(old=Handshake("done", "TLSv1.1")))
    for trouble in ({"old": Handshake("unable")}, {"old": Handshake("unreachable")}, {"usual": Handshake("refused")}):
        with pytest.raises(Inconclusive):
            suite.test_old_versions_are_not_spoken(judged(**trouble))


@pytest.fixture
def asking(monkeypatch):
    """The system's store is asked as on macOS and Windows; here it reads the files of the distribution."""
    monkeypatch.setattr(tls, "BY_ASKING", frozenset({sys.platform}))
    tls.trust.cache_clear()
    yield
    tls.trust.cache_clear()


@pytest.mark.usefixtures("asking")
@pytest.mark.parametrize(
    ("certificate", "bundle", "outcome"),
    [("server", BUNDLE, "done"), ("elsewhere", BUNDLE, "untrusted"), ("server", None, "untrusted")],
    ids=["of-the-bundle", "of-another-host", "without-the-bundle"],
)
def test_the_store_of_the_system_is_asked_beside_the_bundle(certificate, bundle, outcome):
    """A handshake ends as with OpenSSL's own files: `ca_bundle` counts, and the name does."""
    assert isinstance(tls.trust(bundle), truststore.SSLContext)
    with served(certificate).serving(None) as url:
        assert probed(url, ca_bundle=bundle).outcome == outcome


@pytest.mark.usefixtures("asking")
def test_requests_and_certificates_work_with_the_store_of_the_system():
    """As a run sends them, with a client's certificate, too."""
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["extensions"]["tls"]["client_cert_chain"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask(url):
        own = ClientCertificate.read(str(FOLDER / "app.pem"), str(FOLDER / "app.key"))
        for certificate in (None, own):
            async with httpx.AsyncClient(transport=network(BUNDLE, Limits(), certificate)) as client:
                assert (await client.get(url)).status_code == 204

    with LoopbackServer(tls=server_tls(FOLDER / "server.pem", FOLDER / "server.key", [FOLDER / "ca.pem"])).serving(
        application
    ) as url:
        asyncio.run(ask(url))
    assert [len(chain) for chain in seen] == [0, 1]


def test_a_distribution_whose_files_openssl_does_not_find_is_searched(monkeypatch):
    """A Python that was built elsewhere looks in the wrong place."""
    nowhere = ssl.DefaultVerifyPaths(None, None, "SSL_CERT_FILE", "/nowhere", "SSL_CERT_DIR", "/nowhere")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    tls.trust.cache_clear()
    assert isinstance(tls.trust(None), truststore.SSLContext)
    monkeypatch.undo()
    tls.trust.cache_clear()
    assert not isinstance(tls.trust(None), truststore.SSLContext)
