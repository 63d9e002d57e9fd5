"""The refresh of tokens (RFC 6749 §6, RFC 9700 §4.14.2): which refresh token works, for whom, and what it yields."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.judging.refusal import LATENESS
from token_conformance.oracle.events import Event, Granted, TokenRequest
from token_conformance.oracle.judgements import Excuse, Offence
from token_conformance.oracle.lives import excuse, outlived
from token_conformance.oracle.orders import won_too
from token_conformance.oracle.policy import Policy, Reuse
from token_conformance.oracle.tokens import NEVER, Blow, Credential, Fate, Incident
from token_conformance.oracle.world import World

EXPIRED = "rfc6749-expiry-refresh-token"
USED = "was used, and replaced"
OF_SCOPE = ("rfc6749-6-granted-scope-accepted", "rfc6749-6-scope-narrowing-honoured")
"""What a server violates that refuses, for its scope alone, what was granted, or less."""

SLACK = 1.5
"""Seconds before the end of a documented grace in which a used refresh token need not work any more."""


def offences(world: World, event: Event, asked: TokenRequest, token: Credential) -> Iterator[Offence]:
    """What is wrong with a refresh that was accepted, but for what it yields."""
    named, owner = asked.asker.client_id, token.client_id
    if owner is not None and named is not None and named != owner:
        told = f"{token} belongs to client {owner} and was accepted from {named}"
        yield Offence("rfc6749-6-bound-to-client", told, (token.given,))
    yield from _of_keys(asked, token)
    yield from _of_death(world, event, token)
    yield from _of_other_ways(world, event, token)
    yield from _of_a_race(world, event, token)


def _of_keys(asked: TokenRequest, token: Credential) -> Iterator[Offence]:
    if token.key is not None and asked.binding.key != token.key:
        told = f"{token} is bound to a key, and was accepted without a proof by it"
        yield Offence("rfc9449-dpop-required-proof", told, (token.given,))
    if token.certificate is not None and asked.binding.certificate != token.certificate:
        told = f"{token} is bound to a certificate, and was accepted without it"
        yield Offence("rfc8705-4-refresh-token-bound", told, (token.given,))


def _of_death(world: World, event: Event, token: Credential) -> Iterator[Offence]:
    if outlived(token, event):
        told = f"{token} was accepted {token.age(event):.0f} s after it was handed over, when its life was over"
        yield Offence(token.ends_by or EXPIRED, told, (token.given,))
        for refused in token.refusals[-1:]:
            if outlived(token, refused):
                yield Offence("expiry-final", f"{token} had expired, was refused, and is accepted now", (refused,))
    elif token.told_end is not None and event.begin > token.told_end + LATENESS:
        told = f"{token} works {event.begin - token.told_end:.0f} s after the exp that introspection told of it"
        yield Offence("rfc7662-2.2-truth", told, (token.given,))
    for blow in token.deadly(event):
        requirement, told = blow.requirement, f"{token} was accepted after it {blow.told}"
        if blow.told == USED:
            requirement = world.policy.reuse_requirement(token.family.depth - token.generation)
        if requirement is not None:
            yield Offence(requirement, told, (blow.event,))
            return


def _of_other_ways(world: World, event: Event, token: Credential) -> Iterator[Offence]:
    """A used refresh token that works, where another one of the same client was refused sooner (what holds once, holds)."""
    now = reuse_of(event, token)
    known = world.policy.learned.reuses[token.client_id]
    sooner = next((other for other in known if now is not None and other.outdone_by(now)), None)
    if now is not None and sooner is not None:
        told = f"{token} works {now.seconds:.0f} s after its use; another one was refused after {sooner.seconds:.0f} s"
        yield Offence("session-depth", told, (sooner.event,))


def reuse_of(event: Event, token: Credential) -> Reuse | None:
    """The reuse of a refresh token that was replaced and of which nothing else is known; None where it is none."""
    used = token.used_before(event)
    others = [blow for blow in token.blows if blow.told != USED and blow.fate_at(event) is not Fate.LIVES]
    if used is None or others or not token.successors or any(use.end > event.begin for use in token.uses):
        return None
    confirmed = any(each.uses for each in token.successors)
    return Reuse(event, event.begin - used.end, len(token.uses), confirmed)


def _of_a_race(world: World, event: Event, token: Credential) -> Iterator[Offence]:
    """Of two refreshes at once that were accepted, and yield different refresh tokens, one came second."""
    other, policy = won_too(event, world.beside.get(event, ())), world.policy
    if other is None or other.granted is None or event.granted is None or not policy.kills_used:
        return
    yields, before = event.granted.refresh_token, other.granted.refresh_token
    unlike = yields not in {None, token.value, before} and before not in {None, token.value}
    graceless = not policy.documents_grace if policy.tells_grace else policy.learned.graced is False
    if unlike and graceless:
        told = f"{token} was accepted in two refreshes at the same time, with different refresh tokens"
        yield Offence(policy.reuse_requirement_of("rotation-parallel-refresh"), told, (other,))


def refusal(world: World, event: Event, asked: TokenRequest, token: Credential) -> Excuse | Offence:
    """Why a refresh was refused, or what a server violates that refuses it."""
    granted, error = token.family.scope, event.refused.error if event.refused else None
    if not asked.asker.may_be(token.client_id):
        return Excuse("the refresh token is another client's", certain=True)
    if granted is None and asked.scope is not None:
        return Excuse("nobody knows whether the scope was granted")
    if asked.scope is not None and granted is not None and not asked.scope <= granted:
        return Excuse("the scope goes beyond the grant", certain=True)
    if asked.resources and not asked.resources <= token.family.resources:
        return Excuse("the resource is none of the grant's", certain=True)
    if token.key is not None and asked.binding.key != token.key:
        return Excuse("the proof is not by the key that the refresh token is bound to", certain=True)
    if token.certificate is not None and asked.binding.certificate != token.certificate:
        return Excuse("the certificate is not the one that the refresh token is bound to", certain=True)
    judged = excuse(world, token, event, base := _base(asked, token, error))
    if isinstance(judged, Offence) and base in OF_SCOPE:
        told = f"{token} was refused by invalid_scope for {' '.join(sorted(asked.scope or ()))}, which was granted"
        return Offence(base, told, (token.family.begun,))
    return judged


def _base(asked: TokenRequest, token: Credential, error: str | None) -> str:
    """What a server violates that refuses a living refresh token for no reason."""
    if asked.scope is not None and error == "invalid_scope":
        return OF_SCOPE[0] if asked.scope == token.family.scope else OF_SCOPE[1]
    if asked.resources and error == "invalid_target":
        return "rfc8707-2.2-narrowing"
    return "session-chain" if token.generation else "rfc6749-6-refresh-succeeds"


def accepted(
    world: World, event: Event, asked: TokenRequest, given: Granted, token: Credential, successor: Credential | None
) -> None:
    """What comes of a refresh that was accepted: the token is replaced, or stays."""
    policy = world.policy
    token.uses.append(event)
    _ended_by_a_loser(world, event, token)
    _ended_by_use(policy, event, token)
    if given.refresh_token in {None, token.value}:
        fate = Fate.LIVES if asked.scope in {None, token.family.scope} else Fate.MAY_DIE
        token.suffers(Blow(event, fate, "session-no-stranding", "was used, and no other one was handed over"))
        return
    for sibling in token.successors:
        sibling.suffers(Blow(event, Fate.MAY_DIE, None, "was replaced by what a retry handed over"))
    if successor is not None:
        token.successors.append(successor)
    if not policy.kills_used:
        token.suffers(Blow(event, Fate.MAY_DIE, None, USED))
        return
    since = NEVER if policy.until_used else event.end + policy.grace
    spared = since - SLACK if policy.documents_grace else 0.0
    blow = Blow(event, Fate.DIES, policy.reuse_requirement(1), USED, since, spared, "rotation-as-documented")
    token.suffers(blow)


def _ended_by_a_loser(world: World, event: Event, token: Credential) -> None:
    """Of two refreshes at once the one that was refused may have come second, and so have been a reuse."""
    for other in world.beside.get(event, ()):
        if other.begin <= event.begin and other.refused is not None and other.credential == token.value:
            for each in token.family.tokens:
                each.suffers(Blow(other, Fate.MAY_DIE, None, "is of a session in which a token was used twice at once"))


def _ended_by_use(policy: Policy, event: Event, token: Credential) -> None:
    """Where a used refresh token lives until what replaced it is used, that is now."""
    for older in token.family.refresh_tokens:
        if token in older.successors and policy.until_used and policy.kills_used:
            older.suffers(Blow(event, Fate.DIES, policy.reuse_requirement(1), USED))


def refused(world: World, event: Event, asked: TokenRequest, token: Credential) -> None:
    """What comes of a refresh that was refused: an attempt that should do no harm, or reuse, which ends the family."""
    policy, family = world.policy, token.family
    fate, requirement, told = _harm(asked, token, event)
    if told:
        for each in family.refresh_tokens:
            each.suffers(Blow(event, fate, requirement, told))
        return
    reuse = reuse_of(event, token)
    if reuse is not None and not outlived(token, event):
        policy.learned.note_reuse(token.client_id, reuse)
    used = [blow for blow in token.blows if blow.told == USED and blow.fate_at(event) is not Fate.LIVES]
    if not used:
        return
    if policy.learned.graced is None:
        policy.learned.graced = False
    certain = policy.reuse_ends_family and any(blow.fate_at(event) is Fate.DIES for blow in used)
    certain = certain and not outlived(token, event) and not asked.asker.hidden and not _forgotten(event, token)
    ended = "is of a session in which a used refresh token was presented again"
    for each in family.refresh_tokens:
        if each is not token:
            fate = Fate.DIES if certain else Fate.MAY_DIE
            each.suffers(Blow(event, fate, "rfc9700-4.14.2-reuse-revokes-family", ended))
    for each in family.access_tokens:
        each.suffers(Blow(event, Fate.MAY_DIE, None, ended))
    told = f"{token} was presented again after its use"
    world.incidents.append(Incident(event, family, "rotation-family-is-one-grant", told))


def _forgotten(event: Event, token: Credential) -> bool:
    """Whether a server may know no more of a used token than that it is dead: it was revoked by itself after its use."""
    return any(
        blow.told != USED and not blow.of_session and blow.fate_at(event) is not Fate.LIVES for blow in token.blows
    )


def _harm(asked: TokenRequest, token: Credential, event: Event) -> tuple[Fate, str | None, str]:
    """What an attempt that is wrong in itself may do to a session: nothing; empty where it is not wrong."""
    granted = token.family.scope
    if asked.asker.failed:
        return Fate.LIVES, "rfc6749-6-client-authentication-required", "was presented without the client's credentials"
    if not asked.asker.may_be(token.client_id):
        return Fate.LIVES, "rfc6749-6-foreign-use-harmless", "was presented by another client"
    if asked.scope is not None and granted is not None and not asked.scope <= granted:
        return Fate.LIVES, "session-no-stranding", "was presented for more scope than was granted"
    if asked.peculiar and not event.looked_at:
        return Fate.LIVES, None, "was presented in a request that is wrong otherwise"
    if event.refused is not None and event.refused.error in {"invalid_scope", "invalid_target", "use_dpop_nonce"}:
        return Fate.LIVES, "session-no-stranding", f"was refused by {event.refused}"
    return Fate.LIVES, None, ""


def lost(event: Event, token: Credential) -> None:
    """What comes of a refresh of whose answer nobody knows: the token may be used up."""
    for each in token.family.tokens:
        each.suffers(Blow(event, Fate.MAY_DIE, None, "was presented in a request without a decision"))
