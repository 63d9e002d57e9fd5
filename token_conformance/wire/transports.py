"""Where requests go: to real servers, or to an application in this process."""

from __future__ import annotations

from typing import Any

import httpx

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Limits
from token_conformance.wire.tls import trust

Transport = httpx.AsyncBaseTransport


class NoAnswer(httpx.TransportError):
    """A transport knows by itself why a request has no answer; the message is the whole sentence."""


def network(ca_bundle: str | None, limits: Limits, certificate: ClientCertificate | None = None) -> Transport:
    """A transport to real servers: TLS is verified, against `ca_bundle` too where there is one, and presents a certificate."""
    most = max(limits.concurrency, limits.race)
    pool = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    return httpx.AsyncHTTPTransport(verify=trust(ca_bundle, certificate), limits=pool, retries=0, trust_env=False)


def in_process(application: Any, certificate: ClientCertificate | None = None) -> Transport:
    """A transport to an ASGI application in this process, which answers a defect of its own with 500.

    The application learns of the certificate as the ASGI TLS extension has it.
    """

    async def encrypted(scope: Any, receive: Any, send: Any) -> None:
        extension = {"tls": {"client_cert_chain": certificate.certificates if certificate is not None else ()}}
        await application({**scope, "extensions": extension}, receive, send)

    return httpx.ASGITransport(app=encrypted, raise_app_exceptions=False)
