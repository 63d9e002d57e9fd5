"""The exchanges of a run as facts are read from them: token requests in order, and the families of refresh tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

from token_conformance.evidence.jwt_reading import read
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.redaction.places import basic
from token_conformance.wire.exchange import Exchange, header

LOGINS = frozenset({"authorization_code", "password", "urn:ietf:params:oauth:grant-type:device_code"})
"""The grants by which a user's first tokens come."""

VARYING = frozenset({"client_assertion", "dpop"})
"""Parts of a request that are made anew each time: it is the same request all the same."""


@dataclass(frozen=True)
class Attempt:
    """A token request that was answered."""

    response: TokenResponse
    form: tuple[tuple[str, str], ...]
    client_id: str
    method: str

    @property
    def exchange(self) -> Exchange:
        """The exchange."""
        return self.response.exchange

    def parameter(self, name: str) -> str | None:
        """The value of a parameter of the body, None where it is absent."""
        return next((value for key, value in self.form if key == name), None)

    @property
    def grant_type(self) -> str | None:
        """The `grant_type`."""
        return self.parameter("grant_type")

    @property
    def presented(self) -> str | None:
        """The refresh token that was presented."""
        return self.parameter("refresh_token") if self.grant_type == "refresh_token" else None

    @property
    def at(self) -> datetime:
        """When the request left (UTC)."""
        return self.exchange.started

    @cached_property
    def shape(self) -> tuple[Any, ...]:
        """What two requests have in common that differ in the presented token alone."""
        form = tuple(sorted((key, value) for key, value in self.form if key not in VARYING | {"refresh_token"}))
        request = self.exchange.request
        return (
            request.method,
            request.url,
            self.client_id,
            self.method,
            self.secret,
            self.key,
            form,
            request.certificate,
        )

    @property
    def by_several_methods(self) -> bool:
        """Whether it authenticates its client in more ways than one, so that nobody knows which one worked."""
        given = {name for name, _ in self.form} & {"client_secret", "client_assertion"}
        return len(given) + (self.method == "client_secret_basic") > 1

    @property
    def key(self) -> str | None:
        """The key by which the request's DPoP proof is signed, as JSON (RFC 9449 §4.2); None where it has none."""
        proof = read(header(self.exchange.request.headers, "dpop") or "")
        return json.dumps(proof.header.get("jwk"), sort_keys=True) if proof is not None else None

    @property
    def secret(self) -> str | None:
        """The client's secret as it was sent, by whatever method."""
        return _credentials(self.exchange)[1] or self.parameter("client_secret")


@dataclass
class Family:
    """The refresh tokens of one login, oldest first, and the token requests that presented one of them, in order."""

    login: Attempt
    tokens: list[str] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def proper(self) -> Iterator[Attempt]:
        """The attempts that were made as the first accepted one was: by the same client, in the same way."""
        first = next((each for each in self.attempts if each.response.accepted), None)
        return (each for each in self.attempts if first is not None and each.shape == first.shape)


@dataclass(frozen=True)
class Observed:
    """A run's exchanges; `one_server` tells that the same server, with one clock, answered all scenarios."""

    exchanges: tuple[Exchange, ...]
    one_server: bool = True

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """All token requests that were answered and not put off, in the order in which they left."""
        found = (_attempt(exchange) for exchange in self.exchanges)
        return tuple(sorted((each for each in found if each is not None), key=lambda each: each.at))

    @cached_property
    def accepted(self) -> tuple[Attempt, ...]:
        """Those to which tokens were handed over."""
        return tuple(each for each in self.attempts if each.response.accepted)

    @cached_property
    def logins(self) -> tuple[Attempt, ...]:
        """The answers that hold a user's first tokens."""
        return tuple(each for each in self.accepted if each.grant_type in LOGINS)

    @cached_property
    def refreshes(self) -> tuple[Attempt, ...]:
        """The refreshes that were accepted."""
        return tuple(each for each in self.accepted if each.presented is not None)

    @cached_property
    def codes(self) -> Mapping[str, datetime]:
        """When each code was first presented."""
        return {code: each.at for each in reversed(self.attempts) if (code := each.parameter("code")) is not None}

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """The families of refresh tokens, by the order of their logins."""
        by_token: dict[str, Family] = {}
        families: list[Family] = []
        for attempt in self.attempts:
            handed = attempt.response.refresh_token if attempt.response.accepted else None
            family = by_token.get(attempt.presented or "")
            if family is not None:
                family.attempts.append(attempt)
            elif handed is not None and attempt.grant_type in LOGINS and handed not in by_token:
                family = Family(attempt)
                families.append(family)
            if family is not None and handed is not None and handed not in by_token:
                family.tokens.append(handed)
                by_token[handed] = family
        return tuple(families)

    @cached_property
    def at_resources(self) -> tuple[tuple[str, Exchange], ...]:
        """The access tokens that were used at a resource, each with its exchange, in order."""
        return tuple(sorted(_borne(self.exchanges), key=lambda pair: pair[1].started))

    @cached_property
    def introspected(self) -> tuple[tuple[str, Exchange], ...]:
        """The tokens that were introspected with a readable answer, each with its exchange, in order."""
        asked = ((dict(exchange.request.form).get("token"), exchange) for exchange in _answered(self.exchanges))
        told = [(token, each) for token, each in asked if token and isinstance(each.members.get("active"), bool)]
        return tuple(sorted(told, key=lambda pair: pair[1].started))


def _answered(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    return (exchange for exchange in exchanges if exchange.answer is not None and not exchange.put_off)


def _attempt(exchange: Exchange) -> Attempt | None:
    form = exchange.request.form
    if exchange.answer is None or exchange.put_off or "grant_type" not in dict(form):
        return None
    client_id, _, method = _credentials(exchange)
    given = dict(form)
    if not method:
        client_id = given.get("client_id", "")
        method = _method(given)
    return Attempt(TokenResponse(exchange), form, client_id, method)


def _credentials(exchange: Exchange) -> tuple[str, str, str]:
    """Client, secret and method of an Authorization header; empty where there is none of Basic."""
    scheme, _, rest = (header(exchange.request.headers, "authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return "", "", ""
    client_id, secret = basic(rest)
    return unquote_plus(client_id), secret, "client_secret_basic"


def _method(form: dict[str, str]) -> str:
    if "client_assertion" in form:
        return "client_assertion"
    return "client_secret_post" if "client_secret" in form else "none"


def _borne(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, Exchange]]:
    for exchange in _answered(exchanges):
        scheme, _, token = (header(exchange.request.headers, "authorization") or "").partition(" ")
        if scheme.lower() in {"bearer", "dpop"} and token.strip():
            yield token.strip(), exchange
