"""Certificates of clients: how they are read, told apart and imitated, and which connection presents them."""

import asyncio
import hashlib
import ssl
from base64 import urlsafe_b64encode
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from tests.certificates import certificates
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.files import ProfileError
from token_conformance.profile.loading import load
from token_conformance.profile.models import Limits
from token_conformance.provider.client_authentication import credentials, presenting, unauthenticated
from token_conformance.wire.exchange import Request
from token_conformance.wire.tls import refuses_certificate
from token_conformance.wire.user_agent import UserAgent

FOLDER = Path(certificates()["CERTIFICATES"])
FILES = {"certificate": str(FOLDER / "app.pem"), "private_key": str(FOLDER / "app.key")}


def read(name):
    return ClientCertificate.read(str(FOLDER / f"{name}.pem"), str(FOLDER / f"{name}.key"))


def client(**changes):
    return {"client_id": "app", "redirect_uri": "https://app.example/callback", **FILES, **changes}


def test_the_thumbprint_is_that_of_rfc_8705():
    """SHA-256 of the certificate in DER, in base64url without padding."""
    certificate = read("app")
    der = ssl.PEM_cert_to_DER_cert(certificate.certificates[0])
    assert certificate.thumbprint == urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def test_an_imitation_has_the_subject_and_nothing_else():
    """Whoever compares subjects alone takes it for the client's."""
    right, wrong = read("app"), read("app").imitation()
    assert wrong.own.subject == right.own.subject
    assert wrong.own.public_key() != right.own.public_key()
    assert wrong.thumbprint != right.thumbprint


def test_the_private_key_is_not_shown():
    """A certificate can stand in a message, and its key cannot."""
    assert "PRIVATE" not in repr(read("app"))
    assert "PRIVATE" not in str(read("app"))


@pytest.mark.parametrize("method", ["tls_client_auth", "self_signed_tls_client_auth"])
def test_a_client_with_a_certificate_sends_its_id_and_presents_it(make_profile, method):
    """The client_id goes along, so that the server knows whom to expect (RFC 8705 §2)."""
    known = make_profile(clients=[client(authentication=method)]).main
    sent = credentials(known)
    assert (sent.headers, sent.parameters) == ((), (("client_id", "app"),))
    assert sent.certificate == read("app")
    assert presenting(known, None).certificate is None
    assert credentials(unauthenticated(known)).certificate is None


def test_a_certificate_goes_along_with_other_methods(make_profile):
    """Tokens can be bound to the certificate of a client that authenticates otherwise (RFC 8705 §3)."""
    sent = credentials(make_profile(clients=[client(client_secret="secret")]).main)
    assert sent.headers
    assert sent.certificate == read("app")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"authentication": "tls_client_auth", "certificate": None, "private_key": None}, "expected certificate and"),
        ({"private_key": None, "client_secret": "x"}, "expected certificate and private_key together"),
        ({"private_key": str(FOLDER / "other.key"), "client_secret": "x"}, "the certificate's own private key"),
        ({"certificate": str(FOLDER / "app.key"), "client_secret": "x"}, "expected a PEM file with the client's"),
    ],
)
def test_a_pair_that_cannot_be_presented_is_a_mistake(make_profile, changes, sentence):
    """What is wrong with the files is said when the profile is read."""
    with pytest.raises(ValidationError, match=sentence):
        make_profile(clients=[client(**changes)])


def test_files_are_looked_for_beside_the_profile(tmp_path):
    """A relative path starts at the profile's folder."""
    (tmp_path / "client.pem").write_bytes(Path(FILES["certificate"]).read_bytes())
    (tmp_path / "client.key").write_bytes(Path(FILES["private_key"]).read_bytes())
    profile = tmp_path / "profile.toml"
    profile.write_text(
        '[profile]\nname = "x"\n[server]\nissuer = "https://op.example"\n[[clients]]\nclient_id = "x"\n'
        'authentication = "tls_client_auth"\ncertificate = "client.pem"\nprivate_key = "client.key"\n'
        '[grants.client_credentials]\nscope = "x"\n'
    )
    assert load(profile, {}).main.certificate == str(tmp_path / "client.pem")
    profile.write_text(profile.read_text().replace("client.key", "nowhere.key"))
    with pytest.raises(ProfileError, match="private_key"):
        load(profile, {})


def test_each_request_goes_by_the_connection_of_its_certificate():
    """One without a certificate goes by the usual one."""

    class Both:
        transport = httpx.MockTransport(lambda request: httpx.Response(401))

        def presenting(self, certificate):
            return httpx.MockTransport(lambda request: httpx.Response(200, text=certificate.thumbprint))

    async def sent(certificate):
        return await UserAgent(Both(), Limits()).answer(Request("GET", "https://op.example/", certificate=certificate))

    assert asyncio.run(sent(None)).status_code == 401
    assert asyncio.run(sent(read("app"))).text == read("app").thumbprint


def test_a_refusal_of_the_handshake_is_told_from_other_trouble():
    """Errors can have each other for a cause, in a circle."""
    alert = ssl.SSLError(1, "[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca")
    alert.reason = "TLSV1_ALERT_UNKNOWN_CA"
    outer = OSError("broken")
    outer.__cause__, alert.__context__ = alert, outer
    assert refuses_certificate(outer)
    assert not refuses_certificate(OSError("broken"))
    assert Request("GET", "https://op.example/").certificate is None
