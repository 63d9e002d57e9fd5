"""The certificate that a client presents in TLS (RFC 8705), and others that are not the client's."""

from __future__ import annotations

import hashlib
import ssl
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

VALIDITY = timedelta(hours=12)
"""How long, to either side of now, a certificate is valid that we make for ourselves."""


@dataclass(frozen=True)
class ClientCertificate:
    """A certificate, with what it was issued by behind it, and its private key; both in PEM."""

    chain: bytes
    private_key: bytes = field(repr=False)

    @classmethod
    def read(cls, certificate: str, private_key: str) -> ClientCertificate:
        """The certificate and the key of two files."""
        return cls(Path(certificate).read_bytes(), Path(private_key).read_bytes())

    @cached_property
    def own(self) -> x509.Certificate:
        """The client's own certificate, the first of the chain."""
        return x509.load_pem_x509_certificates(self.chain)[0]

    @property
    def certificates(self) -> tuple[str, ...]:
        """The certificates of the chain in PEM, one by one."""
        return tuple(each.public_bytes(Encoding.PEM).decode() for each in x509.load_pem_x509_certificates(self.chain))

    @property
    def thumbprint(self) -> str:
        """What `x5t#S256` says of it (RFC 8705 §3.1)."""
        return thumbprint(self.own)

    def imitation(self) -> ClientCertificate:
        """Another certificate of the same subject, which nobody but its own key has signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(self.own.subject)
            .issuer_name(self.own.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - VALIDITY)
            .not_valid_after(now + VALIDITY)
            .sign(key, SHA256())
        )
        unlocked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return ClientCertificate(made.public_bytes(Encoding.PEM), unlocked)

    def __str__(self) -> str:
        return f"{self.own.subject.rfc4514_string() or 'no subject'}, SHA-256 thumbprint {self.thumbprint}"


def thumbprint(certificate: x509.Certificate) -> str:
    """The SHA-256 digest of a certificate in DER, as `x5t#S256` writes it (RFC 8705 §3.1)."""
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def pair_problem(certificate: str, private_key: str) -> str | None:
    """What is wrong with two PEM files, in a sentence that repeats nothing of them; None where they belong together."""
    try:
        x509.load_pem_x509_certificates(Path(certificate).read_bytes())
    except (ValueError, OSError, x509.InvalidVersion):
        return "certificate: expected a PEM file with the client's certificate, and those above it behind it"
    try:
        # An empty password keeps OpenSSL from asking for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, private_key, password="")
    except (ssl.SSLError, ValueError, OSError):
        return "private_key: expected a PEM file with the certificate's own private key, not encrypted"
    return None
