"""Lets the time pass in which a used refresh token may go on working: some seconds, or until what replaced it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from token_conformance.evidence.login import Login
from token_conformance.evidence.rotation import USUAL_GRACE, grace_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider.provider import Provider
from token_conformance.verdict import NotJudged


@dataclass(frozen=True)
class Again:
    """The answers to a used refresh token once what replaced it was used, and as time passed after that.

    `waited` tells that every usual grace was over when the last one came. `newest` has the newest tokens.
    """

    answers: tuple[TokenResponse, ...]
    waited: bool
    newest: TokenResponse


async def outlast_grace(provider: Provider, login: Login, handed_over: Sequence[TokenResponse]) -> TokenResponse:
    """Let the documented grace of the login's refresh token pass; give the answer that holds the newest tokens.

    `handed_over` are the answers in which tokens came for it, in order.
    """
    grace = grace_of(provider.profile)
    if grace.until_used:
        return await use(provider, login, handed_over)
    if grace.seconds:
        await provider.clock.wait(grace.seconds + 1)
    return handed_over[-1]


async def use(provider: Provider, login: Login, handed_over: Sequence[TokenResponse]) -> TokenResponse:
    """Use all access tokens at the resource, if there is one, and the newest refresh token; give the newest answer."""
    for answer in handed_over:
        try:
            await provider.resource(answer.access_token)
        except NotJudged:
            break
    renewed = await provider.refresh(_newest(login, handed_over), client=login.client)
    return renewed if renewed.accepted else handed_over[-1]


async def present_again(provider: Provider, login: Login, handed_over: Sequence[TokenResponse]) -> Again:
    """Present the login's refresh token until it is refused: once what replaced it was used, and after any usual grace."""
    newest = await use(provider, login, handed_over)
    answers = [await provider.refresh(login.refresh_token, client=login.client)]
    passed, waited = 0.0, not answers[-1].accepted
    for moment in _moments(provider) if answers[-1].accepted else ():
        try:
            await provider.clock.wait(moment - passed)
        except NotJudged:
            break
        answers.append(await provider.refresh(login.refresh_token, client=login.client))
        passed, waited = moment, moment == USUAL_GRACE or not answers[-1].accepted
        if not answers[-1].accepted:
            break
    return Again(tuple(answers), waited, newest)


def _moments(provider: Provider) -> tuple[float, ...]:
    """When the used token is presented, in seconds: after the grace that was seen before, and after every usual one."""
    grant = provider.profile.grants.refresh_token
    seen = grant.reuse_grace.likely if grant is not None else None
    earlier = isinstance(seen, int) and 0 < seen + 1 < USUAL_GRACE
    return (*((seen + 1,) if isinstance(seen, int) and earlier else ()), USUAL_GRACE)


def _newest(login: Login, handed_over: Sequence[TokenResponse]) -> str | None:
    held = (answer.refresh_token for answer in reversed(handed_over))
    return next((token for token in held if token is not None), login.refresh_token)
