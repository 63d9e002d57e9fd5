"""Whether a code or token is alive when it is presented: known to be dead, known to live, or nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.judging.refusal import LATENESS
from token_conformance.oracle import limits
from token_conformance.oracle.events import Event
from token_conformance.oracle.judgements import Excuse, Offence
from token_conformance.oracle.policy import LEAST_CODE_LIFE, LEAST_LIFE
from token_conformance.oracle.tokens import Credential, Fate, Incident
from token_conformance.oracle.world import World

EARLY = 45.0
"""Seconds before its end from which a token need not work any more: clocks differ, and lives are told in round numbers."""


def deaths(token: Credential, event: Event) -> Iterator[Offence]:
    """What a server violates that accepts a token which is dead for certain, one for each thing that has ended it."""
    for blow in token.deadly(event):
        if blow.requirement is not None:
            yield Offence(blow.requirement, f"{token} was accepted after it {blow.told}", (blow.event,))


def outlived(token: Credential, event: Event) -> bool:
    """Whether the time of a token has passed for certain, by the clock of anybody."""
    return token.ends is not None and event.begin > token.ends + LATENESS


def excuse(world: World, token: Credential, event: Event, base: str) -> Excuse | Offence:
    """Why a token may be refused which nothing is wrong with otherwise; or what a server violates that refuses it.

    What befell it last, and should have left it alone, is what a refusal is put down to: of what befell other sessions,
    rather one of the same user and client; without any it is `base`.
    """
    blows = [blow for blow in token.blows if blow.event is not event]
    dead = next((blow for blow in blows if blow.fate_at(event) is Fate.DIES), None)
    if dead is not None:
        return Excuse(f"{token} {dead.told}", certain=True)
    if outlived(token, event):
        return Excuse(f"the life of {token} is over", certain=True)
    doubt = next((blow.told for blow in blows if blow.fate_at(event) is Fate.MAY_DIE), None)
    doubt = f"{token} {doubt}, and may have died of it" if doubt else _doubt(world, token, event)
    if doubt is not None:
        return Excuse(doubt)
    return _blamed(world, token, event, base)


def _doubt(world: World, token: Credential, event: Event) -> str | None:
    """What may have ended a token beside what befell itself."""
    if not world.policy.whole and (gap := world.policy.learned.gap) is not None:
        return f"the recording does not hold everything: what {gap.id} presents was handed over elsewhere"
    if token.age(event) < world.policy.minimum_age:
        return f"{token} is not {world.policy.minimum_age:.0f} s old"
    if token.age(event) >= _safe(world, token):
        return f"{token} is {token.age(event):.0f} s old, and nobody knows whether it lives that long"
    if rivals := world.rivals(event, token):
        return f"at the same time {rivals[0].id} was under way with the same session"
    harmful = next((each for each in _others(world, token, event) if _may_reach(world, each, token)), None)
    if harmful is not None:
        return f"{harmful.told}, which may have ended {token}"
    if limits.may_have_ended(world, token, event):
        return f"a later login may have ended {token}, which nobody has seen a session outlive"
    return None


def _safe(world: World, token: Credential) -> float:
    """The seconds for which a token lives for certain."""
    if token.kind == "refresh token":
        shown = max(LEAST_LIFE, world.policy.learned.ages[token.client_id])
        return token.life - EARLY if token.life is not None and token.life > 2 * EARLY else shown
    if token.kind == "code":
        life = world.policy.code_life or LEAST_CODE_LIFE
        return min(life, LEAST_CODE_LIFE)
    return token.life - EARLY if token.life is not None and token.life > 2 * EARLY else (token.life or 0.0) / 2


def _others(world: World, token: Credential, event: Event) -> Iterator[Incident]:
    """What befell other families while a token lived, up to an event."""
    for incident in world.incidents:
        later = incident.event.end > token.given.begin and incident.event.begin < event.end
        if later and incident.family is not token.family and incident.event is not event:
            yield incident


def _same(world: World, incident: Incident, token: Credential) -> bool:
    """Whether it befell a session that may be of the same user at the same client."""
    other, own = incident.family, token.family
    if other is None or other.client_id is None:
        return True
    return own.client_id == other.client_id and world.same_user(own, other) is not False


def _may_reach(world: World, incident: Incident, token: Credential) -> bool:
    """Whether a server may let it end sessions of the same user and client, too, as far as none is known to outlive it."""
    spared = (token.family.client_id, incident.kind) in world.policy.learned.spared
    return bool(incident.kind) and not spared and _same(world, incident, token)


def _blamed(world: World, token: Credential, event: Event, base: str) -> Offence:
    blows = [blow for blow in token.blows if blow.blamed_at(event) is not None and blow.event is not event]
    others = [each for each in _others(world, token, event) if each.requirement is not None]
    found: list[tuple[bool, Event, str, str]] = [
        *((True, blow.event, blow.blamed_at(event) or base, f"{token} {blow.told}") for blow in blows),
        *((_same(world, each, token), each.event, each.requirement or base, each.told) for each in others),
    ]
    if not found and token.kind == "refresh token" and token.age(event) > LEAST_LIFE and token.life is not None:
        told = f"{token} was refused after {token.age(event):.0f} s, and is documented to live longer"
        return Offence("refresh-token-lifetime-as-documented", told, (token.given,))
    if not found:
        return Offence(base, f"{token} was refused, although nothing had befallen it")
    _, culprit, requirement, told = max(found, key=lambda each: (each[0], each[1].end))
    return Offence(requirement, f"{token} was refused, and nothing explains it but that {told}", (culprit,))
