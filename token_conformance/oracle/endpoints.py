"""Where what is asked: the addresses that a profile names, and those that the provider's metadata names in the exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Exchange

KINDS = {
    "token_endpoint": "token",
    "authorization_endpoint": "authorization",
    "userinfo_endpoint": "userinfo",
    "revocation_endpoint": "revocation",
    "introspection_endpoint": "introspection",
    "device_authorization_endpoint": "device",
    "end_session_endpoint": "logout",
}
"""What is asked at the endpoints of the metadata (RFC 8414 §2), and at that of a logout."""


@dataclass(frozen=True)
class Addresses:
    """What is asked at an address, without its query; revocation and introspection may have that of tokens as well."""

    kinds: dict[str, frozenset[str]]

    def at(self, url: str) -> frozenset[str]:
        """What may be asked there; nothing where the address is none of the provider's endpoints."""
        return self.kinds.get(url.partition("?")[0].partition("#")[0], frozenset())


def addresses(profile: Profile, exchanges: Iterable[Exchange], *token_endpoints: str | None) -> Addresses:
    """The addresses of a profile's provider, with what the metadata among the exchanges tell beside it."""
    found: dict[str, set[str]] = {}
    for kind, address in (
        *_of_profile(profile),
        *(("token", each) for each in token_endpoints if each),
        *(pair for members in _metadata(exchanges) for pair in _of_metadata(members)),
    ):
        found.setdefault(address.partition("?")[0], set()).add(kind)
    return Addresses({address: frozenset(kinds) for address, kinds in found.items()})


def _of_profile(profile: Profile) -> Iterator[tuple[str, str]]:
    for name, address in profile.server.addresses:
        kind = {"resource": "resource", "token_endpoint_aliases": "token"}.get(name, KINDS.get(name))
        if kind is not None:
            yield kind, address


def _metadata(exchanges: Iterable[Exchange]) -> Iterator[dict[str, Any]]:
    for exchange in exchanges:
        if "/.well-known/" in exchange.request.url and exchange.answer is not None and exchange.answer.status == 200:
            members = exchange._parsed  # noqa: SLF001 - looking for addresses does not make it evidence
            if isinstance(members, dict):
                yield members


def _of_metadata(members: dict[str, Any]) -> Iterator[tuple[str, str]]:
    aliases = members.get("mtls_endpoint_aliases")
    for named in (members, aliases if isinstance(aliases, dict) else {}):
        yield from ((kind, named[name]) for name, kind in KINDS.items() if isinstance(named.get(name), str))
