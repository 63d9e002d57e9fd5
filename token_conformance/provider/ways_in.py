"""The ways in which a client may get in: as it is registered, or as servers want it that read RFC 6749 §2.3.1 otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol
from urllib.parse import quote, quote_plus

from token_conformance.profile.client import Client
from token_conformance.provider.client_authentication import (
    Credentials,
    basic,
    certificate_of,
    credentials,
    identified,
    post,
)

Audience = Literal["token_endpoint", "issuer", "endpoint_asked"]
"""Whom an assertion is for (RFC 7523 §3)."""

AUDIENCES: dict[Audience, str] = {
    "token_endpoint": "the token endpoint",
    "issuer": "the issuer",
    "endpoint_asked": "the endpoint that is asked",
}


@dataclass(frozen=True)
class Way:
    """How a client's requests are authenticated; `peculiar` says what is unusual in it, and is empty where nothing is.

    `encoded` is what becomes of id and secret in HTTP Basic, `named` whether client_id stands in the form beside it, or
    beside an assertion.
    """

    peculiar: str = ""
    encoded: Callable[[str], str] = quote_plus
    named: bool = False
    in_the_form: bool = False
    audience: Audience | None = None

    def credentials(self, client: Client) -> Credentials:
        """What a request of a client carries that does not sign assertions.

        Raises:
            Inconclusive: its method is not implemented.

        """
        if client.authentication != "client_secret_basic":
            return credentials(client)
        return replace(self._of_basic(client), certificate=certificate_of(client))

    def _of_basic(self, client: Client) -> Credentials:
        return post(client) if self.in_the_form else self.by_basic(client)

    def by_basic(self, client: Client) -> Credentials:
        """HTTP Basic as this way has it, whatever the client is registered for."""
        proof = basic(client, self.encoded)
        return replace(proof, parameters=identified(client).parameters) if self.named else proof

    @property
    def decodes(self) -> bool:
        """Whether id and secret are sent form-encoded by HTTP Basic (RFC 6749 §2.3.1)."""
        return self.encoded is quote_plus and not self.in_the_form


class Ways(Protocol):
    """Knows how each client gets in; see `token_conformance.provider.admission`."""

    async def way(self, client: Client, endpoint: str = "token_endpoint") -> Way:
        """The way of a client at an endpoint by its name in RFC 8414 §2.

        Raises:
            Inconclusive: the client is known not to be let in.

        """
        ...

    async def barred(self, client: Client) -> str | None:
        """Why a client may not ask in its own name (RFC 6749 §4.4), where that is known."""
        ...


AS_REGISTERED = Way()


@dataclass(frozen=True)
class Always:
    """Has every client get in by one way, as it is registered if nothing else is said, and asks nobody."""

    by: Way = AS_REGISTERED

    async def way(self, client: Client, endpoint: str = "token_endpoint") -> Way:  # noqa: ARG002 - alike everywhere
        """That one."""
        return self.by

    async def barred(self, client: Client) -> str | None:  # noqa: ARG002 - nobody is
        """Nobody is."""
        return None


def ways_of(client: Client) -> tuple[Way, ...]:
    """The ways to try at the token endpoint, the registered one first."""
    if client.authentication == "client_secret_basic":
        return _ways_of_basic(client)
    return _ways_of_assertions(client) if client.asserts else (AS_REGISTERED,)


def ways_at_others(client: Client, *, named: bool = False) -> tuple[Way, ...]:
    """The ways of a client that signs assertions to try at another endpoint than that of tokens; with client_id beside
    them where that endpoint wants it there.
    """
    ways = _audiences(client, "endpoint_asked", "issuer", "token_endpoint")
    return tuple(replace(way, named=named) for way in ways)


def _ways_of_assertions(client: Client) -> tuple[Way, ...]:
    alone = _audiences(client, "token_endpoint", "issuer")
    beside = "assertions work only with client_id beside them, which is unnecessary (RFC 7521 §4.2)"
    named = [replace(way, named=True, peculiar="; ".join(filter(None, (beside, way.peculiar)))) for way in alone]
    return (*alone, *named)


def altered_by_encoding(client: Client) -> bool:
    """Whether the form encoding changes id or secret, so that a server which does not decode them refuses the client."""
    return any(quote_plus(part) != part for part in (client.client_id, client.client_secret or ""))


def _audiences(client: Client, *audiences: Audience) -> list[Way]:
    """Assertions for each audience; the documented issuer comes first."""
    ordered = sorted(audiences, key=lambda audience: audience != "issuer") if _for_issuer(client) else list(audiences)
    usual = Way(audience=ordered[0])
    return [usual, *(_for_another(audience, than=ordered[0]) for audience in ordered[1:])]


def _for_issuer(client: Client) -> bool:
    return client.assertion_audience == "issuer"


def _for_another(audience: Audience, *, than: Audience) -> Way:
    return Way(f"assertions work with {AUDIENCES[audience]} as aud, and not with {AUDIENCES[than]}", audience=audience)


def _ways_of_basic(client: Client) -> tuple[Way, ...]:
    encodings = [Way()]
    if altered_by_encoding(client):
        encodings.append(Way("with id and secret as they are, not form-encoded (RFC 6749 §2.3.1)", encoded=str))
    if " " in f"{client.client_id}{client.client_secret}":
        encodings.append(Way("with a blank written %20, not + (RFC 6749 §2.3.1)", encoded=lambda part: quote(part, "")))
    beside = "with client_id beside it in the form"
    named = [replace(way, named=True, peculiar=" and ".join(filter(None, (way.peculiar, beside)))) for way in encodings]
    only = [replace(way, peculiar=f"client_secret_basic works only {way.peculiar}") for way in (*encodings[1:], *named)]
    in_the_form = Way("client_secret_basic is refused, and the secret in the form accepted", in_the_form=True)
    return (encodings[0], *only, in_the_form)
