"""Introspection (RFC 7662): what is said of a token has to agree with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.evidence.lifetime import TOLERANCE
from token_conformance.evidence.token_response import COUNTABLE
from token_conformance.oracle.events import Event, Introspection, Told
from token_conformance.oracle.judgements import Excuse, Offence
from token_conformance.oracle.lives import excuse, outlived
from token_conformance.oracle.tokens import Credential, Teller
from token_conformance.oracle.world import World

BAD_REQUEST = 400
INACTIVE, TRUTH = "rfc7662-2.2-inactive-shape", "rfc7662-2.2-truth"


def offences_of_active(
    world: World, event: Event, asked: Introspection, told: Told, token: Credential | None
) -> Iterator[Offence]:
    """What is wrong with an answer that calls a token active."""
    if asked.asker.failed:
        yield Offence("rfc7662-2.1-authorization", "introspection told a client that did not prove who it is")
    if token is None:
        if asked.token is not None and world.policy.closed and asked.token not in world.strangers:
            yield Offence(INACTIVE, "introspection calls a token active that was never handed over")
        return
    yield from _of_death(event, token)
    yield from _of_truth(world, event, told, token)
    issuer, own = told.members.get("iss"), world.policy.profile.server.identifier
    if isinstance(issuer, str) and own is not None and issuer != own:
        yield Offence(TRUTH, f"introspection says that {token} was issued by {issuer}", (token.given,))


def offences_of_shape(world: World, event: Event, asked: Introspection) -> Iterator[Offence]:
    """What is wrong with the shape of an answer: whether a token lives is said by true or false, and by no error."""
    if isinstance(event.answered, Told) and not isinstance(event.answered.members.get("active"), bool):
        yield Offence(
            INACTIVE, f"introspection says by {event.answered.members.get('active')!r} whether a token is active"
        )
    known = any(client == asked.asker.client_id for client, _ in world.policy.learned.told_of)
    refused = event.refused is not None and event.refused.status == BAD_REQUEST
    if refused and known and asked.token is not None and asked.asker.proved and not asked.peculiar:
        yield Offence(INACTIVE, f"introspection of a token that is not active is refused by {event.refused}")


def _of_death(event: Event, token: Credential) -> Iterator[Offence]:
    if outlived(token, event):
        yield Offence(INACTIVE, f"introspection calls {token} active, whose life is over", (token.given,))
        return
    for blow in token.deadly(event):
        indirect = token.kind == "access token" and token.readable and "revoked" not in blow.told
        if not indirect:
            outlives = blow.requirement if blow.of_session else None  # then it may well be active, and the answer true
            yield Offence(
                outlives or INACTIVE, f"introspection calls {token} active after it {blow.told}", (blow.event,)
            )
            return


def _of_truth(world: World, event: Event, told: Told, token: Credential) -> Iterator[Offence]:
    client, user = told.members.get("client_id"), told.members.get("sub")
    if isinstance(client, str) and token.client_id is not None and client != token.client_id:
        words = f"introspection says that {token} was issued to {client}, and it was to {token.client_id}"
        yield Offence(TRUTH, words, (token.given,))
    known = next((each.user for each in world.families if each.user == user), None) if user is not None else None
    if known is not None and token.family.user is not None and user != token.family.user:
        yield Offence(TRUTH, f"introspection says that {token} is of another user", (token.family.begun,))
    elif isinstance(user, str) and world.is_another(token.family, _teller(event, token), user):
        yield Offence(TRUTH, f"introspection says that {token} is of another user than before", (token.family.begun,))
    yield from _of_expiry(event, told, token)


def _teller(event: Event, token: Credential) -> Teller:
    """By what introspection names users: each client that asks may get names of its own, and those of each that is told of."""
    asker = event.asked.asker.client_id if isinstance(event.asked, Introspection) else None
    return "introspection", asker, token.client_id, token.kind


def _of_expiry(event: Event, told: Told, token: Credential) -> Iterator[Offence]:
    expiry = told.members.get("exp")
    if isinstance(expiry, bool) or not isinstance(expiry, int | float) or token.ends is None:
        return
    off = expiry - (token.ends + event.ahead)
    exact = token.kind == "access token" and token.life is not None
    if exact and abs(off) > TOLERANCE:
        words = (
            f"introspection tells an exp of {token} that is {abs(off):.0f} s {'after' if off > 0 else 'before'} its end"
        )
        yield Offence(TRUTH, words, (token.given,))


def refusal(world: World, event: Event, asked: Introspection, token: Credential) -> Excuse | Offence:
    """Why a token is called inactive, or what a server violates that calls it so."""
    if asked.asker.client_id != token.client_id or asked.asker.failed:
        return Excuse("a server need not tell others of a client's tokens (RFC 7662 §2.2)", certain=True)
    if token.kind not in {"access token", "refresh token"}:
        return Excuse(f"{token} is no token", certain=True)
    if (asked.asker.client_id, token.kind) not in world.policy.learned.told_of:
        return Excuse(f"this client was never told of a living {token.kind}")
    if asked.peculiar:
        return Excuse(asked.peculiar)
    if token.used_before(event) is not None and token.successors:
        return Excuse(f"whether {token}, which was replaced, counts as active in its grace is the server's matter")
    odd_hint = asked.hint is not None and asked.hint.replace("_", " ") != token.kind
    return excuse(world, token, event, "rfc7662-2.1-hint" if odd_hint else "rfc7662-2.2-active")


def learn(world: World, event: Event, asked: Introspection, told: Told, token: Credential | None) -> None:
    """What the answer shows of whom introspection tells of what."""
    if token is None or not told.active:
        return
    world.policy.learned.told_of.add((asked.asker.client_id, token.kind))
    user, expiry = told.members.get("sub"), told.members.get("exp")
    if isinstance(user, str) and user:
        token.family.users.setdefault(_teller(event, token), user)
    if isinstance(expiry, int | float) and not isinstance(expiry, bool) and event.end < expiry < COUNTABLE:
        token.told_end = float(expiry) - event.ahead
        if token.ends is None:
            token.ends, token.ends_by = token.told_end, TRUTH
