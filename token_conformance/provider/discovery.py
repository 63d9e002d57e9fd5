"""Where the provider's endpoints are: the profile's word first, then the provider's metadata."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from token_conformance.profile.hosts import is_plain
from token_conformance.profile.models import Profile
from token_conformance.provider.addresses import parts_of
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.exchange import Exchange, Request
from token_conformance.wire.wire import Wire

NAMED_TO_THE_LETTER = "rfc8414-issuer"
"""The requirement whose violation keeps metadata from being used."""

FOR_TOKENS = frozenset({"token_endpoint", "authorization_endpoint", "device_authorization_endpoint"})
"""The endpoints without which a run does not come to a user's tokens."""

MOST_SHOWN = 200
"""Characters of a foreign issuer that a message repeats."""


def configuration_urls(issuer: str) -> tuple[str, str]:
    """The addresses of OIDC Discovery §4 and of RFC 8414 §3.1, which puts the issuer's path behind the well-known one."""
    parts = urlsplit(issuer)
    rfc8414 = parts._replace(
        path=f"/.well-known/oauth-authorization-server{parts.path.rstrip('/')}", query="", fragment=""
    )
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration", urlunsplit(rfc8414)


class Discovery:
    """Asks for the metadata once in a run and answers every scenario from it.

    `published` is what the provider says of itself, `metadata` what may be used of it: nothing where it names another
    issuer. `trouble` says why a run is of little use, where it would have needed that.
    """

    def __init__(self, profile: Profile, wire: Wire) -> None:
        self._profile = profile
        self._wire = wire
        self._asking = asyncio.Lock()
        self._asked = False
        self.exchange: Exchange | None = None
        self.published: Mapping[str, Any] = {}
        self.metadata: Mapping[str, Any] = {}
        self.problem: str | None = None
        self.trouble: str | None = None
        self._stopped_by: str | None = None

    async def ask(self) -> None:
        """Read the metadata, where the profile names an issuer; `problem` says why there is none."""
        async with self._asking:
            if not self._asked and self._profile.server.issuer is not None:
                await self._read(self._profile.server.issuer)
            self._asked = True

    def lists(self, name: str, value: str) -> bool:
        """Whether the metadata, as far as they were read, list a value in the member of that name."""
        listed = self.metadata.get(name)
        return isinstance(listed, list) and value in listed

    async def endpoint(self, name: str, *, mutual_tls: bool = False) -> str:
        """The address of an endpoint; with `mutual_tls` its alias for clients with certificates (RFC 8705 §5), if any.

        Raises:
            Inconclusive: neither the profile nor usable metadata names it, though the provider must have it.
            NotApplicable: the metadata, or a profile without an issuer, does not name it.

        """
        named = getattr(self._profile.server, name, None)
        if named is not None:
            return str(named)
        await self.ask()
        aliases = self.metadata.get("mtls_endpoint_aliases") if mutual_tls else None
        for advertised in (aliases.get(name) if isinstance(aliases, dict) else None, self.metadata.get(name)):
            if isinstance(advertised, str) and parts_of(advertised).netloc:
                return self._reachable(name, advertised)
        if self.problem is not None:
            if self._stopped_by is not None and name in FOR_TOKENS:
                self.trouble = self.problem
            raise Inconclusive(self.problem, stopped_by=self._stopped_by)
        raise NotApplicable(f"neither the profile nor the provider's metadata names a {name}")

    async def close(self) -> None:
        """Close the connection of the discovery."""
        await self._wire.close()

    async def _read(self, issuer: str) -> None:
        for url in configuration_urls(issuer):
            exchange = await self._wire.send(Request("GET", url, (("Accept", "application/json"),)))
            if self.exchange is None or exchange.answer is not None:
                self.exchange = exchange
            if exchange.answer is not None and exchange.answer.status == 200 and exchange.members:
                self.exchange, self.published, self.problem = exchange, exchange.members, None
                self._heed(url, exchange.members)
                return
            self.problem = self.problem or _problem(url, exchange)

    def _reachable(self, name: str, advertised: str) -> str:
        if parts_of(advertised).scheme not in {"http", "https"}:
            raise Inconclusive(
                f"the address that the metadata name as {name} is neither of http nor of https: nothing is sent there"
            )
        if is_plain(advertised) and not self._profile.server.allow_http:
            problem = (
                f"the metadata name a {name} of plain http, by which everybody on the way reads secrets: nothing is sent "
                "there; server.allow_http = true allows it"
            )
            self.trouble = problem if name in FOR_TOKENS else self.trouble
            raise Inconclusive(problem)
        return advertised

    def _heed(self, url: str, published: Mapping[str, Any]) -> None:
        """Use the metadata, if they name the issuer that they have to, to the letter (RFC 8414 §3.3, OIDC Discovery §4.3)."""
        asked, named = self._profile.server.named_issuer, published.get("issuer")
        if named == asked:
            self.metadata = published
            return
        self._stopped_by = NAMED_TO_THE_LETTER
        shown = f"the issuer {named[:MOST_SHOWN]!r}" if isinstance(named, str) else "no issuer"
        self.problem = (
            f"the metadata at {url} name {shown}, not {asked!r}, and are not used (RFC 8414 §3.3, OIDC Discovery §4.3): "
            "check server.issuer, document the other one as server.metadata_issuer, or name the endpoints in the profile"
        )


def _problem(url: str, exchange: Exchange) -> str:
    if exchange.answer is None:
        return f"the discovery document {url} could not be read: {exchange.failure}"
    kind = exchange.media_type or "no content type"
    return (
        f"the discovery document {url} is not a JSON object: {exchange.answer.status}, {kind}; "
        "check server.issuer, or name the endpoints in the profile"
    )
