"""The emulated provider on a port of this machine, for people who test clients, and what moves it while it runs."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from token_conformance.profile.models import Profile
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import ADDRESS, LoopbackServer, on_loopback, server_tls

__all__ = ["ADDRESS", "ServedProvider", "Serving", "for_clients", "seconds_of", "serving"]

CONTROL = "/.control/"
"""Where the control endpoint lies, before its random part."""

MOST_READ = 10_000
"""Bytes of a request to the control endpoint."""

OF_THIS_MACHINE = frozenset({"127.0.0.1", "::1"})

_PART = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

Heard = Callable[[str, str, int], None]
"""Told of each answer: the method and the path of its request, and its status."""


def seconds_of(text: str) -> int:
    """The seconds of a time that passes: `+1h`, `90s`, `1d12h`.

    Raises:
        ValueError: it is no such time.

    """
    parts = _PART.findall(text.removeprefix("+"))
    if not parts or "".join(map("".join, parts)) != text.removeprefix("+"):
        raise ValueError(f"{text!r} is no time that can pass: expected +1h, 90s, 1d12h or the like")
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


class ServedProvider:
    """An ASGI application: the emulated provider at one address, and beside it the endpoint that moves it.

    The control endpoint answers at a path that nobody can guess, to this machine alone, at no other host's name, and to
    no page of a browser: it says nothing that lets one read it.

    Args:
        profile: the provider, at the address where it is served.
        faults: names of faults of the reference server.
        variations: names of its allowed variations.
        heard: is told of each answer of the provider.

    Raises:
        ValueError: there is no such fault or variation; the message names the near ones.

    """

    def __init__(
        self, profile: Profile, faults: Sequence[str] = (), variations: Sequence[str] = (), heard: Heard | None = None
    ) -> None:
        self.profile = profile
        self.control = f"{CONTROL}{secrets.token_urlsafe(24)}"
        self._heard = heard
        self._server = ReferenceServer(profile, faults=faults, variations=variations)
        self._state: dict[str, list[str]] = {"faults": [*faults], "variations": [*variations]}
        self._ahead = 0

    def move(
        self,
        *,
        faults: Iterable[str] | None = None,
        variations: Iterable[str] | None = None,
        advance: str | None = None,
    ) -> None:
        """Switch faults or variations, all others off, and let time pass; sessions, codes and tokens stay.

        Raises:
            ValueError: there is no such fault or variation, or the time is none; nothing has changed then.

        """
        given = {"faults": faults, "variations": variations}
        state = self._state | {name: [*values] for name, values in given.items() if values is not None}
        seconds = seconds_of(advance) if advance is not None else 0
        server = self._server.changed(state["faults"], state["variations"])
        server.clock.advance(seconds)
        self._server, self._state, self._ahead = server, state, self._ahead + seconds

    @property
    def state(self) -> dict[str, Any]:
        """What it does otherwise than a faultless server, and what time it has."""
        return {**self._state, "ahead": self._ahead, "now": self._server.clock.now().isoformat()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if secrets.compare_digest(request.url.path.encode(), self.control.encode()):
            await (await self._controlled(request))(scope, receive, send)
            return
        await self._server.application(scope, receive, self._listening(request, send))

    def _listening(self, request: Request, send: Any) -> Any:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.start" and self._heard is not None:
                self._heard(request.method, request.url.path, message["status"])
            await send(message)

        return told

    async def _controlled(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return JSONResponse({"error": refusal}, 403)
        if request.method == "GET":
            return self._told()
        if request.method != "POST":
            return JSONResponse({"error": "expected GET, or POST of JSON"}, 405, {"Allow": "GET, POST"})
        try:
            self.move(**await _asked(request))
        except ValueError as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return self._told()

    def _refusal(self, request: Request) -> str | None:
        """Why a request does not come from who started the server; None where it may."""
        if request.client is not None and request.client.host not in OF_THIS_MACHINE:
            return "this endpoint answers to its own machine alone"
        if request.url.hostname not in {ADDRESS, "localhost"}:
            return "this endpoint has no other host's name"
        if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
            return "this endpoint answers to no web page"
        return None

    def _told(self) -> Response:
        return JSONResponse(self.state, headers={"Cache-Control": "no-store"})


async def _asked(request: Request) -> dict[str, Any]:
    """What a request to the control endpoint asks for.

    Raises:
        ValueError: it cannot be read, or asks for something else.

    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_READ:
            raise ValueError(f"expected at most {MOST_READ} bytes")
    try:
        asked = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise ValueError("expected a JSON object of faults, variations and advance") from None
    if not isinstance(asked, dict) or not asked.keys() <= {"faults", "variations", "advance"}:
        raise ValueError("expected a JSON object of nothing but faults, variations and advance")
    for name in ("faults", "variations"):
        named = asked.get(name)
        if named is not None and not (isinstance(named, list) and all(isinstance(each, str) for each in named)):
            raise ValueError(f"expected a list of names in {name}")
    if not isinstance(asked.get("advance", ""), str):
        raise ValueError('expected a time such as "+1h" in advance')
    return asked


def for_clients(profile: Profile, known: Iterable[str], redirect_uris: Sequence[str] = ()) -> Profile:
    """The profile with secrets that may be shown, and further addresses registered for its first client.

    Args:
        profile: as its file has it, with made-up values of its variables.
        known: the made-up values, which are no secrets; what a file holds otherwise is replaced.
        redirect_uris: where the client under test wants its user back.

    """
    made_up = set(known)
    clients = []
    for number, client in enumerate(profile.clients):
        changes: dict[str, Any] = {}
        if client.client_secret and client.client_secret not in made_up:
            changes["client_secret"] = f"made-up-secret-of-the-client-{client.name}"
        if redirect_uris and number == 0:
            kept = filter(None, (client.redirect_uri, *client.further_redirect_uris))
            changes |= {"redirect_uri": redirect_uris[0], "further_redirect_uris": (*redirect_uris[1:], *kept)}
        clients.append(client.model_copy(update=changes))
    login = profile.login
    if login.password and login.password not in made_up:
        login = login.model_copy(update={"password": "made-up-password"})
    return profile.model_copy(update={"clients": clients, "login": login})


class Serving:
    """A provider that is being served: its address, and the file with the certificate of its CA, if it speaks TLS."""

    def __init__(self, provider: ServedProvider, base_url: str, ca: Path | None) -> None:
        self.provider, self.base_url, self.ca = provider, base_url, ca

    @property
    def control(self) -> str:
        """The address of the control endpoint."""
        return f"{self.base_url}{self.provider.control}"


@contextmanager
def serving(
    profile: Profile,
    folder: Path,
    *,
    port: int = 0,
    tls: bool = False,
    faults: Sequence[str] = (),
    variations: Sequence[str] = (),
    heard: Heard | None = None,
) -> Iterator[Serving]:
    """Serve the emulated provider of a profile on loopback.

    Args:
        profile: what it takes on.
        folder: where certificates are written to.
        port: 0 for a free one.
        tls: whether it speaks TLS, by a certificate of a CA that is made for it.
        faults: names of faults of the reference server.
        variations: names of its allowed variations.
        heard: is told of each answer of the provider.

    Raises:
        ValueError: there is no such fault or variation.
        OSError: the port cannot be had.

    """
    ca = folder / "ca.pem" if tls else None
    context = _tls(profile, folder, ca) if ca is not None else None
    server = LoopbackServer(port, context)
    provider = ServedProvider(on_loopback(profile, server.base_url), faults, variations, heard)
    with server.serving(provider) as base_url:
        yield Serving(provider, base_url, ca)


def _tls(profile: Profile, folder: Path, ca: Path) -> Any:
    """A server's TLS with a certificate that goes with the folder; the clients' own certificates are trusted."""
    authority = trustme.CA(organization_name="token-conformance, for tests on this machine")
    certificate = authority.issue_cert(ADDRESS, "localhost")
    authority.cert_pem.write_to_path(str(ca))
    chain, key = folder / "server.pem", folder / "server.key"
    chain.write_bytes(b"".join(pem.bytes() for pem in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    trusted = [client.certificate for client in profile.clients if client.certificate is not None]
    return server_tls(chain, key, [Path(each) for each in trusted])
