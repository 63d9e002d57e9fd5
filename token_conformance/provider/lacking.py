"""What to say where a token is needed that nobody handed over."""

from __future__ import annotations

from collections.abc import Sequence

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange


def present(value: str | None, kind: str, exchanges: Sequence[Exchange]) -> str:
    """The token; where there is none, the answer before tells why by its own words.

    Raises:
        Inconclusive: there is no token.

    """
    if value is not None:
        return value
    last = TokenResponse(exchanges[-1]) if exchanges and exchanges[-1].answer is not None else None
    failed = last is not None and not last.accepted and (last.refused or last.exchange.response.status >= 500)
    refused = f", {last} to {last.exchange}," if failed and last is not None else ""
    raise Inconclusive(f"there is no {kind}: the answer before{refused} did not hand one over")
