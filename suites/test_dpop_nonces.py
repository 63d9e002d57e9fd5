"""Nonces that come with what was asked for (RFC 9449 §8.2)."""

import pytest

from token_conformance import NotApplicable, requirement
from token_conformance.evidence.answers import Evidence
from token_conformance.evidence.jwt_reading import read
from token_conformance.provider.dpop import demands_nonce
from token_conformance.wire.exchange import Exchange, header


@pytest.mark.evidence_of("login", "refreshed")
@requirement("rfc9449-8.2-nonce-of-success")
def test_nonce_of_a_success_is_accepted(evidence: Evidence) -> None:
    """A nonce that came with tokens is accepted in the next proof at the token endpoint."""
    given = {nonce for each in evidence.token_responses if (nonce := nonce_of_success(each.exchange))}
    if not given:
        raise NotApplicable("no answer with tokens gives out a nonce")
    used = [each.exchange for each in evidence.token_responses if nonce_of_proof(each.exchange) in given]
    if not used:
        raise NotApplicable("no request of this run used a nonce that came with tokens")
    for exchange in used:
        exchange.response  # noqa: B018 - the answer is this check's evidence
        assert not demands_nonce(exchange), f"{exchange} carries the nonce of a success, and another one is demanded"


def nonce_of_success(exchange: Exchange) -> str | None:
    """The nonce that an answer gives out together with what was asked for."""
    answer = exchange.answer
    return header(answer.headers, "dpop-nonce") if answer is not None and answer.status // 100 == 2 else None


def nonce_of_proof(exchange: Exchange) -> str | None:
    """The nonce of a request's proof."""
    token = read(header(exchange.request.headers, "dpop") or "")
    nonce = token.claims.get("nonce") if token is not None else None
    return nonce if isinstance(nonce, str) else None
