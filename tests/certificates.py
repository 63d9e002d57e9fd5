"""A certification authority of the tests' own, and the certificates of a server and of clients."""

from __future__ import annotations

import atexit
import ipaddress
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Issues certificates below one of its own; they are written to a folder as NAME.pem and NAME.key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed("Tests' own CA", self._key, authority=True, alternative=None)
        self.bundle = folder / "ca.pem"
        self.bundle.write_bytes(self.certificate.public_bytes(Encoding.PEM))

    def server(self, name: str = "server", address: str = "127.0.0.1") -> None:
        """A certificate for an address of this machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        self._write(name, key, self._signed(name, key, authority=False, alternative=alternative), self.certificate)

    def client(self, name: str) -> None:
        """A certificate for a client, with the authority's behind it."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(name, key, self._signed(name, key, authority=False, alternative=None), self.certificate)

    def self_signed(self, name: str) -> None:
        """A certificate that a client has issued to itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(name, key, _built(name, name, key, authority=False, alternative=None).sign(key, SHA256()))

    def _signed(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, authority: bool, alternative: x509.ExtensionType | None
    ) -> x509.Certificate:
        built = _built(name, "Tests' own CA", key, authority=authority, alternative=alternative)
        return built.sign(self._key, SHA256())

    def _write(self, name: str, key: ec.EllipticCurvePrivateKey, *chain: x509.Certificate) -> None:
        pem = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)
        (self.folder / f"{name}.pem").write_bytes(pem)
        unlocked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{name}.key").write_bytes(unlocked)


@cache
def certificates() -> dict[str, str]:
    """The variable CERTIFICATES, as the profiles of the tests use it: a folder with all certificates, made once."""
    folder = mkdtemp(prefix="token-conformance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    authority = Authority(Path(folder))
    authority.server()
    authority.server("elsewhere", "127.0.0.2")
    authority.client("app")
    authority.client("other")
    authority.self_signed("service")
    authority.self_signed("public")
    return {"CERTIFICATES": str(authority.folder)}


def _built(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
    alternative: x509.ExtensionType | None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.add_extension(alternative, critical=False) if alternative is not None else builder
