"""Where requests go: to real servers, or to an application in this process."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpx

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Limits
from token_conformance.wire.proxy import Proxied
from token_conformance.wire.tls import trust

Transport = httpx.AsyncBaseTransport

LONGEST_IDLE = 1.0
"""Seconds after which an idle connection is not used again: servers close theirs after 2 s or more, unannounced.

A request that leaves at that moment gets no answer, which says nothing of the server.
"""


class NoAnswer(httpx.TransportError):
    """A transport knows by itself why a request has no answer; the message is the whole sentence."""


def network(
    ca_bundle: str | None, limits: Limits, certificate: ClientCertificate | None = None, proxy: str | None = None
) -> Transport:
    """A transport to real servers: TLS is verified, against `ca_bundle` too where there is one, and presents a certificate.

    `proxy` is the setting of the profile: requests to this machine go directly all the same.
    """

    def way(through: str | None) -> Transport:
        most = max(limits.concurrency, limits.race)
        pool = httpx.Limits(max_connections=most, max_keepalive_connections=most, keepalive_expiry=LONGEST_IDLE)
        trusted = trust(ca_bundle, certificate)
        return httpx.AsyncHTTPTransport(
            verify=trusted, limits=pool, retries=0, trust_env=False, proxy=_proxy(through, ca_bundle)
        )

    return way(None) if proxy is None else Proxied(proxy, way)


def _proxy(through: str | None, ca_bundle: str | None) -> httpx.Proxy | None:
    """A proxy that is spoken to by TLS itself is verified like a provider, and no client's certificate is for it."""
    if through is None:
        return None
    return httpx.Proxy(through, ssl_context=trust(ca_bundle) if through.startswith("https:") else None)


def in_process(application: Any, certificate: ClientCertificate | None = None) -> Transport:
    """A transport to an ASGI application in this process, which answers a defect of its own with 500.

    The application learns of the certificate as the ASGI TLS extension has it.
    """
    return InProcess(application, certificate.certificates if certificate is not None else ())


class InProcess(httpx.AsyncBaseTransport):
    """Calls an ASGI application; httpx's own transport of that kind looks for trio before each answer."""

    def __init__(self, application: Any, certificates: Sequence[str]) -> None:
        self._application = application
        self._extensions = {"tls": {"client_cert_chain": tuple(certificates)}}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have one request answered."""
        status, headers, body = 500, list[tuple[bytes, bytes]](), bytearray()
        content = await request.aread()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            elif request.method != "HEAD":
                body.extend(message.get("body", b""))

        with suppress(Exception):
            await self._application(self._scope(request), receive, send)
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(bytes(body)))

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
            "extensions": self._extensions,
        }
