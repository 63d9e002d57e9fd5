"""The provider as a client sees it that wants its tokens bound to a key (RFC 9449)."""

from __future__ import annotations

import re

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider.dpop import Prover, demands_nonce, known_algorithm
from token_conformance.provider.provider import Provider
from token_conformance.verdict import NotApplicable
from token_conformance.wire.exchange import Exchange

NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 9449 §8.1."""


async def binding(provider: Provider) -> tuple[Provider, Prover]:
    """The provider with proofs at each request, and what makes them.

    Raises:
        NotApplicable: neither the profile nor the metadata (RFC 9449 §5.1) says that the provider supports DPoP, or
            the profile binds the tokens of our client to its certificate instead.

    """
    if provider.prover is not None:
        return provider, provider.prover
    if provider.profile.binds_to_certificate:
        raise NotApplicable("the tokens of the profile's client are bound to its certificate, and need no other key")
    algorithm = known_algorithm(provider.profile.tokens.dpop_algorithm, await _listed_algorithms(provider))
    if algorithm is None:
        raise NotApplicable("neither the profile nor the metadata says that the provider supports DPoP")
    prover = provider.new_prover(algorithm)
    return provider.proving(prover), prover


def bound(provider: Provider, response: TokenResponse) -> TokenResponse:
    """The response, where it may be expected that its token is bound to a key.

    Raises:
        NotApplicable: the provider elects to issue bearer tokens (RFC 9449 §5), as it may where DPoP is not required.

    """
    elects = response.accepted and (response.token_type or "").lower() == "bearer"
    if elects and provider.profile.dpop != "required":
        raise NotApplicable("the provider issues bearer tokens to our client, with a proof too, as RFC 9449 §5 allows")
    return response


def demand(provider: Provider, url: str) -> Exchange | None:
    """The first answer at an address that has demanded a nonce of this scenario so far; None where none has.

    What counts is a demand of good proofs: some servers demand one of proofs alone that were made too long ago.
    """
    return next((each for each in provider.wire.exchanges if each.request.url == url and demands_nonce(each)), None)


def nonce_in(demand: Exchange | None) -> str:
    """The nonce that a demand gave out.

    Raises:
        NotApplicable: there is no demand.
        AssertionError: it gave out none, or several, or one of characters that RFC 9449 §8.1 does not allow.

    """
    if demand is None:
        raise NotApplicable("no nonce is demanded for proofs")
    given = [value for name, value in demand.response.headers if name.lower() == "dpop-nonce"]
    assert len(given) == 1, f"the demand for a nonce has {len(given)} headers DPoP-Nonce"
    assert NONCE.fullmatch(given[0]), f"the nonce that is given out is {given[0]!r}"
    return given[0]


async def _listed_algorithms(provider: Provider) -> object:
    if provider.profile.server.issuer is None:
        return None
    metadata = await provider.metadata()
    return metadata.members.get("dpop_signing_alg_values_supported") if metadata.answer is not None else None
