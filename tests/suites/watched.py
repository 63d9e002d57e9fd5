"""The emulated server, which notes of each request what its parts are and where they come from, before it answers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.suites.credentials import client_parts, signed_parts
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Profile
from token_conformance.provider.authorizing import code_challenge
from token_conformance.reference.installation import Installation
from token_conformance.servers.emulated import EmulatedConnection, EmulatedServer
from token_conformance.wire.exchange import Exchange, Request, header

Parts = Mapping[str, Any]

FRESH = {"state", "nonce", "code_challenge"}
"""Parameters of an authorization request that are drawn anew for each."""

TOKENS = {"code", "refresh_token", "access_token", "subject_token", "actor_token", "device_code", "token"}
"""Parameters that the server has issued, or so they say."""


@dataclass
class Notes:
    """What was seen of the requests to all servers of a run."""

    parts: dict[tuple[Any, ...], list[Parts]] = field(default_factory=lambda: defaultdict(list))
    drawn: set[str] = field(default_factory=set)

    def of(self, exchanges: Collection[Exchange]) -> dict[Exchange, Parts]:
        """The parts of each exchange; those that were alike to the letter are taken in order."""
        found, taken = {}, Counter[tuple[Any, ...]]()
        for exchange in exchanges:
            request = exchange.request
            key = key_of(request)
            noted = self.parts.get(key, [])
            if noted:
                found[exchange] = noted[min(taken[key], len(noted) - 1)]
                taken[key] += 1
        return found


def key_of(request: Request) -> tuple[Any, ...]:
    """What tells one request from another."""
    shown = (header(request.headers, name) for name in ("authorization", "dpop", "content-type", "origin"))
    wanted = header(request.headers, "accept") or "*/*"
    return (request.method, str(httpx.URL(request.url)), request.body, *shown, wanted, request.certificate)


class Watching(httpx.AsyncBaseTransport):
    """Notes the parts of each request, and hands it on."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        installation: Installation,
        notes: Notes,
        certificate: ClientCertificate | None = None,
    ) -> None:
        self._transport, self._installation = transport, installation
        self._notes, self._certificate = notes, certificate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note one request, and send it."""
        body = await request.aread()
        headers = tuple((name.decode(), value.decode("latin-1")) for name, value in request.headers.raw)
        seen = Request(request.method, str(request.url), headers, body, self._certificate)
        self._notes.parts[key_of(seen)].append(parts_of(seen, self._installation, self._notes.drawn))
        return await self._transport.handle_async_request(request)


class WatchedServer(EmulatedServer):
    """The emulated server with notes of what it was asked."""

    def __init__(self, profile: Profile, faults: Collection[str] = ()) -> None:
        super().__init__(profile, faults=faults)
        self.notes = Notes()

    def connect(self, scenario: str) -> EmulatedConnection:
        """A server of its own for a scenario."""
        server = self._server()
        connection = EmulatedConnection(server)
        presenting, installation = connection.presenting, server.installation

        def watched(certificate: ClientCertificate) -> httpx.AsyncBaseTransport:
            return Watching(presenting(certificate), installation, self.notes, certificate)

        connection.transport = Watching(connection.transport, installation, self.notes)
        connection.presenting = watched
        return connection


def parts_of(request: Request, installation: Installation, drawn: set[str]) -> Parts:
    """The parts of a request, each by its name: as it is, or, where it is drawn or issued, by where it comes from."""
    address = urlsplit(request.url)
    kind = (header(request.headers, "content-type") or "").lower()
    query = parse_qsl(address.query, keep_blank_values=True)
    body = form_in(request.body, kind)
    pairs = [*query, *body]
    form = dict(pairs)
    parts: dict[str, Any] = {
        "method": request.method,
        "address": f"{address.scheme}://{address.netloc}{address.path}",
        "content type": kind,
        "accept": header(request.headers, "accept"),
        "origin": header(request.headers, "origin"),
        "place": frozenset(name for name, _ in query) if body or request.method != "GET" else "query",
        "order": tuple(dict.fromkeys(name for name, _ in pairs)),
        "encoding": not body or "json" in kind or "multipart" in kind or urlencode(body).encode() == request.body,
        **client_parts(request, form, installation),
        **signed_parts(request, form, installation, drawn),
    }
    for name in dict.fromkeys(name for name, _ in pairs):
        values = [value for each, value in pairs if each == name]
        if not name.startswith("client_"):
            parts |= parameter(name, values, form, installation, drawn)
        elif len(values) > 1:
            parts[f"{name}: times"] = len(values)
    return {name: value for name, value in parts.items() if value is not None}


def form_in(body: bytes, kind: str) -> list[tuple[str, str]]:
    """The parameters in a body, whatever it says that it is."""
    if "json" in kind:
        with suppress(ValueError):
            return [(name, str(value)) for name, value in json.loads(body).items()]
        return [("body", body.decode("utf-8", "replace"))]
    if "multipart" in kind:
        whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        return [(str(part.get_param("name", header="content-disposition")), _text(part)) for part in whole.walk()][1:]
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode() if isinstance(content, bytes) else ""


def parameter(
    name: str, values: list[str], form: Mapping[str, str], installation: Installation, drawn: set[str]
) -> Parts:
    """A parameter by where it comes from, or as it is; one that stands several times says so."""
    more = {f"{name}: times": len(values)} if len(values) > 1 else {}
    if name in TOKENS:
        return {**provenance(name, values[0], installation), **more}
    if name == "code_verifier":
        return {name: verifies(values[0], form.get("code", ""), installation), **more}
    if name in FRESH:
        fresh = len(values[0]) >= 43 and values[0] not in drawn
        drawn.add(values[0])
        return {name: "fresh" if fresh else values[0], **more}
    return {name: values if len(values) > 1 else values[0]}


def verifies(verifier: str, code: str, installation: Installation) -> str:
    """Whether a code_verifier is the one behind the code's challenge; of an unknown code, whether it is behind any."""
    known = installation.memory.codes
    asked = [known[code]] if code in known else list(known.values())
    right = any(
        each.code_challenge == code_challenge(verifier, each.code_challenge_method or "plain")
        for each in asked
        if each.code_challenge is not None
    )
    return "right" if right else f"another one of {len(verifier)} characters"


def provenance(name: str, value: str, installation: Installation) -> Parts:
    """Where a code or token comes from: its kind, client, user, scope and state, as the server remembers them."""
    memory, now = installation.memory, installation.now
    told: dict[str, Any] = {"kind": "unknown"}
    if code := memory.codes.get(value):
        told = {"kind": "code", **of_family(code.family), "redirect_uri": code.redirect_uri}
        told |= {"challenge": code.code_challenge_method, "key": code.thumbprint}
        told["state"] = state(used=code.used, dead=False, expired=now >= code.expires)
    elif token := memory.refresh_tokens.get(value):
        told = {"kind": "refresh token", **of_family(token.family), "scope": token.scope}
        told["state"] = state(used=token.used is not None, dead=token.dead, expired=now >= token.expires)
    elif bearer := memory.access_tokens.get(value):
        told = {"kind": "access token", "client": bearer.client_id, "scope": bearer.scope, "key": bearer.thumbprint}
        told |= {"audience": bearer.audience, "certificate": bearer.certificate}
        told["state"] = state(used=False, dead=bearer.dead, expired=now >= bearer.expires)
    elif device := memory.device_codes.get(value):
        told = {"kind": "device code", "client": device.client_id, "scope": device.scope, "decision": device.decision}
        told["state"] = state(
            used=device.family is not None and device.family.last_access_token is not None,
            dead=False,
            expired=now >= device.expires,
        )
    return {f"{name}: {part}": shown for part, shown in told.items() if shown is not None}


def of_family(family: Any) -> Parts:
    """What was granted, to whom and by whom."""
    return {
        "client": family.client_id,
        "user": family.user.username,
        "scope": " ".join(sorted(family.scope.split())),
        "resources": family.resources,
    }


def state(*, used: bool, dead: bool, expired: bool) -> str:
    """In what state a code or token is."""
    told = [word for word, holds in (("used", used), ("dead", dead), ("expired", expired)) if holds]
    return ", ".join(told) or "good"
