"""The transcripts that more than one suite judges."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance.evidence.login import Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class Refreshed:
    """A login and one refresh of it."""

    login: Login
    response: TokenResponse


@dataclass(frozen=True)
class TwoLogins:
    """Reuse in one login, and a refresh in another one of the same user."""

    login: Login
    first: TokenResponse
    reuse: TokenResponse
    other_login: Login
    other: TokenResponse


@dataclass(frozen=True)
class Publication:
    """The metadata that was found, and what stands where RFC 8414 has it: before the issuer's path, or behind it."""

    issuer: str
    found: Exchange
    inserted: Exchange
    appended: Exchange | None

    @property
    def of_rfc8414(self) -> Exchange | None:
        """The metadata that is published as RFC 8414 has it, wherever they stand; None where there are none."""
        places = (self.inserted, self.appended)
        return next((each for each in places if each is not None and published(each)), None)


def has_path(issuer: str) -> bool:
    """Whether it matters where the well-known segment stands."""
    return urlsplit(issuer).path.strip("/") != ""


def published(exchange: Exchange) -> bool:
    """Whether metadata stands there."""
    return exchange.answer is not None and exchange.answer.status == 200 and "issuer" in exchange.members
