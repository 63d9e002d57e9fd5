"""The reference server on a port of this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from token_conformance.profile.models import Profile

ADDRESS = "127.0.0.1"
PATIENCE = 10.0
"""Seconds for the server to start or to stop."""

REBASED = (
    "token_endpoint",
    "authorization_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "device_authorization_endpoint",
    "jwks_uri",
    "resource",
)


class Encrypted(H11Protocol):
    """HTTP/1.1 whose requests know the certificate that their client presented in TLS."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Learn the certificate before the first request."""
        super().connection_made(transport)
        application, chain = self.app, _client_chain(transport.get_extra_info("ssl_object"))

        async def informed(scope: Any, receive: Any, send: Any) -> None:
            extensions = {**scope.get("extensions", {}), "tls": {"client_cert_chain": chain}}
            await application({**scope, "extensions": extensions}, receive, send)

        self.app = informed


def server_tls(certificate: Path, private_key: Path, trusted: Iterable[Path] = ()) -> ssl.SSLContext:
    """A server's TLS with a certificate of its own; clients may present one that is trusted, or issued by one that is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private_key)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for path in trusted:
        context.load_verify_locations(path)
    return context


def _client_chain(connection: Any) -> tuple[str, ...]:
    own = connection.getpeercert(binary_form=True) if connection is not None else None
    return (ssl.DER_cert_to_PEM_cert(own),) if own else ()


class LoopbackServer:
    """Serves ASGI applications on a free port of 127.0.0.1; its address is known before it starts.

    With `tls` it speaks TLS, and tells the application of the client's certificate as the ASGI TLS extension has it.
    """

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        # asyncio sends at once only on sockets that name TCP: others wait 40 ms for an acknowledgement
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((ADDRESS, port))

    @property
    def base_url(self) -> str:
        """The address, without a path."""
        return f"{'http' if self._tls is None else 'https'}://{ADDRESS}:{self._socket.getsockname()[1]}"

    @contextmanager
    def serving(self, application: Any) -> Iterator[str]:
        """Serve an application in a thread of its own, and give the base URL.

        Raises:
            TimeoutError: it does not start.

        """
        config = uvicorn.Config(
            application,
            http="auto" if self._tls is None else Encrypted,
            log_level="critical",
            lifespan="off",
            date_header=False,
            server_header=False,
        )
        config.load()
        config.ssl = self._tls
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        thread.start()
        try:
            _wait_until_started(server)
            yield self.base_url
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            self._socket.close()


def on_loopback(profile: Profile, base_url: str) -> Profile:
    """The profile with its issuer, endpoints and resource at another host: paths and queries stay as they are."""
    server = profile.server
    moved: dict[str, Any] = {
        name: _moved(getattr(server, name), base_url) for name in REBASED if getattr(server, name) is not None
    }
    moved["token_endpoint_aliases"] = [_moved(url, base_url) for url in server.token_endpoint_aliases]
    issuers = {name: getattr(server, name) for name in ("issuer", "metadata_issuer")}
    moved |= {name: _moved(url, base_url) for name, url in issuers.items() if url is not None}
    return profile.model_copy(update={"server": server.model_copy(update=moved)})


def _moved(url: str, base_url: str) -> str:
    parts, base = urlsplit(url), urlsplit(base_url)
    return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = monotonic() + PATIENCE
    while not server.started:
        if monotonic() > deadline:
            raise TimeoutError("the reference server does not start")
        sleep(0.01)
