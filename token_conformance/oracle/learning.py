"""What an event shows, taken into the world: new codes and tokens, and what befalls those that are known."""

from __future__ import annotations

from token_conformance.evidence.access_token import scope_of
from token_conformance.oracle import codes, introspections, limits, refreshes, resources, revocations, yields
from token_conformance.oracle.events import (
    Authorization,
    CodeGiven,
    DeviceAuthorization,
    DeviceCodes,
    Event,
    Granted,
    Introspection,
    Revocation,
    TokenRequest,
    Told,
    Use,
)
from token_conformance.oracle.tokens import LOGIN, Blow, Credential, Family, Fate, Incident
from token_conformance.oracle.world import World

HANDED_OVER = frozenset({"authorization_code", "refresh_token"})
"""Grants of which what is presented was handed over before."""

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant, no token


def learn(world: World, event: Event) -> None:
    """Take what an event shows into the world."""
    token = world.find(event.credential)
    if event.user is not None:
        world.logged_in[event.scenario] = event.user
    match event.asked:
        case Authorization(state=str() as state) as asked:
            world.authorizations[state] = asked
        case TokenRequest() as asked:
            _learn_from_tokens(world, event, asked, token)
        case Introspection() as asked if isinstance(event.answered, Told):
            introspections.learn(world, event, asked, event.answered, token)
            _note_harmless(event, asked, token)
        case Use() as asked:
            resources.learn(world, event, asked, token)
        case Revocation() as asked if token is not None:
            revocations.learn(world, event, asked, token)
        case DeviceAuthorization() as asked if isinstance(event.answered, DeviceCodes):
            world.give_device_code(event, asked, event.answered)
        case _:
            pass
    if isinstance(event.answered, CodeGiven):
        world.give_code(event, event.answered)


def _note_harmless(event: Event, asked: Introspection, token: Credential | None) -> None:
    """Introspection by another client leaves a session alone."""
    if token is not None and not asked.asker.may_be(token.client_id):
        for each in token.family.refresh_tokens:
            each.suffers(Blow(event, Fate.LIVES, "session-no-stranding", "was introspected by another client"))


def _learn_from_tokens(world: World, event: Event, asked: TokenRequest, token: Credential | None) -> None:
    given = event.granted
    if token is None and event.refused is None and asked.grant in HANDED_OVER:
        world.policy.learned.gap = world.policy.learned.gap or event
    request = token.request if token is not None else None
    if request is not None and asked.verifier is not None and codes.verifies(asked.verifier, request):
        world.policy.learned.verifies = True
    if given is not None:
        _learn_from_grant(world, event, asked, given, token)
        return
    if token is None:
        return
    token.refusals.append(event)
    if event.refused is None:
        refreshes.lost(event, token)
    elif token.kind == "code" and (token.used_before(event) or token.uses):
        codes.replayed(world, event, asked, token)
    elif token.kind == "refresh token" and asked.grant == "refresh_token":
        refreshes.refused(world, event, asked, token)


def _learn_from_grant(
    world: World, event: Event, asked: TokenRequest, given: Granted, token: Credential | None
) -> None:
    family = _family_of(world, event, asked, token)
    refreshed = asked.grant == "refresh_token" and token is not None and token.kind == "refresh token"
    if token is not None and token.kind == "refresh token" and refreshed:
        _note_survival(world, event, token)
    if family.scope is None and not refreshed:
        family.scope, family.scope_told = given.scope or asked.scope or _asked_scope(token), given.scope is not None
        family.identity, family.identified = family.identity or yields.claims_of(given.id_token), event.end
        family.user, family.carried = family.user or _sub(family), scope_of(given.access_token) or frozenset()
    family.resources |= asked.resources if not refreshed else frozenset()
    generation = token.generation + 1 if refreshed and token is not None else 0
    world.forget_if_alike(given.access_token, family)
    _, successor = world.give_tokens(event, asked, given, family, generation)
    if given.id_token is not None:
        world.id_tokens.setdefault(given.id_token, family)
    if refreshed and token is not None:
        refreshes.accepted(world, event, asked, given, token, successor)
        _after_refresh(world, event, family, generation, kept=given.refresh_token in {None, token.value})
        if generation == 1 and yields.plain(asked):
            family.members = family.members or yields.members_of(given)
        family.narrowed = family.narrowed or bool(asked.scope and family.scope and asked.scope < family.scope)
    elif token is not None and token.kind in {"code", "device code"}:
        token.uses.append(event)
        world.incidents.append(_login(event, family))  # a server may end other sessions at the code, or when it is used
    elif asked.grant == "password":
        if asked.credential is not None:
            family.users[LOGIN] = asked.credential
        world.incidents.append(_login(event, family))


def _login(event: Event, family: Family) -> Incident:
    return Incident(event, family, None, "the user logged in again", is_login=True)


def _after_refresh(world: World, event: Event, family: Family, generation: int, *, kept: bool) -> None:
    """What a refresh does to the access tokens before it: what is documented, or nobody knows.

    Where the refresh token was kept, all refreshes by it are of one generation, and time tells which tokens came before.
    """
    documented = world.policy.access_token_after_refresh
    fate = {"revoked": Fate.DIES, "lives": Fate.LIVES}.get(documented or "", Fate.MAY_DIE)
    for token in family.access_tokens:
        if token.generation < generation or (kept and token.given.end <= event.begin):
            token.suffers(Blow(event, fate, "session-old-access-token", "was renewed"))


def _family_of(world: World, event: Event, asked: TokenRequest, token: Credential | None) -> Family:
    """The family of the tokens that an event hands over: that of what was presented, or a new one."""
    if token is not None and asked.grant != TOKEN_EXCHANGE:
        return token.family
    if token is None and asked.credential is not None:
        world.strangers.add(asked.credential)
        if (near := world.near(asked.credential)) is not None:  # which may have been taken for that
            refreshes.lost(event, near)
    return world.begin_family(event, asked.grant, asked.asker.client_id)


def _asked_scope(token: Credential | None) -> frozenset[str] | None:
    if token is None:
        return None
    return token.request.scope if token.request is not None else token.scope


def _sub(family: Family) -> str | None:
    sub = (family.identity or {}).get("sub")
    return sub if isinstance(sub, str) else None


def _note_survival(world: World, event: Event, token: Credential) -> None:
    """What a refresh token that works shows: how old it may be, and which logins and other deeds its session outlives."""
    learned, client = world.policy.learned, token.client_id
    if token.used_before(event):
        learned.graced = True
        return
    learned.ages[client] = max(learned.ages[client], token.age(event))
    limits.note_survival(world, event, token)
    for incident in world.incidents:
        between = token.given.end <= incident.event.begin and incident.event.end <= event.begin
        if between and incident.kind and incident.sure and _reaches(world, incident, token.family):
            learned.spared.add((client, incident.kind))


def _reaches(world: World, incident: Incident, family: Family) -> bool:
    """Whether what befell a session would have ended another one, at a server that ends all of that user at that client.

    What befalls an access token reaches no other session where its own goes on.
    """
    struck = incident.family
    if struck is family:
        return incident.kind == revocations.OF_ACCESS_TOKEN
    return struck is not None and struck.client_id == family.client_id and world.same_user(struck, family) is True
