"""Lapses: what a server does wrong once a session has gone through several things, and never before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from token_conformance.reference.behaviour import Change
from token_conformance.reference.memory import Family, Memory

Harm = Callable[[Memory, Family], None]
"""What is done to a session, or to what a server remembers of it."""


@dataclass(frozen=True)
class Lapse:
    """What happens to a session that has gone through certain deeds in this order, whatever came between, at the last of them."""

    deeds: tuple[str, ...]
    harm: Harm

    def befalls(self, family: Family) -> bool:
        """Whether the last of the deeds was just done, and the others before."""
        if not family.deeds or self.deeds[-1] not in family.deeds[-1]:
            return False
        gone_through = iter(family.deeds)
        return all(any(deed in each for each in gone_through) for deed in self.deeds)


def lapse(*deeds: str, harm: Harm) -> Change:
    """What befalls a session after deeds in this order: `lapse("refresh", "reuse", harm=revives_the_session)`."""
    return lambda behaviour: replace(behaviour, lapses=(*behaviour.lapses, Lapse(deeds, harm)))


def note(memory: Memory, family: Family, done: Iterable[str], lapses: Collection[Lapse]) -> None:
    """Note what was done in a session, and what that is to the others, and let the lapses come true."""
    names = frozenset(done)
    if not names or not lapses:
        return
    family.deeds.append(names)
    for other in memory.families:
        if other is not family:
            other.deeds.append(frozenset(f"{each} {_where(family, other)}" for each in names))
    for lapse in lapses:
        for each in memory.families:
            if lapse.befalls(each):
                lapse.harm(memory, each)


def _where(family: Family, other: Family) -> str:
    """Where something was done, as seen from another session."""
    if family.user != other.user:
        return "by another user"
    return "in another session" if family.client_id == other.client_id else "at another client"


def ends_the_session(_: Memory, family: Family) -> None:
    """All tokens of the session are refused."""
    family.revoked = True


def revives_the_session(memory: Memory, family: Family) -> None:
    """All tokens of a session that was over work again, but for those that were used."""
    family.revoked = False
    for token in memory.tokens_of(family):
        token.revoked = False


def forgets_uses(memory: Memory, family: Family) -> None:
    """Used refresh tokens work again."""
    for token in memory.refresh_tokens_of(family):
        token.used = None


def strands_the_client(memory: Memory, family: Family) -> None:
    """The newest refresh token is refused."""
    newest = memory.newest(family)
    if newest is not None:
        newest.revoked = True


def shrinks_the_grant(memory: Memory, family: Family) -> None:
    """The newest refresh token yields less scope."""
    newest = memory.newest(family)
    if newest is not None and " " in newest.scope:
        newest.scope = newest.scope.rpartition(" ")[0]


def widens_the_grant(memory: Memory, family: Family) -> None:
    """The newest refresh token yields more scope than was granted."""
    newest = memory.newest(family)
    if newest is not None and "everything" not in newest.scope:
        newest.scope = f"{newest.scope} everything"


def ends_the_access_token(_: Memory, family: Family) -> None:
    """The newest access token is refused."""
    if family.last_access_token is not None:
        family.last_access_token.revoked = True


def revives_access_tokens(memory: Memory, family: Family) -> None:
    """All access tokens but the newest work again, though they were revoked."""
    for token in memory.access_tokens_of(family):
        token.revoked = token.revoked and token is family.last_access_token


def gives_codes_back(memory: Memory, family: Family) -> None:
    """The code of the session works again."""
    for code in memory.codes.values():
        code.used = code.used and code.family is not family


def mixes_up_users(_: Memory, family: Family) -> None:
    """The session is somebody else's."""
    family.user = replace(family.user, username="somebody-else")


def forgets_the_login(_: Memory, family: Family) -> None:
    """When the user logged in is told another time."""
    family.auth_time += 600
