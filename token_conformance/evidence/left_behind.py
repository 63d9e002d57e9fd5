"""What a run leaves behind at the provider: the refresh tokens that it got and that may still work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from token_conformance.evidence.facts.observed import LOGINS, Attempt, Observed
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class LeftBehind:
    """A refresh token, and the client that it was handed over to."""

    refresh_token: str
    client_id: str


def left_behind(exchanges: Iterable[Exchange]) -> tuple[LeftBehind, ...]:
    """The newest refresh tokens of the logins that a run did itself, but for those that were refused as spent.

    What descends from a session that was there before, such as a stored one, is none of them.
    """
    living: dict[str, str] = {}
    ours: set[str] = set()
    for attempt in Observed(tuple(exchanges)).attempts:
        handed = attempt.response.refresh_token if attempt.response.accepted else None
        if attempt.presented in living and _is_spent(attempt, handed, living[attempt.presented or ""]):
            del living[attempt.presented or ""]
        if handed is not None and (attempt.grant_type in LOGINS or attempt.presented in ours):
            living[handed] = attempt.client_id
            ours.add(handed)
    return tuple(LeftBehind(token, client_id) for token, client_id in living.items())


def _is_spent(attempt: Attempt, handed: str | None, owner: str) -> bool:
    """Whether a token that was presented has been replaced, or was refused to its own client."""
    replaced = handed not in {None, attempt.presented}
    refused = attempt.response.refused and attempt.response.error == "invalid_grant" and attempt.client_id == owner
    return replaced or refused
