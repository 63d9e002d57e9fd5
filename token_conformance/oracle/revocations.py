"""Revocation (RFC 7009): which tokens are dead after it, and which have to live on."""

from __future__ import annotations

from token_conformance.oracle.events import Event, NoDecision, Revocation, Served
from token_conformance.oracle.judgements import Offence
from token_conformance.oracle.tokens import Blow, Credential, Fate, Incident
from token_conformance.oracle.world import World

REFRESH_TOKEN, ACCESS_TOKEN = "rfc7009-2-refresh-token-revoked", "rfc7009-2-access-token-revoked"
OF_REFRESH_TOKEN, OF_ACCESS_TOKEN = "revocation of a refresh token", "revocation of an access token"
WITH_IT, HINT = "rfc7009-2.1-refresh-kills-access", "rfc7009-2.1-hint"


def offence(world: World, event: Event, asked: Revocation, token: Credential) -> Offence | None:
    """What is wrong with the answer to a revocation."""
    if isinstance(event.answered, Served):
        told = f"the revocation of {token} was answered as done, though its client did not prove who it is"
        return Offence("rfc7009-2.1-client-authentication", told) if asked.asker.failed else None
    mine = asked.asker.proved and asked.asker.client_id == token.client_id and not asked.peculiar
    if not mine or token.kind != "refresh token":
        return None
    learned = world.policy.learned
    if isinstance(event.answered, NoDecision):
        told = f"{event.answered.why}, as to each revocation"
        return Offence(REFRESH_TOKEN, told) if learned.revocations_fail else None
    if event.refused is not None and event.refused.error in {"invalid_request", "invalid_grant", "invalid_token"}:
        known = "rfc7009-2.2-unknown-token-200" if token.blows else REFRESH_TOKEN
        return Offence(known, f"the revocation of {token} was refused by {event.refused}", (token.given,))
    return None


def learn(world: World, event: Event, asked: Revocation, token: Credential) -> None:
    """What comes of a revocation."""
    mistake = _mistake(asked, token)
    world.policy.learned.revocations += mistake is None and isinstance(event.answered, Served)
    if mistake is not None:
        requirement, told = mistake
        for each in token.family.tokens:
            each.suffers(Blow(event, Fate.LIVES, requirement, told))
    elif not isinstance(event.answered, Served):
        world.policy.learned.failed_revocations += isinstance(event.answered, NoDecision)
        _undone(event, token)
    elif token.kind == "refresh token":
        _end_session(world, event, asked, token)
    elif token.kind == "access token":
        _end_access_token(world, event, asked, token)


def _mistake(asked: Revocation, token: Credential) -> tuple[str | None, str] | None:
    """Why a revocation must do nothing, and what is violated where it does; None where it is right."""
    if asked.spoilt and "POST" not in asked.peculiar:
        queried = "query" in asked.peculiar or "GET" in asked.peculiar
        return "rfc7009-2.1-body-alone" if queried else None, "was named in a revocation that is not in a form"
    if not asked.asker.may_be(token.client_id):
        public = asked.asker.client_id is None or asked.asker.failed
        requirement = "rfc7009-2.1-public-client-id" if public else "rfc7009-2.1-foreign-token"
        return requirement, "was to be revoked by another client"
    if asked.asker.failed:
        return "rfc7009-2.1-client-authentication", "was to be revoked without the client's credentials"
    return None


def _undone(event: Event, token: Credential) -> None:
    """A revocation that was refused, or of which nobody knows."""
    unsupported = event.refused is not None and event.refused.error == "unsupported_token_type"
    fate = Fate.LIVES if unsupported else Fate.MAY_DIE
    for each in token.family.tokens:
        each.suffers(Blow(event, fate, None, "was to be revoked, which was not done"))


def _end_session(world: World, event: Event, asked: Revocation, token: Credential) -> None:
    alive = _is_alive(event, token)
    hinted = asked.hint is not None and asked.hint != "refresh_token"
    unsure = asked.spoilt or asked.asker.hidden or (not asked.asker.proved and asked.asker.client_id is None)
    own = Fate.MAY_DIE if unsure else Fate.DIES
    token.suffers(Blow(event, own, HINT if hinted else REFRESH_TOKEN, "was revoked"))
    for each in token.family.refresh_tokens:
        if each is not token:
            each.suffers(Blow(event, Fate.MAY_DIE, None, f"is of the session of {token}, which was revoked"))
    for each in token.family.access_tokens:
        fate = own if alive and not each.readable and not hinted else Fate.MAY_DIE
        each.suffers(Blow(event, fate, WITH_IT, f"is of the session of {token}, which was revoked"))
    told = f"{token} was revoked"
    world.incidents.append(Incident(event, token.family, "rfc7009-2.1-same-grant", told, OF_REFRESH_TOKEN, alive))


def _is_alive(event: Event, token: Credential) -> bool:
    """Whether nothing has befallen a token that may have ended it."""
    return not any(blow.fate_at(event) is not Fate.LIVES for blow in token.blows)


def _end_access_token(world: World, event: Event, asked: Revocation, token: Credential) -> None:
    alive = _is_alive(event, token)
    hinted = asked.hint is not None and asked.hint != "access_token"
    fate = Fate.MAY_DIE if asked.spoilt or asked.asker.hidden else Fate.DIES
    token.suffers(Blow(event, fate, HINT if hinted else ACCESS_TOKEN, "was revoked"))
    for each in token.family.tokens:
        if each is not token:
            each.suffers(Blow(event, Fate.MAY_DIE, None, f"is of the session of {token}, which was revoked"))
    told = f"{token} was revoked"
    world.incidents.append(Incident(event, token.family, "rfc7009-2.1-same-grant", told, OF_ACCESS_TOKEN, alive))
