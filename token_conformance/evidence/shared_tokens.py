"""Which session each token of a run was handed out in: a token belongs to one alone (RFC 6749 §10.10)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.token_response import TokenResponse

Member = Literal["access_token", "refresh_token"]


@dataclass(frozen=True)
class Stray:
    """A token that a refresh handed out in one session, though another one had it before."""

    before: TokenResponse
    again: TokenResponse


@dataclass
class Sessions:
    """The sessions of a run, told apart by the codes, passwords and refresh tokens that they come from."""

    of_refresh_token: dict[str, Hashable] = field(default_factory=dict)
    holders: dict[str, tuple[Hashable, TokenResponse]] = field(default_factory=dict)

    def enter(self, answer: TokenResponse, member: Member) -> Stray | None:
        """Note what an answer hands out; give the answer of another session that has handed it out before."""
        session, value = self._session(answer), answer.members.get(member)
        handed = answer.refresh_token
        if handed is not None:
            self.of_refresh_token.setdefault(handed, session)
        if not isinstance(value, str) or not value or _may_be_alike(value):
            return None
        holder, before = self.holders.setdefault(value, (session, answer))
        return Stray(before, answer) if holder != session else None

    def _session(self, answer: TokenResponse) -> Hashable:
        form = dict(answer.exchange.request.form)
        presented = form.get("refresh_token")
        if presented is not None:
            return self.of_refresh_token.setdefault(presented, ("refresh_token", presented))
        return form.get("code") or answer.exchange.started


def _may_be_alike(value: str) -> bool:
    """Whether it is a JWT without jti, in which nothing tells two logins of a second apart."""
    token = jwt_of(value)
    return token is not None and "jti" not in token.claims


def strays(answers: Iterable[TokenResponse], member: Member) -> Iterator[Stray]:
    """The tokens that came again in another session, by a refresh, in the order of the answers' times."""
    sessions = Sessions()
    for answer in sorted(answers, key=lambda answer: answer.exchange.answered):
        stray = sessions.enter(answer, member)
        if stray is not None and "refresh_token" in dict(answer.exchange.request.form):
            yield stray
