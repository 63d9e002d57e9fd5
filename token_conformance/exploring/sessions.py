"""What the explorer knows of a session: its tokens in the order in which they came, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from token_conformance.evidence.login import Authorization
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.acts import LOOKS, OF_ACCESS_TOKENS, OF_CODES, Act, Relation, Step
from token_conformance.exploring.experience import Experience
from token_conformance.profile.client import Client

PLACES = {Relation.NEWEST: -1, Relation.PREVIOUS: -2, Relation.GRANDPARENT: -3, Relation.FIRST: 0}


@dataclass(eq=False)
class Session:
    """A user's session at a client, as the client knows it.

    `exchanged` tells that its code was presented, `aged` that its first access tokens have expired, `over` that its newest refresh token was refused. `befell` is what was
    done to it, in order, but for what changes nothing; `struck_by` is what may have ended it, unless it was renewed since,
    and `revoked_by` what ended the newest of the tokens that were revoked.
    """

    number: int
    begun_by: Act
    client: Client
    authorization: Authorization | None = None
    scope: str | None = None
    exchanged: bool = False
    aged: bool = False
    over: bool = False
    struck_by: tuple[Act, Relation] | None = None
    refresh_tokens: list[str] = field(default_factory=list)
    access_tokens: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    revoked_by: tuple[Act, Relation] | None = None
    befell: list[tuple[Act, Relation]] = field(default_factory=list)
    experience: Experience = field(default_factory=Experience)

    @property
    def depth(self) -> int:
        """How many refresh tokens have followed the first one."""
        return max(len(self.refresh_tokens) - 1, 0)

    def take(self, answer: TokenResponse) -> None:
        """Go on with the tokens of an answer."""
        if answer.access_token and answer.access_token not in self.access_tokens:
            self.access_tokens.append(answer.access_token)
        if answer.refresh_token and answer.refresh_token not in self.refresh_tokens:
            self.refresh_tokens.append(answer.refresh_token)

    def may_end_by(self, step: Step) -> bool:
        """Whether a sound server may end it for a step."""
        if step.act in {Act.RACE, Act.LOSE, Act.REVOKE, Act.REVOKE_ACCESS}:
            return True
        if step.act in {Act.REFRESH, Act.NARROW, Act.WIDEN}:
            return step.relation is not Relation.NEWEST or bool(self.lost)
        return step.act is Act.EXCHANGE and self.exchanged

    def heed(self, step: Step) -> None:
        """Remember what is about to be done to it."""
        what = (step.act, step.relation)
        if self.may_end_by(step) and self.struck_by is None:
            self.struck_by = what
        if step.act in {Act.REVOKE, Act.REVOKE_ACCESS}:
            self.revoked += [token for token in (self.object(step),) if token is not None]
            self.revoked_by = what
        if step.act not in LOOKS and what != (Act.REFRESH, Relation.NEWEST):
            self.befell.append(what)

    def object(self, step: Step) -> str | None:
        """The code or token that a step is about; None where there is none of that relation."""
        if step.act in OF_CODES:
            return self.authorization.code if self.authorization is not None and _is_newest(step) else None
        tokens = self.access_tokens if step.act in OF_ACCESS_TOKENS else self.refresh_tokens
        if step.relation is Relation.REVOKED:
            older = tokens if tokens is self.access_tokens else tokens[:-2]  # the others have a nearer relation
            return next((token for token in reversed(self.revoked) if token in older), None)
        if step.relation is Relation.LOST:
            return self.lost[-1] if self.lost and tokens is self.refresh_tokens else None
        if step.relation is Relation.FIRST and len(tokens) <= 2:
            return None  # it has a nearer relation
        place = PLACES[step.relation]
        return tokens[place] if len(tokens) >= max(-place, 1) else None


def _is_newest(step: Step) -> bool:
    return step.relation is Relation.NEWEST
