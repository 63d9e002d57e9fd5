"""TLS as a client speaks it: whom it trusts, the certificate that it presents, and how it is turned away for it."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from token_conformance.profile.client_certificate import ClientCertificate

ABOUT_THE_CERTIFICATE = (
    "ACCESS_DENIED",
    "BAD_CERTIFICATE",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_UNKNOWN",
    "HANDSHAKE_FAILURE",
    "UNKNOWN_CA",
    "UNSUPPORTED_CERTIFICATE",
)
"""The ends of OpenSSL's names for the alerts by which a server refuses a client's certificate (RFC 8446 §6.2).

TLS 1.2 answers a missing certificate with handshake_failure (RFC 5246 §7.4.6).
"""

BY_ASKING = frozenset({"darwin", "win32"})
"""The platforms whose certificates are in no file that OpenSSL reads, and which check a certificate when they are asked."""


@lru_cache(maxsize=64)
def trust(ca_bundle: str | None, certificate: ClientCertificate | None = None) -> ssl.SSLContext:
    """The settings of a client: the system's certificates and those of `ca_bundle` are trusted.

    Reading the system's certificates takes longer than most requests, so that it is done once.
    """
    context = _of_the_system()
    if ca_bundle is not None:
        context.load_verify_locations(ca_bundle)
    if certificate is not None:
        _present(context, certificate)
    return context


def _of_the_system() -> ssl.SSLContext:
    """Trust whom the system trusts.

    OpenSSL reads files, and truststore asks macOS and Windows, or looks where else distributions keep their files: it reads
    them for each connection, and is asked where OpenSSL has none.
    """
    paths = ssl.get_default_verify_paths()
    if sys.platform in BY_ASKING or (paths.cafile is None and paths.capath is None):
        import truststore  # which most runs here do without

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()


def refuses_certificate(error: BaseException) -> bool:
    """Whether a server ended the handshake over the client's certificate, or over the lack of one."""
    return any("ALERT" in reason and reason.endswith(ABOUT_THE_CERTIFICATE) for reason in _reasons(error))


def _reasons(error: BaseException) -> Iterator[str]:
    """OpenSSL's names for what went wrong, in an error and in those that it stems from, which can run in a circle."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        if isinstance(cause, ssl.SSLError):
            yield cause.reason or ""
        cause = cause.__cause__ or cause.__context__


def _present(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    """OpenSSL reads a certificate and its key from files alone."""
    with TemporaryDirectory() as folder:
        chain, key = Path(folder, "certificate.pem"), Path(folder, "private_key.pem")
        chain.write_bytes(certificate.chain)
        key.touch(mode=0o600)
        key.write_bytes(certificate.private_key)
        context.load_cert_chain(chain, key, password="")
