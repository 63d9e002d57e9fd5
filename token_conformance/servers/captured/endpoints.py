"""Where the endpoints of a provider are whose metadata a recording does not hold: where its requests went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from token_conformance.profile.models import Profile
from token_conformance.servers.captured.exchanges import Captured, is_metadata, members, revokes
from token_conformance.servers.captured.requests import Sent
from token_conformance.wire.exchange import Exchange, header


def with_endpoints(profile: Profile, captured: Captured) -> Profile:
    """The profile, with the endpoints that neither it names nor metadata in the recording."""
    if any(is_metadata(each) for each in captured.exchanges):
        return profile
    seen = {name: url for name, url in endpoints(captured).items() if getattr(profile.server, name) is None}
    return profile.model_copy(update={"server": profile.server.model_copy(update=seen)}) if seen else profile


def endpoints(captured: Captured) -> Mapping[str, str]:
    """The addresses of endpoints by the names that metadata have for them (RFC 8414 §2), each where most requests went."""
    pairs = list(zip(captured.sent, captured.exchanges, strict=True))
    found = {
        name: Counter(_address(each) for sent, each in pairs if is_one(sent, each)) for name, is_one in KINDS.items()
    }
    return {name: addresses.most_common(1)[0][0] for name, addresses in found.items() if addresses}


def _asks_for_tokens(sent: Sent, exchange: Exchange) -> bool:  # noqa: ARG001 - what was answered does not matter
    return sent.method == "POST" and "grant_type" in sent.parameters


def _asks_the_user(sent: Sent, exchange: Exchange) -> bool:  # noqa: ARG001 - what was answered does not matter
    return sent.asks_the_user


def _introspects(sent: Sent, exchange: Exchange) -> bool:
    return _is_about_a_token(sent) and "active" in members(exchange)


def _revokes(sent: Sent, exchange: Exchange) -> bool:
    return revokes(sent, exchange)


def _asks_who_it_is(sent: Sent, exchange: Exchange) -> bool:
    bears = (header(exchange.request.headers, "authorization") or "").lower().startswith(("bearer ", "dpop "))
    return bears and sent.method == "GET" and "sub" in members(exchange)


KINDS: Mapping[str, Callable[[Sent, Exchange], bool]] = {
    "token_endpoint": _asks_for_tokens,
    "authorization_endpoint": _asks_the_user,
    "introspection_endpoint": _introspects,
    "revocation_endpoint": _revokes,
    "userinfo_endpoint": _asks_who_it_is,
}
"""How requests to endpoints are told (RFC 6749 §3, RFC 7009 §2.1, RFC 7662 §2.1, OIDC Core §5.3)."""


def _is_about_a_token(sent: Sent) -> bool:
    return sent.method == "POST" and "token" in sent.parameters and "grant_type" not in sent.parameters


def _address(exchange: Exchange) -> str:
    return exchange.request.url.split("?")[0].split("#")[0]
