"""The exchange of codes (RFC 6749 §4.1.3, RFC 7636 §4.6): what a code may be good for, and to whom."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

from token_conformance.judging.refusal import LATENESS
from token_conformance.oracle.clients import client_named
from token_conformance.oracle.events import Authorization, Event, TokenRequest
from token_conformance.oracle.judgements import Excuse, Offence
from token_conformance.oracle.lives import deaths, excuse
from token_conformance.oracle.orders import won_too
from token_conformance.oracle.policy import CODE_LIFE, Policy
from token_conformance.oracle.tokens import Blow, Credential, Fate, Incident
from token_conformance.oracle.world import World
from token_conformance.profile.models import Profile


def offences(world: World, event: Event, asked: TokenRequest, code: Credential) -> Iterator[Offence]:
    """What is wrong with the exchange of a code that was accepted."""
    yield from _second_uses(world, event, code)
    yield from _strangers(asked, code)
    if code.request is not None:
        yield from _of_redirect_uri(world.policy.profile, asked, code.request)
        yield from _of_verifier(world.policy, asked, code.request)
        if code.key is not None and asked.binding.key != code.key:
            yield Offence("rfc9449-10-dpop-jkt", f"{code} was accepted with a proof by another key", (code.given,))
    yield from _late(world, event, code)


def _second_uses(world: World, event: Event, code: Credential) -> Iterator[Offence]:
    before = code.used_before(event)
    if before is not None:
        yield Offence("rfc6749-10.5-code-single-use", f"{code} was accepted a second time", (before,))
    elif other := won_too(event, world.beside.get(event, ())):
        told = f"{code} was accepted in two exchanges at the same time"
        yield Offence("rfc6749-10.5-parallel-exchange", told, (other,))
    yield from (each for each in deaths(code, event) if before is None)


def _strangers(asked: TokenRequest, code: Credential) -> Iterator[Offence]:
    named, owner = asked.asker.client_id, code.client_id
    if owner is None or asked.asker.may_be(owner):
        return
    if named is None:
        yield Offence("rfc6749-3.2.1-public-client-id", f"{code} was accepted from nobody knows whom", (code.given,))
        return
    told = f"{code} was issued to client {owner} and accepted from {named}"
    requirement = "rfc6749-3.2.1-public-client-id" if asked.asker.failed else "rfc6749-4.1.3-code-bound-to-client"
    yield Offence(requirement, told, (code.given,))


def _of_redirect_uri(profile: Profile, asked: TokenRequest, request: Authorization) -> Iterator[Offence]:
    sent, wanted = asked.redirect_uri, request.redirect_uri
    if wanted is None or sent == wanted:
        return
    if sent is None:
        if not profile.claims & {"oidc", "oauth2.1"}:
            yield Offence("rfc6749-4.1.3-redirect-uri-present", "a code was exchanged without its redirect_uri")
        return
    client = client_named(profile, request.client_id)
    registered = client is not None and sent in client.redirect_uris
    requirement = "rfc6749-10.6-redirect-uri-of-the-code" if registered else "rfc6749-4.1.3-redirect-uri"
    yield Offence(requirement, "a code was exchanged with another redirect_uri than it was asked for")


def _of_verifier(policy: Policy, asked: TokenRequest, request: Authorization) -> Iterator[Offence]:
    """What is wrong with a verifier; where none fits anything, they may have been replaced when they were recorded."""
    if request.challenge is None:
        if asked.verifier is not None and policy.profile.claims & {"bcp", "oauth2.1", "fapi2"}:
            yield Offence("rfc9700-2.1.1-pkce-downgrade", "a code_verifier was accepted for a code without challenge")
    elif asked.verifier is None:
        yield Offence("rfc9700-2.1.1-verifier-required", "a code with a challenge was exchanged without code_verifier")
    elif not verifies(asked.verifier, request) and (policy.whole or policy.learned.verifies):
        yield Offence(
            "rfc7636-4.6-verifier", "a code was exchanged with another code_verifier than its challenge is of"
        )


def verifies(verifier: str, request: Authorization) -> bool:
    """Whether a code_verifier is the one behind the challenge (RFC 7636 §4.6); by a method that nobody knows, it may be."""
    if request.method == "S256":
        digest = sha256(verifier.encode("utf-8", "surrogatepass")).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode() == request.challenge
    return request.method not in {None, "plain"} or verifier == request.challenge


def _late(world: World, event: Event, code: Credential) -> Iterator[Offence]:
    life = min(world.policy.code_life or CODE_LIFE, CODE_LIFE)
    if code.age(event) > life + LATENESS and not code.uses:
        told = f"{code} was accepted {code.age(event):.0f} s after it was issued"
        yield Offence("rfc6749-expiry-code", told, (code.given,))


def wrong(asked: TokenRequest, code: Credential) -> str | None:
    """What is wrong with an exchange, so that it may be refused whatever became of the code; None where it is right."""
    request = code.request
    if request is None:
        return "the request that the code answers is not in the history"
    if not asked.asker.may_be(code.client_id):
        return "the code is another client's"
    if request.redirect_uri != asked.redirect_uri:
        return "the redirect_uri is not that of the code"
    if (request.challenge is None) != (asked.verifier is None):
        return "code_verifier and code_challenge do not go together"
    if asked.verifier is not None and not verifies(asked.verifier, request):
        return "the code_verifier is not that of the code"
    if code.key is not None and asked.binding.key != code.key:
        return "the proof is not by the key that the code is bound to"
    return None


def refusal(world: World, event: Event, asked: TokenRequest, code: Credential) -> Excuse | Offence:
    """Why an exchange was refused, or what a server violates that refuses it."""
    if (what := wrong(asked, code)) is not None:
        return Excuse(what, certain=True)
    if code.used_before(event):
        return Excuse(f"{code} was used before", certain=True)
    if code.uses or code.refusals:
        return Excuse(f"{code} was presented before, and may be used up")
    if code.request is not None and code.request.challenge is not None and code.request.method != "S256":
        return Excuse("the challenge is not by S256, and nobody has to take another one")
    if asked.verifier is not None and not 43 <= len(asked.verifier) <= 128:
        return Excuse("the code_verifier is malformed", certain=True)
    return excuse(world, code, event, "rfc6749-4.1.3-exchange-succeeds")


def replayed(world: World, event: Event, asked: TokenRequest, code: Credential) -> None:
    """What comes of a code that is presented again and refused (RFC 6749 §4.1.2, §10.5)."""
    mistake, family = wrong(asked, code), code.family
    remembered = code.age(event) <= min(world.policy.code_life or LATENESS, CODE_LIFE)
    right = mistake is None and event.looked_at and not asked.asker.failed
    told = "is of a code that was replayed"
    newest = family.refresh_tokens[-1:]
    alive = remembered and not any(blow.fate_at(event) is not Fate.LIVES for each in newest for blow in each.blows)
    fate: Fate
    requirement: str | None
    for token in family.tokens:
        if asked.asker.hidden:
            fate, requirement = Fate.MAY_DIE, None
        elif not right:
            fate, requirement = Fate.LIVES, "oauth2.1-7.5.2-invalid-replay-harmless"
        elif token.kind == "refresh token":
            fate, requirement = (Fate.DIES if remembered else Fate.MAY_DIE), "rfc6749-4.1.2-replay-revokes"
        else:
            looked_up = remembered and not token.readable
            fate, requirement = (Fate.DIES if looked_up else Fate.MAY_DIE), "rfc6749-10.5-replay-revokes-access-token"
        token.suffers(Blow(event, fate, requirement, told))
    if right:
        world.incidents.append(Incident(event, family, None, f"{code} was replayed", "replay of a code", alive))
