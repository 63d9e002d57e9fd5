"""The use of access tokens at resources and at userinfo (RFC 6750, OIDC Core §5.3): what is taken, and what is not."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.oracle.events import Event, Served, Use
from token_conformance.oracle.judgements import Excuse, Offence
from token_conformance.oracle.lives import excuse, outlived
from token_conformance.oracle.tokens import Credential, Fate, Teller
from token_conformance.oracle.world import World

NO_ACCESS_TOKEN = {
    "refresh token": "rfc6749-1.5-refresh-token-for-itself",
    "code": "rfc6749-7-tampered-access-token",
    "device code": "rfc6749-7-tampered-access-token",
}
"""What a resource violates that takes something else for an access token."""


def offences(world: World, event: Event, asked: Use, token: Credential | None) -> Iterator[Offence]:
    """What is wrong with a request that a resource served, if it guards itself at all."""
    if token is not None and token.kind == "access token":
        yield from _of_user(world, event, asked, token)
        yield from _of_claims(event, asked, token)
    if not guards(world, asked) or asked.token is None:
        return
    if token is None:
        yield from _of_strangers(world, asked.token)
        return
    if token.kind != "access token":
        yield Offence(NO_ACCESS_TOKEN[token.kind], f"{token} was taken for an access token", (token.given,))
        return
    yield from _of_life(event, asked, token)
    yield from _of_keys(asked, token)
    if token.certificate not in {None, asked.binding.certificate} and world.policy.binds_to_certificates:
        yield Offence("rfc8705-cnf", f"{token} is bound to a certificate, and was taken without it", (token.given,))


def guards(world: World, asked: Use) -> bool:
    """Whether a resource refuses requests without a good access token, as it has shown."""
    learned = world.policy.learned
    return asked.address in learned.guarded and asked.address not in learned.open


def _of_strangers(world: World, value: str) -> Iterator[Offence]:
    if value in world.strangers:
        return
    if value in world.id_tokens:
        yield Offence("rfc9068-4-id-token-refused", "an ID token was taken for an access token")
    elif (how := world.resembles(value)) is not None:
        yield Offence("rfc6749-7-tampered-access-token", f"the resource took {how}")
    elif world.policy.closed:
        yield Offence("rfc6749-7-tampered-access-token", "the resource took an access token that was never handed over")


def _of_life(event: Event, asked: Use, token: Credential) -> Iterator[Offence]:
    if outlived(token, event):
        over = event.begin - (token.ends or event.begin)
        requirement = "oidc-5.3.3-userinfo-error" if asked.userinfo else "rfc6750-3.1-expired-access-token"
        yield Offence(requirement, f"{token} was taken {over:.0f} s after its life was over", (token.given,))
        return
    for blow in token.deadly(event):
        if blow.requirement is not None and (not token.readable or blow.requirement == "session-old-access-token"):
            yield Offence(blow.requirement, f"the resource took {token} after it {blow.told}", (blow.event,))
            return


def _of_keys(asked: Use, token: Credential) -> Iterator[Offence]:
    if token.key is None:
        return
    if asked.scheme == "bearer":
        yield Offence("rfc9449-7.2-not-as-bearer", f"{token} is bound to a key, and was taken as a bearer token")
    elif asked.binding.key != token.key:
        yield Offence("rfc9449-7.1-proof-by-the-key", f"{token} was taken without a proof by its key", (token.given,))


def _of_user(world: World, event: Event, asked: Use, token: Credential) -> Iterator[Offence]:
    """Userinfo names the user of the ID token (OIDC Core §5.3.2), and of each session the same one throughout."""
    told = event.answered.members if isinstance(event.answered, Served) and asked.userinfo else {}
    first, named = token.family.identity, told.get("sub")
    if told and first is not None and "sub" in first and named != first["sub"]:
        yield Offence(
            "oidc-userinfo-sub", f"userinfo tells {token} another sub than the ID token", (token.family.begun,)
        )
    elif isinstance(named, str) and world.is_another(token.family, _teller(asked, token), named):
        words = f"userinfo tells {token} the sub of another user, or another one than before"
        yield Offence("session-depth", words, (token.family.begun,))


def _teller(asked: Use, token: Credential) -> Teller:
    return "userinfo", asked.address, token.client_id


def _of_claims(event: Event, asked: Use, token: Credential) -> Iterator[Offence]:
    """The tokens of renewals open what the first one did, where they are for the same scope."""
    told, lost = event.answered, token.family.claims - {"sub"}
    whole = asked.userinfo and token.generation > 0 and token.scope == token.family.scope
    if whole and lost and isinstance(told, Served) and set(told.members) == {"sub"}:
        words = f"{token} does not open {', '.join(sorted(lost))} any more"
        yield Offence("rfc6749-6-omitted-scope-is-original", words, (token.given,))


def refusal(world: World, event: Event, asked: Use, token: Credential) -> Excuse | Offence:
    """Why a resource refused an access token, or what a server violates at which it is refused."""
    status = event.refused.status if event.refused is not None else 0
    if token.kind != "access token":
        return Excuse(f"{token} is no access token", certain=True)
    if status != 401:
        return Excuse(f"the resource answered {status}, which may be for the lack of scope")
    if asked.peculiar:
        return Excuse(asked.peculiar)
    if token.key is not None or token.certificate is not None or asked.binding.proof or asked.scheme != "bearer":
        return Excuse("the token may be bound to a key, and nobody looks at the proof here")
    if (asked.address, token.client_id) not in world.policy.learned.takes:
        return Excuse("nobody has seen this resource take a token of that client")
    if token.family.resources or token.scope is None or token.scope != token.family.scope:
        return Excuse("the token may be for another resource, or for less")
    return excuse(world, token, event, _base(event, token))


def _base(event: Event, token: Credential) -> str:
    """What is violated where an access token dies for no reason: what told its life, or what handed it over."""
    early = token.age(event) < 1.0 and token.generation > 0
    return "session-new-access-token" if early else "rfc6749-5.1-expires-in-true"


def learn(world: World, event: Event, asked: Use, token: Credential | None) -> None:
    """What the answer shows of the resource, and, from userinfo, of the user."""
    learned = world.policy.learned
    if isinstance(event.answered, Served):
        if asked.token is None:
            learned.open.add(asked.address)
        elif token is not None and token.kind == "access token":
            learned.takes.add((asked.address, token.client_id))
            sub = event.answered.members.get("sub") if asked.userinfo else None
            if asked.userinfo and token.scope == token.family.scope:
                token.family.claims |= set(event.answered.members)
            token.family.user = token.family.user or (sub if isinstance(sub, str) else None)
            if isinstance(sub, str) and sub:
                token.family.users.setdefault(_teller(asked, token), sub)
    elif event.refused is not None and event.refused.status in {400, 401}:
        unknown = asked.token is None or (token is None and asked.token not in world.id_tokens)
        dead = token is not None and any(blow.fate_at(event) is Fate.DIES for blow in token.blows)
        if unknown or dead:
            learned.guarded.add(asked.address)
