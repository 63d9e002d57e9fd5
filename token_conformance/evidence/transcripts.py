"""The transcripts that more than one suite judges."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.evidence.login import Login
from token_conformance.evidence.token_response import TokenResponse


@dataclass(frozen=True)
class Refreshed:
    """A login and one refresh of it."""

    login: Login
    response: TokenResponse
