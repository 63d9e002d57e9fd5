"""What makes a request of a scenario and one of a recording the same, values that nobody else could draw left open."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

import httpx

from token_conformance.redaction.places import basic

Address = tuple[str, str, int | None, str]
"""Scheme, host, port and path."""

Target = tuple[str, Address]
"""A method and an address."""

Place = Literal["query", "form", "basic", "authorization", "header", "body"]

MADE_BY_CLIENTS = frozenset({"state", "nonce", "code_verifier"})
"""Parameters that a client makes up: whatever a scenario draws for them stands for what was sent."""

SHAPING = frozenset(
    [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "response_mode",
        "resource",
        "audience",
        "max_age",
        "acr_values",
        "request",
        "request_uri",
        "dpop_jkt",
        "id_token_hint",
        "login_hint",
        "authorization_details",
    ]
)
"""Parameters of an authorization request that change what comes of it; others may stand in the recording alone."""

_FORM = "application/x-www-form-urlencoded"
_OF_BROWSERS = re.compile(rf"{_FORM}; ?charset=utf-8", re.IGNORECASE)
_USUAL = [(by, safe) for by in (quote_plus, quote) for safe in ("", "/", "*", "~", ":/", "!'()*~", "-._~:/@!$'()*,;")]
"""How clients encode forms: blanks in two ways, and each leaves other characters as they are."""


@dataclass(frozen=True)
class Part:
    """A parameter, or half of a client's credentials, and where it stood."""

    place: Place
    name: str
    value: str


@dataclass(frozen=True)
class Spelling:
    """How a form was written, where that is not as clients write it: scenarios do so in order to see what comes of it.

    `media_type` and `form` are empty where they are as usual; `order` is that of the names, where it does not begin with
    the grant, as requests of scenarios do.
    """

    media_type: str = ""
    form: str = ""
    order: tuple[str, ...] = ()

    @classmethod
    def of(cls, content_type: str, body: bytes) -> Spelling:
        """Of a body and its media type."""
        if not content_type.lower().startswith(_FORM):
            return cls()
        pairs, written = _pairs(body), body.decode("utf-8", "replace")
        names = tuple(name for name, _ in pairs)
        return cls(
            media_type="" if content_type == _FORM else content_type,
            form="" if any(urlencode(pairs, safe=safe, quote_via=by) == written for by, safe in _USUAL) else written,
            order=names if "grant_type" in names[1:] else (),
        )

    @property
    def is_odd(self) -> bool:
        """Whether anything of it is not as usual."""
        return self != Spelling()

    @property
    def may_be_refused(self) -> bool:
        """Whether a provider may have refused a request for it; browsers name the charset, and clients order as they like."""
        return bool(self.form) or (bool(self.media_type) and not _OF_BROWSERS.fullmatch(self.media_type))


@dataclass(frozen=True)
class Sent:
    """A request by the parts that say what is asked for: the order of parameters says nothing, nor do most headers."""

    method: str
    address: Address
    parts: tuple[Part, ...]
    spelling: Spelling = Spelling()

    @classmethod
    def of(cls, method: str, url: str, headers: httpx.Headers, body: bytes) -> Sent:
        """Of a request given by its parts."""
        whole = httpx.URL(url)
        address = (whole.scheme, whole.host, whole.port, whole.path or "/")
        query = (Part("query", name, value) for name, value in _pairs(whole.query))
        presented = _presented(headers.get("authorization", ""))
        parts = (*query, *presented, *_telling(headers, whole), *_body(headers.get("content-type", ""), body))
        return cls(method.upper(), address, parts, Spelling.of(headers.get("content-type", ""), body))

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of query and form by their names; of one that stands twice, the last."""
        return {part.name: part.value for part in self.parts if part.place in {"query", "form"}}

    @property
    def target(self) -> Target:
        """Its method and its address, without the query."""
        return self.method, self.address

    @property
    def asks_the_user(self) -> bool:
        """Whether it is an authorization request (RFC 6749 §4.1.1)."""
        return {"response_type", "client_id"} <= self.parameters.keys() and "grant_type" not in self.parameters

    def bound(self, recorded: Sent, drawn: AbstractSet[str], known: AbstractSet[str]) -> Mapping[str, str] | None:
        """What was sent in the place of drawn values, if a request of a recording is this one; None where it is not.

        Args:
            recorded: the request in the recording.
            drawn: values that stand for any that a client might draw.
            known: values of the profile, and those that the provider issued, for which nothing that is drawn stands.

        """
        if self.target != recorded.target:
            return None
        if self.spelling.is_odd and self.spelling != recorded.spelling:
            return None
        bindings: dict[str, str] = {}
        left = list(recorded.parts)
        for part in sorted(self.parts, key=lambda each: each.value in drawn):
            other = next((each for each in left if _fits(part, each, drawn, known, bindings)), None)
            if other is None:
                return None
            left.remove(other)
            if part.value in drawn:
                bindings[part.value] = other.value
        return None if any(not self._may_add(part) for part in left) else bindings

    def _may_add(self, part: Part) -> bool:
        return self.asks_the_user and part.place == "query" and part.name not in SHAPING


def _fits(
    part: Part, other: Part, drawn: AbstractSet[str], known: AbstractSet[str], bindings: Mapping[str, str]
) -> bool:
    if (part.place, part.name) != (other.place, other.name):
        return False
    if part.value in drawn:
        free = part.name in MADE_BY_CLIENTS or other.value not in known
        return free and bindings.get(part.value, other.value) == other.value
    return part.value == other.value or (part.name == "code_challenge" and _challenges(part.value, drawn))


def _challenges(value: str, drawn: AbstractSet[str]) -> bool:
    """Whether it is the challenge to a verifier that was drawn (RFC 7636 §4.2)."""
    return any(
        urlsafe_b64encode(hashlib.sha256(each.encode()).digest()).rstrip(b"=").decode() == value for each in drawn
    )


def _presented(authorization: str) -> Iterator[Part]:
    """What an Authorization header presents; chrome-har writes it twice, and httpx joins both."""
    first, _, second = authorization.partition(", ")
    scheme, _, rest = (first if first == second else authorization).partition(" ")
    if scheme.lower() == "basic":
        client_id, secret = basic(rest)
        yield from (
            Part("basic", scheme, ""),
            Part("basic", "client_id", client_id),
            Part("basic", "client_secret", secret),
        )
    elif authorization:
        yield Part("authorization", scheme.lower(), rest)


def _telling(headers: httpx.Headers, url: httpx.URL) -> Iterator[Part]:
    """Headers that make another request of one: a proof of possession (RFC 9449), and a host that is another one's."""
    if "dpop" in headers:
        yield Part("header", "dpop", headers["dpop"])
    if headers.get("host", "") not in {"", url.netloc.decode("ascii"), url.host}:
        yield Part("header", "host", headers["host"])


def _body(content_type: str, body: bytes) -> Iterator[Part]:
    if content_type.lower().startswith(_FORM):
        yield from (Part("form", name, value) for name, value in _pairs(body))
    elif body:
        yield Part("body", content_type.lower(), body.decode("utf-8", "replace"))


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    return parse_qsl(encoded.decode("utf-8", "replace"), keep_blank_values=True)
