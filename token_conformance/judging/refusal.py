"""What may be held against a server: a refusal counts only beside its control."""

from __future__ import annotations

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.verdict import Inconclusive

LATENESS = 20
"""Seconds after its lifetime in which a token may still work: servers tolerate clocks that differ, often by 15 s."""


def refusal(attempt: TokenResponse, *, control: TokenResponse) -> TokenResponse:
    """Give back `attempt` once it can be judged as a refusal, or as the lack of one.

    Raises:
        Inconclusive: the control, the same request without what is wrong with it, was not accepted; or the
            answer is no decision of the token endpoint (429, 5xx, another server's page, no answer).

    """
    if not control.accepted:
        raise Inconclusive(f"the control was not accepted: {control} to {control.exchange}")
    if not attempt.accepted and not attempt.refused:
        raise Inconclusive(f"neither accepted nor refused: {attempt} to {attempt.exchange}")
    return attempt
