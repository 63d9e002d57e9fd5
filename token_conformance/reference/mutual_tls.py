"""Mutual TLS: whose certificate a connection presents, and what is bound to it (RFC 8705)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from token_conformance.profile.client import Client
from token_conformance.reference.policies import MutualTLSPolicy

ALIASED = ("token_endpoint", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint")
"""The endpoints at which clients authenticate, or use their tokens (RFC 8705 §5)."""


def presented_certificate(extensions: Any) -> x509.Certificate | None:
    """The client's own certificate, as the ASGI TLS extension of a request holds it."""
    chain = ((extensions or {}).get("tls") or {}).get("client_cert_chain") or ()
    return next((x509.load_pem_x509_certificate(each.encode()) for each in chain), None)


class Registrations:
    """The certificates that the clients of a profile have registered."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._own: dict[str, x509.Certificate] = {}
        self._authorities: list[x509.Certificate] = []
        for client in clients:
            if client.certificate is not None:
                own, *above = x509.load_pem_x509_certificates(Path(client.certificate).read_bytes())
                self._own[client.client_id] = own
                self._authorities += above

    def is_of(self, client: Client, certificate: x509.Certificate, policy: MutualTLSPolicy) -> bool:
        """Whether a certificate proves that it is the client: by its subject and who issued it, or by its key.

        The subject counts where the client authenticates by PKI (RFC 8705 §2.1), the very certificate where it
        has signed its own (§2.2).
        """
        if policy.compares == "nothing":
            return True
        registered = self._own.get(client.client_id)
        if registered is None:
            return False
        if policy.compares == "subject":
            return certificate.subject == registered.subject
        if client.authentication == "tls_client_auth":
            return certificate.subject == registered.subject and self._trusts(certificate, registered)
        return certificate == registered

    def whose(self, certificate: x509.Certificate) -> str | None:
        """The client of a certificate, as a careless server finds it; None where nobody has registered it."""
        return next((client_id for client_id, known in self._own.items() if known == certificate), None)

    def _trusts(self, certificate: x509.Certificate, registered: x509.Certificate) -> bool:
        return certificate == registered or any(_issued(authority, certificate) for authority in self._authorities)


def aliases(endpoints: dict[str, str], policy: MutualTLSPolicy) -> dict[str, Any]:
    """The member `mtls_endpoint_aliases` of the metadata, where there is another host for certificates (RFC 8705 §5)."""
    if not policy.alias_host:
        return {}
    at_alias = {name: _at(endpoints[name], policy.alias_host) for name in ALIASED}
    return {"mtls_endpoint_aliases": at_alias}


def _at(url: str, host: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{host}/{rest.partition('/')[2]}"


def _issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
