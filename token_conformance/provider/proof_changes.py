"""Proofs that differ from the right one in one part each: wrong ones, unusual ones, and those of other clocks."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from token_conformance.provider.dpop import Change, Proof, hash_of

HOUR = 3600

WRONG: Mapping[str, Change] = {
    "typ-absent": lambda proof: proof.headed(typ=None),
    "typ-other": lambda proof: proof.headed(typ="JWT"),
    "alg-absent": lambda proof: proof.headed(alg=None),
    "alg-none": Proof.unsigned,
    "alg-symmetric": Proof.symmetric,
    "signature-forged": Proof.forged,
    "jwk-absent": lambda proof: proof.headed(jwk=None),
    "jwk-private": Proof.with_private_key,
    "jti-absent": lambda proof: proof.claiming(jti=None),
    "htm-absent": lambda proof: proof.claiming(htm=None),
    "htm-other": lambda proof: proof.claiming(htm="PUT"),
    "htu-absent": lambda proof: proof.claiming(htu=None),
    "htu-other-path": lambda proof: proof.claiming(htu=f"{proof.claims['htu']}/other"),
    "htu-other-host": lambda proof: proof.claiming(htu=at_another_host(proof.claims["htu"])),
    "iat-absent": lambda proof: proof.claiming(iat=None),
    "iat-text": lambda proof: proof.claiming(iat="now"),
    "two-proofs": Proof.twice,
}
"""Proofs that are wrong in one part, in a way that nobody may tolerate."""

MISTIMED: Mapping[str, Change] = {
    "old": lambda proof: proof.later(-HOUR),
    "future": lambda proof: proof.later(HOUR),
}
"""Proofs of another hour; a server that gives out nonces may leave iat alone (RFC 9449 §4.3, number 11)."""

WITH_PARTS: Mapping[str, Change] = {
    "htu-with-query": lambda proof: proof.claiming(htu=f"{proof.claims['htu']}?a=b"),
    "htu-with-fragment": lambda proof: proof.claiming(htu=f"{proof.claims['htu']}#part"),
}
"""Proofs with parts of an address that clients leave away (RFC 9449 §4.2) and servers ignore (§4.3, number 9)."""

RIGHT: Mapping[str, Change] = {
    "further-claims": lambda proof: proof.claiming(exp=proof.claims["iat"] + 60, further={"claim": True}),
}
"""Proofs that are unusual and good."""

NORMALIZED: Mapping[str, Change] = {
    "host-in-capitals": lambda proof: proof.claiming(htu=in_capitals(proof.claims["htu"])),
    "default-port": lambda proof: proof.claiming(htu=with_default_port(proof.claims["htu"])),
}
"""The same address, written otherwise (RFC 3986 §6.2.2 and §6.2.3)."""

OF_THE_TOKEN: Mapping[str, Change] = {
    "ath-absent": lambda proof: proof.claiming(ath=None),
    "ath-other": lambda proof: proof.claiming(ath=hash_of("another-access-token")),
}
"""Proofs that were not made for the access token."""

NONCES: Mapping[str, Change] = {
    "nonce-other": lambda proof: proof.claiming(nonce="a-nonce-that-nobody-gave-out"),
    "nonce-absent": lambda proof: proof.claiming(nonce=None),
}
"""Proofs without the nonce that was demanded."""

CLOCKS: Mapping[str, Change] = {
    "8-seconds-ahead": lambda proof: proof.later(8),
    "90-seconds-ahead": lambda proof: proof.later(90),
}
"""Proofs of clients whose clock is ahead."""


def with_used_jti(jti: str) -> Change:
    """A proof with a jti that was used before, and with a query in its address."""
    return lambda proof: WITH_PARTS["htu-with-query"](proof).claiming(jti=jti)


def at_another_host(url: str) -> str:
    """The same path at a host that the provider has nothing to do with."""
    return urlsplit(url)._replace(netloc="other.example").geturl()


def in_capitals(url: str) -> str:
    """The address with its host in capitals, which mean the same."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.upper()).geturl()


def with_default_port(url: str) -> str:
    """The address with the port that goes without saying, where it has none."""
    parts = urlsplit(url)
    port = {"https": 443, "http": 80}.get(parts.scheme)
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl() if parts.port is None else url
