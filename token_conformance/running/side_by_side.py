"""Whether the sessions of a user at a client live side by side, and what they outlive: it decides how a live run is dealt out."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Profile
from token_conformance.provider import Login, Provider
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.stages import BY_LOGIN, Sessions, Stage, acts_for_user, stages
from token_conformance.verdict import Inconclusive, NotJudged
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange

FEWEST_LOGINS = 5
"""A run that is allowed fewer logins has none to spare for the question."""

ENOUGH_LOGINS = 20
"""A run that is allowed fewer logins has none to spare for the question what a session outlives."""

WORTH_IT = 3
"""Scenarios that reach every token of their user, for fewer of which the question takes longer than they do."""

LONG_ENOUGH = 600
"""Seconds that a refresh token must live, as far as its life is known, so that it is not its age that a session ends by."""

ONE_SESSION = (
    "the provider keeps one session for each user and client: a login ends the refresh token of the one before; "
    "scenarios log in afresh, one at a time"
)

NEIGHBOURS_END = (
    "a session that nobody touched was ended by what ran beside it: whatever could have been ended with it is judged by how "
    "it went once more, alone"
)

UNTOUCHED = "untouched_session"
"""The scenario that shows whether a session which nobody has touched outlived all that ran beside it."""


@dataclass(frozen=True)
class Kept:
    """A session that is left untouched, by its client and its newest refresh token."""

    client: Client
    refresh_token: str | None

    def renewed(self, refresh: TokenResponse) -> Kept:
        """The session after a refresh."""
        return replace(self, refresh_token=refresh.refresh_token or self.refresh_token)


@dataclass(frozen=True)
class SideBySide:
    """A refresh in the older of two logins from two browsers, and one in the newer; the older one, where it was seen to
    outlive what was done in others.
    """

    older: TokenResponse
    newer: TokenResponse
    kept: Kept | None = None

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


@dataclass(frozen=True)
class Neighbours:
    """What is known of sessions beside each other, and the one that was seen to outlive what may end it."""

    sessions: Sessions = "unknown"
    kept: Kept | None = None

    @classmethod
    def seen(cls, outcome: object) -> Neighbours:
        """What the outcome of the scenario that looks for it shows."""
        return cls(outcome.sessions, outcome.kept) if isinstance(outcome, SideBySide) else cls()

    @property
    def noticed(self) -> tuple[str, ...]:
        """What is told of it, where it changes how the run goes."""
        return (ONE_SESSION,) if self.sessions == "one" else ()

    def dealt(
        self, scenarios: Sequence[Scenario], kind: ServerKind, run: Run, *, frugal: bool, in_turn: bool
    ) -> tuple[Stage, ...]:
        """How scenarios are dealt out by that; see `stages`."""
        return stages(
            scenarios,
            kind,
            run.profile,
            sessions=self.sessions,
            outlived=self.kept is not None,
            frugal=frugal,
            in_turn=in_turn,
            foremost=run.foremost,
        )


async def two_sessions(provider: Provider) -> SideBySide:
    """Log in from two browsers, and refresh in both sessions; the second one is left alive."""
    return (await _two_sessions(provider))[-1]


async def _two_sessions(provider: Provider) -> tuple[Login, Login, SideBySide]:
    first = await provider.login()
    provider.forget_browser()
    second = await provider.login()
    older = await provider.refresh(first.refresh_token, client=first.client)
    newer = await provider.refresh(second.refresh_token, client=second.client)
    return first, second, SideBySide(older, newer)


async def outlived_deeds(provider: Provider) -> SideBySide:
    """Log in from two browsers, and refresh in both sessions; log in again from the second, refresh for less than it was granted,
    and revoke and present that session's token; have somebody else present the newest token of the session before it, and the
    used one, the newest and its code come again; then refresh in the session of the first browser, which nobody has touched.
    """
    first, second, found = await _two_sessions(provider)
    if found.sessions != "several":
        return found
    kept = Kept(first.client, first.refresh_token).renewed(found.older)
    third = await provider.login()
    newest = await _narrowed(provider, third)
    await _tried(provider.revoke(newest, client=third.client))
    await _tried(provider.refresh(newest, client=third.client))
    await _tried(_presented_by_another(provider, second, found.newer))
    reuse = await provider.refresh(second.refresh_token, client=second.client)
    await _tried(provider.refresh(found.newer.refresh_token or second.refresh_token, client=second.client))
    if second.authorization is not None:
        await provider.exchange_code(second.authorization)
    after = await provider.refresh(kept.refresh_token, client=kept.client)
    shown = after.exchange.answer is not None and after.accepted and not _in_a_grace(second, found.newer, reuse)
    return replace(found, kept=kept.renewed(after) if shown else None)


async def _narrowed(provider: Provider, login: Login) -> str | None:
    """The newest refresh token after a refresh for the granted scope without offline_access, where it was granted."""
    granted = login.response.scope or frozenset((login.scope or "").split())
    less = granted - {"offline_access"}
    if not less or less == granted:
        return login.refresh_token
    answer = await provider.refresh(login.refresh_token, scope=" ".join(sorted(less)), client=login.client)
    return (answer.refresh_token if answer.exchange.answer is not None else None) or login.refresh_token


async def _tried(deed: Awaitable[Exchange | TokenResponse]) -> None:
    try:
        await deed
    except NotJudged:  # what cannot be done here, no scenario does
        return


async def _presented_by_another(provider: Provider, login: Login, newest: TokenResponse) -> TokenResponse:
    stranger = provider.profile.second_client or unauthenticated(login.client)
    return await provider.refresh(newest.refresh_token or login.refresh_token, client=stranger)


def _in_a_grace(login: Login, refresh: TokenResponse, reuse: TokenResponse) -> bool:
    """Whether a refresh token that was used up works all the same, for a while or until what replaced it is used."""
    rotated = refresh.refresh_token not in {None, login.refresh_token}
    return rotated and (reuse.exchange.answer is None or reuse.accepted)


def untouched_session(kept: Kept | None) -> Scenario:
    """What shows whether a session outlived all that ran beside it."""
    return Scenario(UNTOUCHED, partial(_untouched, kept), SIDE_BY_SIDE.needs)


async def _untouched(kept: Kept | None, provider: Provider) -> TokenResponse:
    """Refresh in a session that nobody has touched."""
    if kept is None:
        raise Inconclusive("no session was left untouched")
    return await provider.refresh(kept.refresh_token, client=kept.client)


SIDE_BY_SIDE = Scenario("side_by_side", two_sessions, ("login", "refresh"))

WITH_DEEDS = replace(SIDE_BY_SIDE, perform=outlived_deeds)


def worth_asking(kind: ServerKind, profile: Profile, scenarios: Sequence[Scenario]) -> Scenario | None:
    """What finds out how sessions live, where a run has several of them, of which one could end another."""
    holding = [each for each in scenarios if BY_LOGIN & set(each.needs)]
    allowed = not profile.login.seeded and profile.limits.max_logins >= FEWEST_LOGINS
    if kind != "live" or not allowed or profile.grants.refresh_token is None or len(holding) < 2:
        return None
    return WITH_DEEDS if _worth_while(profile, holding) else SIDE_BY_SIDE


def _worth_while(profile: Profile, scenarios: Iterable[Scenario]) -> bool:
    """Whether enough could run at once as one user, and a session lasts until it is over."""
    far = [each for each in scenarios if each.tried_out and each.lacking(profile) is None]
    grant, login = profile.grants.refresh_token, profile.login
    lasts = grant is None or (grant.lifetime.likely or LONG_ENOUGH) >= LONG_ENOUGH
    enough = len(far) >= WORTH_IT and profile.limits.max_logins >= ENOUGH_LOGINS
    return enough and lasts and not login.users


def doubtful(outcomes: Mapping[str, Any], beside: Iterable[Scenario], profile: Profile) -> frozenset[str]:
    """The names of the scenarios that somebody beside them may have ended the session of.

    Args:
        outcomes: those of a run, by scenario.
        beside: what ran while one session was left untouched.
        profile: whose sessions they are.

    """
    last = outcomes.get(UNTOUCHED)
    if not isinstance(last, TokenResponse) or last.exchange.answer is None or last.accepted:
        return frozenset()
    return frozenset(each.name for each in beside if acts_for_user(each, profile))
