"""A token request before it is written, so that it can be changed part by part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from token_conformance.profile.client import Client
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import Credentials
from token_conformance.provider.spelling import FORM
from token_conformance.wire.exchange import Headers, Request

Pairs = tuple[tuple[str, str], ...]

OF_CLIENTS = frozenset({"client_id", "client_secret", "client_assertion", "client_assertion_type"})
"""Parameters by which a client is known."""

LARGEST = 150_000
"""Bytes of a body; nothing above 200 kB leaves anyway."""

LONGEST_ADDRESS = 40_000
"""Characters of an address, beyond which no HTTP client sends it."""


def as_form(pairs: Pairs) -> bytes:
    """The parameters as RFC 6749 §3.2 wants them."""
    return form_encoded(pairs).encode()


@dataclass(frozen=True)
class Draft:
    """A request of a client, whose parameters go by the body, or by the query, with a raw piece of a form behind them.

    `query` are parameters that stand in the query in any case. `others` are the profile's further clients, `targets` the
    resources that it documents. `changed` are the parts that were changed, each of which is changed once;
    `told` says in words what was changed.
    """

    client: Client
    pairs: Pairs
    proof: Credentials = field(default_factory=Credentials)
    others: tuple[Client, ...] = ()
    targets: tuple[str, ...] = ()
    method: str = "POST"
    headers: Headers = FORM
    query: Pairs = ()
    raw: bytes = b""
    encoded: Callable[[Pairs], bytes] = as_form
    in_query: bool = False
    changed: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()

    @property
    def form(self) -> Pairs:
        """All parameters, those by which the client is known among them."""
        return (*self.pairs, *self.proof.parameters)

    @property
    def by_basic(self) -> bool:
        """Whether the client authenticates by HTTP Basic."""
        return any(value.startswith("Basic ") for _, value in self.proof.headers)

    def has(self, name: str) -> bool:
        """Whether it has a parameter."""
        return any(key == name for key, _ in self.form)

    def value(self, name: str) -> str:
        """The value of a parameter; empty where there is none."""
        return dict(self.form).get(name, "")

    def change(self, part: str, told: str, *, beside: str | None = None, **parts: object) -> Self | None:
        """The request with a part changed, and another one `beside` it.

        None where one of them was changed before, so that no change undoes another.
        """
        touched = {"authentication" if each in OF_CLIENTS else each for each in (part, beside) if each is not None}
        if touched & self.changed:
            return None
        known: dict[str, object] = {"changed": self.changed | touched, "told": (*self.told, told), **parts}
        return replace(self, **known)  # type: ignore[arg-type]  # each part has its kind where it is made

    def adding(self, name: str, value: str, told: str) -> Self | None:
        """The request with a further parameter."""
        return self.change(name, told, pairs=(*self.pairs, (name, value)))

    def without(self, name: str) -> Pairs:
        """The pairs but for a parameter."""
        return tuple(pair for pair in self.pairs if pair[0] != name)

    def written(self, address: str) -> Request | None:
        """The request to an address as it leaves; None where it is too large for any."""
        query = form_encoded((*self.query, *(self.form if self.in_query else ())))
        url = f"{address}{'&' if '?' in address else '?'}{query}" if query else address
        body = b"" if self.in_query else self.encoded(self.form) + self.raw
        if len(body) > LARGEST or len(url) > LONGEST_ADDRESS:
            return None
        return Request(self.method, url, (*self.headers, *self.proof.headers), body, self.proof.certificate)
