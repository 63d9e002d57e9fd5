"""Where the user's browser brings the answer of a login: a port of this machine (RFC 8252 §7.3), or the terminal."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from token_conformance.provider.addresses import parts_of
from token_conformance.sessions.problems import LoginError

LOOPBACK = {"127.0.0.1": "127.0.0.1", "::1": "::1", "localhost": "127.0.0.1"}
"""The hosts of a redirect_uri that lead to this machine, and the address to listen at."""

SLOWEST_BROWSER = 5.0
"""Seconds that a browser may keep a connection open without asking for anything."""

PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>token-conformance</title>
<p>The answer has arrived. You can close this page and go back to the terminal.</p></html>"""

NOT_FOUND = b"This page is not the answer of a login."


class RedirectListener:
    """Listens at a redirect_uri, or at a free port where that names none, for the one answer with the right state."""

    def __init__(self, redirect_uri: str) -> None:
        """Begin to listen.

        Raises:
            LoginError: the port is taken.

        """
        parts = urlsplit(redirect_uri)
        self._path = parts.path or "/"
        self._server = _listening(parts, self._handler())
        self.redirect_uri = with_port(parts, self._server.server_address[1])

    async def answer(self, state: str, patience: float) -> dict[str, str]:
        """The parameters of the first answer with that state; others are not ours, and change nothing.

        Raises:
            LoginError: none came in time.

        """
        self._state, self._answer = state, asyncio.get_running_loop().create_future()
        with self._serving():
            try:
                async with asyncio.timeout(patience):
                    return parameters_of(await self._answer)
            except TimeoutError:
                raise LoginError(
                    f"no answer of the login came to {self.redirect_uri} within {patience:g} s: log in again, "
                    "with --paste where the browser runs on another machine, or with a longer --timeout"
                ) from None

    def close(self) -> None:
        """Give the port back."""
        self._server.server_close()

    @contextmanager
    def _serving(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()

    def _takes(self, target: str) -> bool:
        """Take a request if it is the answer; the first one counts. Called from the server's threads."""
        answers = parts_of(target).path == self._path and parameters_of(target).get("state") == self._state
        if answers:
            with suppress(RuntimeError):  # the login is over
                self._answer.get_loop().call_soon_threadsafe(self._take, target)
        return answers

    def _take(self, target: str) -> None:
        if not self._answer.done():
            self._answer.set_result(target)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = SLOWEST_BROWSER

            def do_GET(self) -> None:
                taken = listener._takes(self.path)
                self.send_response(200 if taken else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8" if taken else "text/plain")
                # The address holds the code: neither caches nor other sites learn it (RFC 9700 §4.2.4).
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(PAGE if taken else NOT_FOUND)

            def log_message(self, *_: Any) -> None:
                """Say nothing: the request line holds the code."""

        return Handler


def is_loopback(redirect_uri: str) -> bool:
    """Whether this machine can listen at a redirect_uri: plain HTTP at a loopback address (RFC 8252 §7.3)."""
    parts = parts_of(redirect_uri)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def with_port(parts: SplitResult, port: int) -> str:
    """A redirect_uri with the port at which somebody listens; one that names its port stays as it is written."""
    if parts.port is not None:
        return parts.geturl()
    return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{port}").geturl()


def parameters_of(address: str) -> dict[str, str]:
    """The parameters of an authorization response in the address that the browser was sent to (RFC 6749 §4.1.2)."""
    parts = parts_of(address.strip())
    query, fragment = (
        dict(parse_qsl(part, keep_blank_values=True, errors="replace")) for part in (parts.query, parts.fragment)
    )
    return query if {"code", "error"} & query.keys() else fragment or query


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != "nt"  # there it would let another program listen at the same port

    def handle_error(self, *_: Any) -> None:
        """Say nothing of a browser that hangs up."""


class _ServerOfIPv6(_Server):
    address_family = socket.AF_INET6


def _listening(parts: SplitResult, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    address = LOOPBACK[parts.hostname or ""]
    server = _ServerOfIPv6 if ":" in address else _Server
    try:
        return server((address, parts.port or 0), handler)
    except OSError as error:
        raise LoginError(
            f"the port of the redirect_uri {parts.geturl()} cannot be listened at ({error.strerror}): "
            "free it, or log in with --paste"
        ) from None
