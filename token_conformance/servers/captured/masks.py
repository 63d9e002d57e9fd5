"""What somebody has masked in a recording before it was handed on: it is not known, and never taken for what was sent.

A mask that can be seen is one (`***`, `[REDACTED]`, `eyJh…Qz`). Hashes look like tokens, and tokens that are hashed alike can be
followed; of a secret and of what is computed from others, which then fit nothing in the recording, nobody can say more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from token_conformance.profile.models import Profile
from token_conformance.redaction.places import basic
from token_conformance.servers.har import Part
from token_conformance.wire.exchange import Exchange, header, parse_json

SECRET = frozenset(
    {
        "access_token",
        "refresh_token",
        "id_token",
        "token",
        "code",
        "state",
        "nonce",
        "code_verifier",
        "code_challenge",
        "client_secret",
        "client_assertion",
        "assertion",
        "subject_token",
        "actor_token",
        "device_code",
        "user_code",
        "password",
        "username",
        "request",
    }
)
"""Parameters and members that people mask."""

_WORDS = "redact|mask|filter|hidden|removed|scrub|saniti[sz]|secret|obfuscat|censor|omitted|confidential"
_MASK = re.compile(
    rf"[*•●█·.…xX#?-]{{3,}}|[\[<({{]+[^\[\]<>(){{}}]*(?:{_WORDS})[^\[\]<>(){{}}]*[\]>)}}]+|\**(?:{_WORDS})(?:ed|d)?\**"
    r"|[\w.~+/=-]{0,12}(?:\.{3}|…|\*{3,})[\w.~+/=-]{0,12}",
    re.IGNORECASE,
)


def is_mask(value: str) -> bool:
    """Whether a value stands for one that somebody has hidden."""
    return _MASK.fullmatch(value.strip()) is not None


def unmasked(exchanges: Sequence[Exchange], profile: Profile | None) -> tuple[Exchange, ...]:
    """The exchanges, with what is masked in them as not known."""
    found = [replace(each, undocumented=each.undocumented | frozenset(_masked(each))) for each in exchanges]
    doubtful = _of_other_secrets(found, profile)
    return tuple(
        replace(each, undocumented=each.undocumented | {"authorization"}) if each in doubtful else each
        for each in found
    )


def _masked(exchange: Exchange) -> Iterator[Part]:
    request, answer = exchange.request, exchange.answer
    if any(_hides(pair) for pair in (*_parameters(request.url), *request.form)):
        yield "request"
    if _is_unreadable(header(request.headers, "authorization")):
        yield "authorization"
    if answer is None:
        return
    if any(_hides(pair) for pair in _parameters(header(answer.headers, "location") or "")):
        yield "headers"
    members = parse_json(answer.body)
    if isinstance(members, dict) and any(_hides(pair) for pair in members.items()):
        yield "body"


def _hides(pair: tuple[str, object]) -> bool:
    name, value = pair
    return name in SECRET and isinstance(value, str) and is_mask(value)


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    return parse_qsl(parts.query) + parse_qsl(parts.fragment)


def _is_unreadable(authorization: str | None) -> bool:
    """Whether what authenticates is masked, or no pair of a client and its secret (RFC 7617 §2)."""
    scheme, _, rest = (authorization or "").partition(" ")
    if not authorization or is_mask(scheme):
        return bool(authorization)
    if scheme.lower() != "basic":
        return is_mask(rest)
    client_id, secret = basic(rest)
    return not client_id or any(is_mask(half) or not half.isprintable() for half in (client_id, secret))


def _of_other_secrets(exchanges: Sequence[Exchange], profile: Profile | None) -> frozenset[Exchange]:
    """The requests of clients whose secret the recording never shows, while another one is taken for it."""
    found: set[Exchange] = set()
    for client in profile.clients if profile is not None else ():
        if client.client_secret is None or not client.sends_secret:
            continue
        theirs = [(each, shown) for each in exchanges for id_, shown in _shown(each) if id_ == client.client_id]
        if all(client.client_secret not in {shown, unquote_plus(shown)} for _, shown in theirs):
            found |= {each for each, _ in theirs}
    return frozenset(found)


def _shown(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The client and the secret that a request shows."""
    scheme, _, rest = (header(exchange.request.headers, "authorization") or "").partition(" ")
    form = dict(exchange.request.form)
    if scheme.lower() == "basic":
        yield basic(rest)
    elif "client_secret" in form:
        yield form.get("client_id", ""), form["client_secret"]
