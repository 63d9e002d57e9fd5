"""What a provider says of itself, read with care: nothing in it is believed to have a type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from token_conformance.profile.client import Client
from token_conformance.profile.endpoints import Endpoints
from token_conformance.profile.grants import Grants
from token_conformance.profile.hosts import is_plain
from token_conformance.profile.models import Identity, Profile
from token_conformance.provider.discovery import Discovery, configuration_urls
from token_conformance.servers.live import LiveServer
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

_WELL_KNOWN = re.compile(r"/\.well-known/(openid-configuration|oauth-authorization-server)(?=/|$)")
_SCOPE_VALUE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,80}")


class UnusableProviderError(Exception):
    """No profile can be drafted for the provider; the message is a sentence that says why, and what helps."""


@dataclass(frozen=True)
class Metadata:
    """The metadata of a provider (OIDC Discovery §3, RFC 8414 §2)."""

    issuer: str
    members: Mapping[str, Any]

    def listed(self, name: str, otherwise: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The strings of an array; `otherwise` where there is no array."""
        value = self.members.get(name)
        if not isinstance(value, list):
            return otherwise
        return tuple(item for item in value if isinstance(item, str))

    @property
    def host(self) -> str:
        """The host of the issuer, without its port."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def grants(self) -> tuple[str, ...]:
        """The grants by their `grant_type`; RFC 8414 §2 says what is meant where none is listed."""
        grants = self.listed("grant_types_supported", ("authorization_code",))
        return (
            (*grants, "refresh_token") if "offline_access" in self.scopes and "refresh_token" not in grants else grants
        )

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scope values that are listed, as far as RFC 6749 §3.3 allows them."""
        return tuple(value for value in self.listed("scopes_supported") if _SCOPE_VALUE.fullmatch(value))

    @property
    def openid(self) -> bool:
        """Whether the provider offers OpenID Connect."""
        return "openid" in self.scopes or "id_token_signing_alg_values_supported" in self.members


def issuer_of(written: str) -> str:
    """The issuer that somebody means who writes a host's name, or the address of the metadata.

    Raises:
        UnusableProviderError: it is no address, or one of plain http.

    """
    address = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(address)
        usable = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and address.isprintable() and parts.port != 0
        )
    except ValueError:
        usable = False
    if not usable or " " in address or "${" in address:
        raise UnusableProviderError(f"{written!r} is no issuer: expected an address such as https://login.example.com")
    if is_plain(address):
        raise UnusableProviderError(
            f"{written!r} is plain http, by which everybody on the way reads secrets: expected https"
        )
    bare = parts._replace(path=_WELL_KNOWN.sub("", parts.path), query="", fragment="")
    return bare.geturl()


async def read_metadata(issuer: str, ca_bundle: str | None = None, proxy: str | None = None) -> Metadata:
    """Ask a provider for its metadata.

    Raises:
        UnusableProviderError: it does not answer with metadata, or with those of another issuer.

    """
    profile = _merely_an_issuer(issuer, ca_bundle, proxy)
    discovery = Discovery(
        profile, Wire("init", LiveServer(profile).connect("init"), profile.limits, Pace(profile.limits))
    )
    try:
        await discovery.ask()
    finally:
        await discovery.close()
    if not discovery.published:
        raise UnusableProviderError(_no_metadata(issuer, discovery.exchange))
    return _of(issuer, discovery.published)


def _merely_an_issuer(issuer: str, ca_bundle: str | None, proxy: str | None) -> Profile:
    return Profile(
        profile=Identity(name=issuer),
        server=Endpoints(issuer=issuer, ca_bundle=ca_bundle, proxy=proxy),
        clients=[Client(client_id="none", authentication="none")],
        grants=Grants(),
    )


def _of(issuer: str, members: Mapping[str, Any]) -> Metadata:
    named = members.get("issuer")
    if not isinstance(named, str) or named.rstrip("/") != issuer.rstrip("/"):
        shown = f"the issuer {named[:200]!r}" if isinstance(named, str) else "no issuer"
        raise UnusableProviderError(
            f"the metadata of {issuer} name {shown}, and have to name the address they were asked at "
            "(RFC 8414 §3.3): check the address, or have the provider mend its metadata"
        )
    endpoint = members.get("token_endpoint")
    if not isinstance(endpoint, str) or not endpoint.startswith(("http://", "https://")):
        raise UnusableProviderError(f"the metadata of {issuer} name no token_endpoint: there is nothing to test")
    return Metadata(named, members)


def _no_metadata(issuer: str, exchange: Exchange | None) -> str:
    """Say what came in the place of metadata; nothing of a body is repeated."""
    if exchange is None or exchange.answer is None:
        reason = exchange.failure if exchange is not None else "no answer"
        return f"{issuer} cannot be reached: {reason}; check the address"
    openid, oauth = configuration_urls(issuer)
    kind = exchange.media_type or "no content type"
    return (
        f"neither {openid} nor {oauth} is a JSON object of metadata: the last answer was {exchange.answer.status}, {kind}; "
        "check the address, or give that of the token endpoint and --without-discovery"
    )
