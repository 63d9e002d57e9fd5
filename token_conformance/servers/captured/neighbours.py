"""Tells a provider's exchanges from those of its neighbours: a browser that is recorded shows applications as well."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from token_conformance.profile.models import Profile
from token_conformance.servers.captured.browser import walked
from token_conformance.servers.captured.endpoints import endpoints
from token_conformance.servers.captured.exchanges import Captured, is_metadata, members
from token_conformance.wire.exchange import Exchange, header

Origin = tuple[str, str | None, int | None]
"""Scheme, host and port (RFC 6454 §4)."""

USUAL_PORTS = {"http": 80, "https": 443}


def of_provider(captured: Captured, profile: Profile) -> tuple[Exchange, ...]:
    """The exchanges with a provider: all with its origins, but of pages those of logins alone, wherever these lead.

    Preflights are the browser's own (Fetch §3.2.2): they ask for nothing, and their answers say nothing of tokens.
    """
    origins = frozenset(_origins(captured, profile))
    logins = [each for each in _logins(captured) if origin_of(captured.exchanges[each.start].request.url) in origins]
    shown = {each for login in logins for each in walked(captured.exchanges[login.start : login.stop])}
    within = {captured.exchanges[place] for login in logins for place in login}
    theirs = (each for each in captured.exchanges if each in shown or origin_of(each.request.url) in origins)
    return tuple(
        each
        for each in theirs
        if each.request.method != "OPTIONS" and (each in shown or each in within or not _is_page(each))
    )


def origin_of(url: str) -> Origin:
    """The origin of an address; nobody's, where it is none."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or USUAL_PORTS.get(parts.scheme)
    except ValueError:
        return "", None, None


def _origins(captured: Captured, profile: Profile) -> Iterator[Origin]:
    """Where the provider is: as its profile says, and where it was asked at all, as its metadata and requests to it tell."""
    named = {origin_of(address) for _, address in profile.server.addresses} | {origin_of(profile.server.address)}
    yield from named
    if not named & {origin_of(each.request.url) for each in captured.exchanges}:
        return
    yield from map(origin_of, endpoints(captured).values())
    told = (members(each) for each in captured.exchanges if is_metadata(each))
    yield from (
        origin_of(value)
        for each in told
        for name, value in each.items()
        if name.endswith(("_endpoint", "_uri")) and isinstance(value, str)
    )


def _logins(captured: Captured) -> Iterator[range]:
    """The places from each authorization request to where the browser was sent back to the client, or to the next one."""
    places = [*captured.ordinals, len(captured.exchanges)]
    for place, following in pairwise(places):
        conclusion = captured.conclusion(place)
        yield range(place, following if conclusion is None else conclusion + 1)


def _is_page(exchange: Exchange) -> bool:
    answer = exchange.answer
    kind = (header(answer.headers, "content-type") or "") if answer is not None else ""
    return exchange.request.method == "GET" and kind.lower().startswith("text/html")
