"""What tokens an answer hands over (RFC 6749 §5.1 and §6, OIDC Core §12.2): scope, life, identity, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from token_conformance.evidence.access_token import scope_of
from token_conformance.evidence.jwt_reading import read
from token_conformance.evidence.lifetime import TOLERANCE
from token_conformance.oracle.events import Event, Granted, TokenRequest
from token_conformance.oracle.judgements import Offence
from token_conformance.oracle.policy import Policy
from token_conformance.oracle.tokens import Credential, Family
from token_conformance.oracle.world import World, may_be_alike


def offences_of_refresh(
    world: World, event: Event, asked: TokenRequest, given: Granted, token: Credential
) -> Iterator[Offence]:
    """What is wrong with what a refresh yields."""
    family = token.family
    yield from _of_scope(asked, given, family)
    yield from _of_rotation(world.policy, event, asked, given, token)
    yield from _of_strays(world, given, family)
    yield from _of_life(event, given)
    yield from _of_identity(world.policy, event, given, family)
    lost = family.members - members_of(given)
    if lost and token.generation and plain(asked):
        told = f"an answer has no {', '.join(sorted(lost))}, which that to the first refresh had"
        yield Offence("rfc6749-3.2-empty-omitted" if asked.scope_empty else "session-depth", told, (family.begun,))
    if asked.resources and family.resources and not asked.resources <= family.resources:
        audience = _audience(given)
        if audience & (asked.resources - family.resources):
            told = "a refresh reaches a resource that was not granted"
            yield Offence("rfc9700-4.14.2-bound-to-scope", told, (family.begun,))


def members_of(given: Granted) -> frozenset[str]:
    """What an answer tells beside the tokens themselves."""
    told = {"expires_in": given.expires_in, "scope": given.scope, "id_token": given.id_token}
    return frozenset(name for name, value in told.items() if value is not None)


def plain(asked: TokenRequest) -> bool:
    """Whether a refresh asks for what was granted, and no more words."""
    return asked.scope is None and not asked.resources


def offences_of_login(world: World, event: Event, given: Granted, family: Family) -> Iterator[Offence]:
    """What is wrong with the first tokens of a session."""
    yield from _of_strays(world, given, family)
    yield from _of_life(event, given)
    claims = _claims(given.id_token)
    if claims is not None and family.nonce is not None and claims.get("nonce") != family.nonce:
        told = "the ID token does not hold the nonce of the authorization request"
        yield Offence("oidc-3.1.3.7-nonce", told, (family.begun,))


def _of_scope(asked: TokenRequest, given: Granted, family: Family) -> Iterator[Offence]:
    granted, told = family.scope, given.scope
    if granted is None:
        return
    wanted = asked.scope
    gained = (told or frozenset()) - granted
    in_token = (scope_of(given.access_token) or frozenset()) & ((wanted or frozenset()) - granted - family.carried)
    untold = wanted is not None and told is None and bool(wanted - granted)
    if gained or in_token or untold:
        named = ", ".join(sorted(gained | in_token)) or "more than was granted, for the answer does not say otherwise"
        yield Offence(
            "rfc6749-6-scope-not-exceeded", f"a refresh yields scope beyond the grant: {named}", (family.begun,)
        )
    elif wanted is None and told is not None and granted - told and family.scope_told and not family.resources:
        lost = ", ".join(sorted(granted - told))
        after = (
            "rfc6749-6-narrowing-does-not-shrink-grant" if family.narrowed else "rfc6749-6-omitted-scope-is-original"
        )
        yield Offence(after, f"a refresh without scope loses {lost}", (family.begun,))
    elif wanted is not None and wanted < granted:
        yield from _of_narrowing(wanted, given, granted)


def _of_narrowing(wanted: frozenset[str], given: Granted, granted: frozenset[str]) -> Iterator[Offence]:
    """A narrower scope is honoured, or the answer says that it was not (RFC 6749 §3.3, §6)."""
    if given.scope is not None and given.scope - wanted:
        told = f"a refresh for less scope yields {', '.join(sorted(given.scope - wanted))} all the same"
        yield Offence("rfc6749-6-scope-narrowing-honoured", told)
    elif given.scope is None and (scope_of(given.access_token) or frozenset()) & (granted - wanted):
        yield Offence("rfc6749-5.1-scope-told", "a refresh for less scope yields more, and does not say so")


def _of_rotation(
    policy: Policy, event: Event, asked: TokenRequest, given: Granted, token: Credential
) -> Iterator[Offence]:
    kept = given.refresh_token in {None, token.value}
    if kept and token.successors and policy.documents_grace and policy.kills_used and not policy.until_used:
        told = f"a retry in the grace hands over no other refresh token than {token}, which dies with the grace"
        yield Offence("session-no-stranding", told, (token.uses[0],))
    user_client = policy.profile.user_client.client_id
    less = asked.scope is not None and asked.scope != token.family.scope  # it may come without offline_access, too
    if asked.asker.client_id != user_client or token.uses or less:
        return
    young = policy.documents_grace and token.age(event) <= policy.grace  # handed over in the grace, it may come again
    if kept and policy.rotation == "always" and not young:
        told = "the profile documents that refresh tokens rotate, and this one was not replaced"
        yield Offence("rotation-as-documented", told)
    if not kept and policy.rotation == "never":
        told = "the profile documents that refresh tokens do not rotate, and this one was replaced"
        yield Offence("rotation-as-documented", told)
    if kept and policy.public_must_rotate:
        told = "the refresh token of a public client was not replaced, and it is not bound to a key"
        yield Offence("rfc9700-2.2.2-public-client-rotation", told)


def offences_of_repetition(world: World, event: Event, given: Granted, *, refreshed: bool) -> Iterator[Offence]:
    """An access token that was handed over before has the rest of its life, and no more."""
    known = world.find(given.access_token)
    if known is None or known.life is None or given.expires_in is None or known.kind != "access token":
        return
    passed = event.end - known.given.end
    if given.expires_in > known.life - passed + A_SECOND:
        told = f"{known} was handed over again after {passed:.0f} s, with an expires_in of {given.expires_in:.0f} s"
        requirement = "session-new-access-token" if refreshed else "rfc6749-5.1-expires-in-true"
        yield Offence(requirement, told, (known.given,))


ISSUED_ANEW = 1.0
"""Seconds after which an ID token that is issued anew has another iat, which counts seconds."""

A_SECOND = 2.0
"""Seconds by which two rounded times may be off."""


def _of_strays(world: World, given: Granted, family: Family) -> Iterator[Offence]:
    """A token that another session has belongs to that alone; JWTs without jti may be alike."""
    for value in (given.access_token, given.refresh_token):
        known = world.find(value)
        if known is not None and known.family is not family and not may_be_alike(value):
            yield Offence("token-unique", f"{known} is of another session, and was handed over again", (known.given,))


def _of_life(event: Event, given: Granted) -> Iterator[Offence]:
    """What expires_in tells, held against the exp of a JWT."""
    token = read(given.access_token) if given.access_token is not None else None
    expiry = token.time("exp") if token is not None else None
    if expiry is None or given.expires_in is None:
        return
    left = expiry.timestamp() - event.end - event.ahead
    if abs(left - given.expires_in) > TOLERANCE:
        told = f"expires_in is {given.expires_in:.0f} s, and exp of the access token is {left:.0f} s ahead"
        yield Offence("rfc6749-5.1-expires-in-true", told)


def _of_identity(policy: Policy, event: Event, given: Granted, family: Family) -> Iterator[Offence]:
    """An ID token of a refresh, held against the first one (OIDC Core §12.2)."""
    claims, first = _claims(given.id_token), family.identity
    if claims is None or first is None:
        wanted = policy.refreshed_id_token
        if first is not None and given.id_token is None and wanted == "always":
            yield Offence("refreshed-id-token-as-documented", "a refresh yields no ID token, which is documented")
        return
    changed = [name for name in ("iss", "sub") if claims.get(name) != first.get(name)]
    changed += ["aud"] if _set(claims.get("aud")) != _set(first.get("aud")) else []
    if changed:
        told = f"the ID token of a refresh has another {', '.join(changed)} than the first one"
        yield Offence("oidc-12.2-iss-sub-aud", told, (family.begun,))
    yield from _of_times(event, claims, first, family)
    if event.begin - family.identified > ISSUED_ANEW and claims == first:
        yield Offence("oidc-12.2-iat", "a refresh yields the ID token of the login again", (family.begun,))


def _of_times(event: Event, claims: Mapping[str, Any], first: Mapping[str, Any], family: Family) -> Iterator[Offence]:
    told = {name: claims[name] for name in ("auth_time", "nonce") if name in claims and name in first}
    for name, requirement in (("auth_time", "oidc-12.2-auth-time"), ("nonce", "oidc-12.2-nonce")):
        if name in told and told[name] != first[name]:
            words = f"the ID token of a refresh has another {name} than the first one"
            yield Offence(requirement, words, (family.begun,))
    issued = claims.get("iat")
    old = event.begin + event.ahead - issued if isinstance(issued, int | float) else 0.0
    if old > TOLERANCE:
        yield Offence("oidc-12.2-iat", f"iat of a refreshed ID token is {old:.0f} s old")


def claims_of(id_token: str | None) -> Mapping[str, Any] | None:
    """What an ID token says, unverified; None where there is none, or it cannot be read."""
    return _claims(id_token)


def _claims(id_token: str | None) -> Mapping[str, Any] | None:
    token = read(id_token) if id_token is not None else None
    return token.claims if token is not None else None


def _audience(given: Granted) -> frozenset[str]:
    token = read(given.access_token) if given.access_token is not None else None
    return frozenset(token.audience) if token is not None else frozenset()


def _set(value: Any) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset({str(value)})
