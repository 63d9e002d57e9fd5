"""The oracle itself: goes through a history event by event, says of each answer whether it is allowed, and learns from it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from token_conformance.oracle import codes, devices, introspections, refreshes, resources, revocations, yields
from token_conformance.oracle.events import (
    Event,
    Granted,
    Introspection,
    NoDecision,
    Refused,
    Revocation,
    Served,
    TokenRequest,
    Told,
    Use,
)
from token_conformance.oracle.judgements import Excuse, Judgement, Offence, Ruling, excused, forbidden
from token_conformance.oracle.learning import TOKEN_EXCHANGE, learn
from token_conformance.oracle.lives import outlived
from token_conformance.oracle.orders import beside
from token_conformance.oracle.policy import Learned, Policy
from token_conformance.oracle.tokens import NEVER, TOLERANCE, Credential, Family
from token_conformance.oracle.world import World
from token_conformance.profile.models import Profile

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

AUTHENTICATION = {
    "authorization_code": "rfc6749-4.1.3-client-authentication-required",
    "refresh_token": "rfc6749-6-client-authentication-required",
    "client_credentials": "rfc6749-4.4-authenticated",
    "password": "rfc6749-3.2.1-wrong-secret",
    DEVICE: "rfc8628-client-authentication",
    TOKEN_EXCHANGE: "token-exchange-authenticated",
}
"""What a server violates that serves a client which does not prove who it is, by the grant."""

UNKNOWN = {"authorization_code": "rfc6749-4.1.3-unknown-code", "refresh_token": "rfc6749-6-unknown-token-refused"}


@dataclass(frozen=True)
class Watched:
    """What the oracle says of a history: its judgements in order, its events, and the families, codes and tokens in it."""

    judgements: tuple[Judgement, ...]
    families: tuple[Family, ...]
    events: tuple[Event, ...]
    known: Mapping[str, Credential] = field(repr=False)

    @property
    def forbidden(self) -> tuple[Judgement, ...]:
        """The answers that no history allows."""
        return tuple(each for each in self.judgements if each.ruling is Ruling.FORBIDDEN)

    @property
    def undecidable(self) -> tuple[Judgement, ...]:
        """The answers of which nobody can tell."""
        return tuple(each for each in self.judgements if each.ruling is Ruling.UNDECIDABLE)


def watch(events: Sequence[Event], profile: Profile, *, closed: bool = True, whole: bool = True) -> Watched:
    """Judge every answer of a history, given in the order in which its events began.

    Args:
        events: all that happened at one server, as far as it is known.
        profile: what is documented of the provider, and its clients.
        closed: whether all codes and tokens that are presented were handed over in it, or made up.
        whole: whether it holds all that befell them; of one that does not, gaps tell what a refusal may be due to.

    """
    return Onlooker(profile, closed=closed, whole=whole).watch(events)


class Onlooker:
    """Judges a history that grows, and judges again only what came to be seen in another light.

    A history is gone through twice: what the whole of it shows of the provider's ways narrows down what else would be
    possible. What befell a token does not depend on these ways, and judgements do. So the first reading goes on where it
    ended, and the second one too, unless there is more to know of the ways than at its beginning.
    """

    _read: tuple[Event, ...]
    _end: float
    _around: dict[Event, tuple[Event, ...]]
    _reading: World
    _known: Hashable
    _world: World
    _judgements: list[Judgement]
    _judged: int

    def __init__(self, profile: Profile, *, closed: bool = True, whole: bool = True) -> None:
        self._profile, self._closed, self._whole = profile, closed, whole
        self._begin()

    def watch(self, events: Sequence[Event]) -> Watched:
        """Judge every answer of a history, of which those events that were watched before are the beginning."""
        more = events[len(self._read) :]
        overlap = more and self._end > min(event.begin for event in more) + TOLERANCE
        if overlap or self._read != tuple(events[: len(self._read)]):
            self._begin()
            more = events
        self._around |= beside(more)
        for event in more:
            learn(self._reading, event)
            self._end = max(self._end, event.end)
        self._read = tuple(events)
        self._judge()
        return Watched(tuple(self._judgements), tuple(self._world.families), self._read, self._world.known)

    def _begin(self) -> None:
        self._read = ()
        self._end = -NEVER
        self._around = {}
        self._reading = self._new_world(Learned())
        self._judge_anew()

    def _new_world(self, learned: Learned) -> World:
        return World(self._policy(learned), self._around)

    def _policy(self, learned: Learned) -> Policy:
        return Policy(self._profile, learned, closed=self._closed, whole=self._whole)

    def _judge_anew(self) -> None:
        learned = self._reading.policy.learned
        self._known, self._world = learned.telling, self._new_world(learned.copy())
        self._judgements, self._judged = [], 0

    def _judge(self) -> None:
        """Judge what was read since, or all of it where more is known of the provider's ways."""
        learned = self._reading.policy.learned
        if self._known != learned.telling:
            self._judge_anew()
        self._world.policy = self._policy(learned.copy())
        for event in self._read[self._judged :]:
            self._judgements += _step(self._world, event)
        self._judged = len(self._read)


def own_faults(history: Watched) -> Iterator[Judgement]:
    """The forbidden answers but for refusals in a session in which something was forbidden before: they may follow from it."""
    broken = set()
    for judgement in history.forbidden:
        family, refusal = judgement.family, judgement.event.refused is not None
        if not (refusal and family is not None and family in broken):
            yield judgement
        broken.add(family)


def _step(world: World, event: Event) -> list[Judgement]:
    """The judgements on one answer, by what is known before it; then it is known as well."""
    found = list(_judged(world, event))
    learn(world, event)
    return found


def _judged(world: World, event: Event) -> Iterator[Judgement]:
    token = world.find(event.credential)
    match event.asked, event.answered:
        case TokenRequest(), NoDecision(pending=True) if token is not None and outlived(token, event):
            told = f"{token} has expired, and its client is told to wait"
            yield forbidden(event, Offence("rfc8628-3.5-expired", told, (token.given,)), token)
        case TokenRequest() | Introspection() | Use(), NoDecision(why=why):
            yield Judgement(event, Ruling.UNDECIDABLE, why, token=token)
        case TokenRequest() as asked, Granted() as given:
            yield from _ruled(event, token, _of_grant(world, event, asked, given, token), asked.credential)
        case TokenRequest() as asked, Refused() if token is not None:
            yield excused(event, _of_refusal(world, event, asked, token), token)
        case Introspection() as asked, Told() | Refused():
            yield from _of_introspection(world, event, asked, token)
        case Use() as asked, Served():
            yield from _ruled(event, token, resources.offences(world, event, asked, token), asked.token)
        case Use() as asked, Refused() if token is not None:
            yield excused(event, resources.refusal(world, event, asked, token), token)
        case Revocation() as asked, _ if token is not None:
            yield from _of_revocation(world, event, asked, token)
        case _:
            return


def _ruled(
    event: Event, token: Credential | None, offences: Iterable[Offence], presented: str | None
) -> Iterator[Judgement]:
    """What was served is forbidden for each offence, or else allowed."""
    found = list({offence.requirement: offence for offence in offences}.values())
    yield from (forbidden(event, offence, token) for offence in found)
    if found:
        return
    if token is None and presented is not None and not isinstance(event.asked, TokenRequest):
        yield Judgement(event, Ruling.UNDECIDABLE, "where the token comes from is not in the history")
        return
    yield Judgement(event, Ruling.ALLOWED, token=token)


def _of_grant(
    world: World, event: Event, asked: TokenRequest, given: Granted, token: Credential | None
) -> Iterator[Offence]:
    """What is wrong with a token request that was accepted."""
    if asked.asker.failed and asked.asker.client_id is not None and asked.grant in AUTHENTICATION:
        told = f"client {asked.asker.client_id} did not prove who it is ({asked.asker.proof}), and was served"
        yield Offence(AUTHENTICATION[asked.grant], told)
    if asked.grant not in AUTHENTICATION and asked.grant.lower() in AUTHENTICATION:
        yield Offence("rfc6749-1.9-case-sensitive", f"grant_type {asked.grant} was taken for {asked.grant.lower()}")
    yield from yields.offences_of_repetition(world, event, given, refreshed=asked.grant == "refresh_token")
    match token:
        case None:
            yield from _of_unknown(world, asked)
        case Credential(kind="code") if asked.grant == "authorization_code":
            yield from codes.offences(world, event, asked, token)
            yield from yields.offences_of_login(world, event, given, token.family)
        case Credential(kind="refresh token") if asked.grant == "refresh_token":
            yield from refreshes.offences(world, event, asked, token)
            yield from yields.offences_of_refresh(world, event, asked, given, token)
        case Credential(kind="device code"):
            yield from devices.offences(event, asked, token)
        case Credential() if asked.grant == TOKEN_EXCHANGE:
            yield from devices.offences_of_exchange(event, asked, given, token)
        case _ if asked.grant == "refresh_token":
            yield Offence("rfc6749-6-other-token-refused", f"{token} was taken for a refresh token", (token.given,))


def _of_unknown(world: World, asked: TokenRequest) -> Iterator[Offence]:
    """A code or token that was accepted, and that nobody has handed over."""
    value = asked.credential
    if value is None or asked.grant not in {*UNKNOWN, TOKEN_EXCHANGE} or value in world.strangers:
        return
    how = world.resembles(value)
    if asked.grant == TOKEN_EXCHANGE:
        if value not in world.id_tokens and (how or world.policy.closed):
            yield Offence("rfc8693-2.1-validated", f"a subject_token was exchanged that is {how or 'made up'}")
    elif value in world.id_tokens:
        yield Offence("rfc6749-6-other-token-refused", "an ID token was taken for a refresh token")
    elif how is not None:
        requirement = "rfc6749-1.9-case-sensitive" if "letters" in how else UNKNOWN[asked.grant]
        yield Offence(requirement, f"what was accepted is {how}")
    elif world.policy.closed:
        yield Offence(UNKNOWN[asked.grant], "what was accepted was never handed over")


def _of_refusal(world: World, event: Event, asked: TokenRequest, token: Credential) -> Excuse | Offence:
    """Why a token request was refused; what is peculiar about its form, or about who asks, comes first."""
    if (other := _of_the_request(world, event, asked)) is not None:
        return other
    if token.kind == "code" and asked.grant == "authorization_code":
        return codes.refusal(world, event, asked, token)
    if token.kind == "refresh token" and asked.grant == "refresh_token":
        return refreshes.refusal(world, event, asked, token)
    if token.kind == "device code":
        return Excuse("nobody knows what the user has decided")
    if asked.grant == TOKEN_EXCHANGE:
        return Excuse("a server need not exchange a token")
    return Excuse(f"{token} is not for that", certain=True)


def _of_the_request(world: World, event: Event, asked: TokenRequest) -> Excuse | None:
    """Why a request may be refused whatever it presents."""
    error, status = (event.refused.error, event.refused.status) if event.refused is not None else (None, 0)
    if asked.asker.failed:
        return Excuse("the client did not prove who it is", certain=True)
    if asked.asker.hidden:
        return Excuse("the recording does not hold how the client authenticated")
    if asked.peculiar:
        return Excuse(asked.peculiar)
    if error in {"invalid_client", "unauthorized_client"} or status == 401:
        return Excuse("the server did not let the client in, whatever it presents")
    of_the_scope = error == "invalid_scope" and asked.scope is not None
    of_the_target = error == "invalid_target" and bool(asked.resources)
    if error != "invalid_grant" and not of_the_scope and not of_the_target:
        return Excuse(f"the refusal ({error}) is about something else than what is presented")
    if world.policy.profile.dpop is not None and not asked.binding.proof:
        return Excuse("it comes without a DPoP proof")
    return None


def _of_introspection(
    world: World, event: Event, asked: Introspection, token: Credential | None
) -> Iterator[Judgement]:
    odd = list(introspections.offences_of_shape(world, event, asked))
    told = event.answered
    if odd or (isinstance(told, Told) and told.active):
        found = introspections.offences_of_active(world, event, asked, told, token) if isinstance(told, Told) else ()
        yield from _ruled(event, token, (*odd, *(found if not odd else ())), asked.token)
    elif isinstance(told, Told) and token is not None:
        yield excused(event, introspections.refusal(world, event, asked, token), token)


def _of_revocation(world: World, event: Event, asked: Revocation, token: Credential) -> Iterator[Judgement]:
    """A client can revoke its own tokens, and nobody else can (RFC 7009 §2.1)."""
    offence = revocations.offence(world, event, asked, token)
    if offence is not None:
        yield forbidden(event, offence, token)
    elif isinstance(event.answered, Served) or asked.asker.failed:
        yield Judgement(event, Ruling.ALLOWED, token=token)
    else:
        yield Judgement(event, Ruling.UNDECIDABLE, "the server may not revoke tokens of that kind", token=token)
