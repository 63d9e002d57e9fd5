"""The exchanges of a recording from elsewhere, and what can be told of them without a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

import httpx

from token_conformance.profile.models import Profile
from token_conformance.servers.captured.masks import unmasked
from token_conformance.servers.captured.requests import Address, Sent, Target
from token_conformance.servers.har import Entry, RecordedRequest, Recording
from token_conformance.wire.exchange import Exchange, Headers, Request, Response, header, parse_json

LABEL = "recording"
"""The scenario that the exchanges of a recording are named after."""

WELL_KNOWN = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
"""What addresses of metadata have in common."""

ISSUED = ("access_token", "refresh_token", "id_token", "code", "device_code", "user_code", "request_uri")
"""Members of answers, and parameters of redirects, that a provider makes up."""

ON_THE_WIRE = {"content-encoding", "transfer-encoding"}
"""Headers that described a body which the recording holds decoded."""


@dataclass(frozen=True)
class Captured:
    """A recording: its exchanges, what was sent in each, and what was known to whom."""

    exchanges: tuple[Exchange, ...]
    sent: tuple[Sent, ...]
    secrets: frozenset[str]
    creator: str = ""
    noticed: tuple[str, ...] = ()

    @cached_property
    def known(self) -> frozenset[str]:
        """Values of the profile's clients, those that the provider issued, and those that it accepted.

        A recording may begin behind the login, or have its secrets masked: what worked was not made up.
        """
        accepted = (sent for sent, each in zip(self.sent, self.exchanges, strict=True) if _is_accepted(each))
        worked = (part.value for sent in accepted for part in sent.parts)
        return self.secrets.union(worked, *map(issued, self.exchanges))

    def is_known(self, place: int) -> bool:
        """Whether the request at a place is known as far as it matters; where `Authorization` was left out, few are."""
        exchange, sent = self.exchanges[place], self.sent[place]
        if "request" in exchange.undocumented:
            return is_published(exchange)
        in_body = {"client_secret", "client_assertion"} & sent.parameters.keys()
        whole = "authorization" not in exchange.undocumented or bool(in_body)
        return whole or sent.asks_the_user or is_published(exchange)

    @cached_property
    def ordinals(self) -> Mapping[int, int]:
        """Which authorization request of the recording an exchange is, counted from 0, by its place."""
        places = [place for place, sent in enumerate(self.sent) if sent.asks_the_user]
        return {place: ordinal for ordinal, place in enumerate(places)}

    @property
    def authorizations(self) -> int:
        """How many authorization requests there are."""
        return len(self.ordinals)

    @cached_property
    def places(self) -> Mapping[Target, Sequence[int]]:
        """Where requests to an address are, by method and address."""
        found: dict[Target, list[int]] = {}
        for place, sent in enumerate(self.sent):
            found.setdefault(sent.target, []).append(place)
        return found

    @cached_property
    def revoking(self) -> frozenset[Address]:
        """Where tokens are revoked, by the metadata in the recording and by its requests."""
        told = (members(each).get("revocation_endpoint") for each in self.exchanges if is_metadata(each))
        named = {_address(url) for url in told if isinstance(url, str)}
        pairs = zip(self.sent, self.exchanges, strict=True)
        return frozenset(named | {sent.address for sent, each in pairs if revokes(sent, each)})

    def conclusion(self, place: int) -> int | None:
        """Where the answer to the authorization request at a place reached the redirect_uri; None where none did."""
        asked = self.sent[place].parameters
        redirect_uri, state = asked.get("redirect_uri"), asked.get("state")
        if not redirect_uri:
            return None
        for later in range(place, len(self.exchanges)):
            target = redirect_of(self.exchanges[later])
            if target.startswith(redirect_uri) and _parameters(target).get("state") == state:
                return later
        return None


def captured(recording: Recording, profile: Profile | None = None) -> Captured:
    """A recording made elsewhere as exchanges, held against a profile, if there is one; what has no answer stays too."""
    exchanges = unmasked([_exchange(number, entry) for number, entry in enumerate(recording.entries, 1)], profile)
    clients = [value for each in (profile.clients if profile else ()) for value in (each.client_id, each.client_secret)]
    sent = tuple(_sent(exchange.request) for exchange in exchanges)
    noticed = tuple(_noticed(recording, exchanges, profile))
    return Captured(exchanges, sent, frozenset(filter(None, clients)), str(recording.creator), noticed)


def issued(exchange: Exchange) -> frozenset[str]:
    """What the provider made up in an answer."""
    told = {**members(exchange), **_parameters(redirect_of(exchange))}
    return frozenset(value for name in ISSUED if isinstance(value := told.get(name), str) and value)


def _is_accepted(exchange: Exchange) -> bool:
    return exchange.answer is not None and exchange.answer.status // 100 == 2


def is_published(exchange: Exchange) -> bool:
    """Whether it is metadata or keys that were asked for, for which nobody authenticates."""
    return is_metadata(exchange) or (exchange.answer is not None and "keys" in members(exchange))


def is_metadata(exchange: Exchange) -> bool:
    """Whether the provider's metadata came, and were recorded (OIDC Discovery §4, RFC 8414 §3)."""
    path, answer = exchange.request.path, exchange.answer
    came = any(each in path for each in WELL_KNOWN) and answer is not None and answer.status == 200
    return came and exchange.is_readable


def revokes(sent: Sent, exchange: Exchange) -> bool:
    """Whether an exchange is a revocation (RFC 7009 §2.1); an introspection tells whether the token is active."""
    about = sent.method == "POST" and "token" in sent.parameters and "grant_type" not in sent.parameters
    return about and exchange.answer is not None and "active" not in members(exchange)


def _address(url: str) -> Address:
    whole = httpx.URL(url)
    return whole.scheme, whole.host, whole.port, whole.path or "/"


def members(exchange: Exchange) -> Mapping[str, object]:
    """The members of a JSON object that came; reading them does not make the exchange evidence."""
    parsed = parse_json(exchange.answer.body) if exchange.answer is not None else None
    return parsed if isinstance(parsed, dict) else {}


def redirect_of(exchange: Exchange) -> str:
    """Where an answer redirects to; empty where it does not."""
    answer = exchange.answer
    return (header(answer.headers, "location") or "") if answer is not None and answer.status // 100 == 3 else ""


def _parameters(target: str) -> dict[str, str]:
    parts = urlsplit(target) if target else None
    return dict(parse_qsl(parts.query) + parse_qsl(parts.fragment)) if parts is not None else {}


def _exchange(number: int, entry: Entry) -> Exchange:
    status, came = entry.response.status, entry.response.came
    return Exchange(
        scenario=LABEL,
        number=number,
        request=_request(entry.request),
        answer=Response(status, tuple(_headers(entry)), entry.response.content.body) if came else None,
        started=entry.started,
        seconds=entry.milliseconds / 1000,
        failure=None if came else "the recording holds no answer",
        undocumented=frozenset(entry.unknown),
    )


def _request(recorded: RecordedRequest) -> Request:
    """What was sent; headers of HTTP/2 that stand for the first line are none, and what stands twice alike stands once.

    Some recorders tell what kind of body it was beside the body alone.
    """
    headers: Headers = tuple(
        dict.fromkeys((pair.name, pair.value) for pair in recorded.headers if not pair.name.startswith(":"))
    )
    posted = recorded.post_data
    if posted is None:
        return Request(recorded.method.upper(), recorded.url, headers)
    if posted.media_type and header(headers, "content-type") is None:
        headers = (*headers, ("Content-Type", posted.media_type))
    return Request(recorded.method.upper(), recorded.url, headers, posted.written.encode("utf-8", "surrogatepass"))


def _headers(entry: Entry) -> Iterator[tuple[str, str]]:
    for pair in entry.response.headers:
        if pair.name.lower() not in ON_THE_WIRE and not pair.name.startswith(":"):
            yield pair.name, pair.value


def _sent(request: Request) -> Sent:
    headers = httpx.Headers(
        [(name, value.encode("utf-8", "replace").decode("latin-1")) for name, value in request.headers]
    )
    return Sent.of(request.method, request.url, headers, request.body)


def _noticed(recording: Recording, exchanges: Sequence[Exchange], profile: Profile | None) -> Iterator[str]:
    theirs = urlsplit(profile.server.address).hostname if profile is not None else None
    if theirs and theirs not in {urlsplit(each.request.url).hostname for each in exchanges}:
        yield f"no exchange of the recording was with {theirs}: it may be of another provider"
    if recording.breaks_off:
        yield f"the recording breaks off after {len(exchanges)} exchanges; what is whole is judged"
    if recording.doubled:
        yield f"{recording.doubled} exchanges stand in the recording more than once; each is taken once"
    if partial := sum(_is_partial(entry) for entry in recording.entries):
        yield f"the bodies of {partial} answers in JSON are not in the recording, or not whole: nothing is judged by them"
    if recording.timeless:
        yield "all exchanges of the recording bear one time: nobody knows in which order they were made"
    if recording.rendered_anew:
        yield (
            f"{recording.creator} writes requests as they would be sent at the time of the export: "
            "nothing is judged by what they present"
        )
    elif recording.sanitized:
        yield (
            "the recording was made by developer tools, which leave Authorization and cookies out unless told otherwise: "
            "nothing is known of how clients authenticate in it"
        )
    elif masked := sum(bool(each.undocumented & {"request", "authorization"}) for each in exchanges):
        yield (
            f"{masked} requests of the recording have their secrets masked, or not those of the profile: "
            "nothing is judged by what they present"
        )
    elif hollow := sum(_is_masked(*pair) for pair in zip(recording.entries, exchanges, strict=True)):
        yield f"what {hollow} answers of the recording hand over is masked: nothing is judged by it"


def _is_masked(entry: Entry, exchange: Exchange) -> bool:
    """Whether somebody has hidden what an answer hands over."""
    return bool((exchange.undocumented - entry.unknown) & {"body", "headers"})


def _is_partial(entry: Entry) -> bool:
    """Whether what came as JSON was not recorded, or not to its end."""
    kinds = (pair.value for pair in entry.response.headers if pair.name.lower() == "content-type")
    return "body" in entry.unknown - entry.undocumented and any("json" in kind.lower() for kind in kinds)
