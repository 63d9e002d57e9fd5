"""Whether the sessions of a user at a client live side by side, which decides how a live run is dealt out."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.models import Profile
from token_conformance.provider import Provider
from token_conformance.running.scenario import Scenario
from token_conformance.running.stages import BY_LOGIN, Sessions
from token_conformance.wire.connection import ServerKind

FEWEST_LOGINS = 5
"""A run that is allowed fewer logins has none to spare for the question."""

ONE_SESSION = (
    "the provider keeps one session for each user and client: a login ends the refresh token of the one before; "
    "scenarios log in afresh, one at a time"
)


@dataclass(frozen=True)
class SideBySide:
    """A refresh in the older of two logins from two browsers, and one in the newer."""

    older: TokenResponse
    newer: TokenResponse

    @property
    def sessions(self) -> Sessions:
        """Whether the second login has ended the session of the first, as a provider may have it.

        The newer refresh, which differs in its token alone, is the control, so that any refusal will do: what a dead
        token is called is another fact.
        """
        if self.older.exchange.answer is None or self.newer.exchange.answer is None or not self.newer.accepted:
            return "unknown"
        if self.older.accepted:
            return "several"
        return "one" if self.older.refused else "unknown"


async def two_sessions(provider: Provider) -> SideBySide:
    """Log in from two browsers, and refresh in both sessions; the second one is left alive."""
    first = await provider.login()
    provider.forget_browser()
    second = await provider.login()
    older = await provider.refresh(first.refresh_token, client=first.client)
    return SideBySide(older, await provider.refresh(second.refresh_token, client=second.client))


SIDE_BY_SIDE = Scenario("side_by_side", two_sessions, ("login", "refresh"))


def worth_asking(kind: ServerKind, profile: Profile, scenarios: list[Scenario]) -> bool:
    """Whether a run has several sessions, of which one could end another."""
    holding = [each for each in scenarios if BY_LOGIN & set(each.needs)]
    allowed = not profile.login.seeded and profile.limits.max_logins >= FEWEST_LOGINS
    return kind == "live" and allowed and profile.grants.refresh_token is not None and len(holding) > 1
