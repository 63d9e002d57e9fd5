"""Tries changed requests, one after the other: each beside a good one that is accepted, where its answer leaves doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.requests.draft import Draft
from token_conformance.exploring.requests.found import Disagreement, FoundRequest, Kind
from token_conformance.exploring.requests.goods import Goods
from token_conformance.exploring.requests.judging import disagreements
from token_conformance.exploring.requests.mutation import Grant, Mutated, Mutation, mutated
from token_conformance.provider import Provider
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange, Request

OF_A_LOGIN = 8
"""Requests that a login may take: it has pages."""

FOR_REPEATING = 4
"""Requests that are kept for showing a finding once more."""

TOO_MANY_REQUESTS = 429


class SpentError(Exception):
    """There is no room for another request, or the provider wants none; the message says why, where it is not the number."""


@dataclass(frozen=True)
class Trial:
    """A changed request, the answer to it, and what that violates; `control` was accepted beside it."""

    mutation: Mutation
    mutated: Mutated
    exchange: Exchange
    control: Exchange | None
    disagreements: tuple[Disagreement, ...]

    @property
    def changes(self) -> tuple[str, ...]:
        """What was changed, in words."""
        return self.mutated.draft.told

    @property
    def what(self) -> str:
        """The request, in words."""
        return f"{self.mutation.grant.told} with {' and '.join(self.changes)}"

    def repeats(self, other: Trial | None) -> bool:
        """Whether another trial violates all that this one does."""
        known = {each.requirement for each in other.disagreements} if other is not None else set()
        return {each.requirement for each in self.disagreements} <= known


@dataclass
class Trying:
    """Sends changed requests within a number of them; `known` are the requirements that need not be shown again."""

    provider: Provider
    requests: int
    known: set[str] = field(default_factory=set)
    tried: dict[tuple[Grant, tuple[str, ...]], Trial] = field(default_factory=dict)
    heed: Callable[[int], None] = lambda _sent: None

    def __post_init__(self) -> None:
        self.goods = Goods(self.provider)
        self._until = self.requests

    @property
    def sent(self) -> int:
        """The requests that were sent so far."""
        return len(self.provider.wire.exchanges)

    async def attempt(self, mutation: Mutation) -> Trial | None:
        """The trial of a mutation, the one before where it was tried; None where it is not possible.

        Raises:
            SpentError: there is no room for it.

        """
        self._until = self.requests - min(FOR_REPEATING, self.requests // 5)
        changed = await self._mutated(mutation)
        if changed is None or changed.draft.written("") is None:
            return None
        key = mutation.grant, changed.draft.told
        if key not in self.tried:
            self.tried[key] = await self._tried(mutation, changed)
        return self.tried[key]

    def news(self, trial: Trial) -> list[Disagreement]:
        """What a trial shows that is not known, and that none of its changes shows by itself."""
        grant, changes = trial.mutation.grant, set(trial.changes)
        fewer = (each for (of, told), each in self.tried.items() if of is grant and set(told) < changes)
        explained = {disagreement.kind for each in fewer for disagreement in each.disagreements}
        new = [each for each in trial.disagreements if each.requirement not in self.known]
        return [each for each in new if each.kind not in explained]

    def counted(self, found: FoundRequest) -> FoundRequest:
        """A finding with the number of the requests that showed it."""
        requirement = found.disagreement.requirement
        shown = [each for each in self.tried.values() if requirement in {one.requirement for one in each.disagreements}]
        return replace(found, times=max(len(shown), 1))

    async def again(self, trial: Trial) -> bool | None:
        """Whether a trial shows the same once more, by itself; None where there is no room for that."""
        self._until = self.requests
        try:
            changed = await self._mutated(trial.mutation)
            return trial.repeats(await self._tried(trial.mutation, changed)) if changed is not None else None
        except SpentError:
            return None

    def forget(self, trial: Trial) -> None:
        """Take a trial for one that violates nothing: a neighbour or a pause may have caused what it showed."""
        self.tried[trial.mutation.grant, trial.changes] = replace(trial, disagreements=())

    async def draft(self, grant: Grant) -> Draft | None:
        """A good request by a grant; None where there is none any more.

        Raises:
            SpentError: there is no room for a login, or no grant by which could be asked.

        """
        if self.goods.needs_login(grant):
            self._room_for(OF_A_LOGIN)
        draft = await self.goods.draft(grant) if grant in self.goods.grants else None
        if not self.goods.grants:
            raise SpentError("; ".join(dict.fromkeys(self.goods.lacking.values())))
        return draft

    async def _mutated(self, mutation: Mutation) -> Mutated | None:
        draft = await self.draft(mutation.grant)
        return mutated(draft, mutation) if draft is not None else None

    async def _tried(self, mutation: Mutation, changed: Mutated) -> Trial:
        """The trial of a changed request, on a new session where the one before turns out to be over."""
        trial = await self._sent(mutation, changed)
        if not self._in_doubt(trial.disagreements):
            return trial
        if (control := await self._control(mutation.grant)) is not None:
            return replace(trial, control=control)
        return await self._behind_its_control(trial)

    async def _behind_its_control(self, trial: Trial) -> Trial:
        """A trial on a new session, right behind the good request: it may end the session by itself."""
        grant = trial.mutation.grant
        self.goods.end(grant)
        control = await self._control(grant)
        changed = await self._mutated(trial.mutation)
        if control is None or changed is None:
            return replace(trial, disagreements=())
        second = await self._sent(trial.mutation, changed)
        if second.disagreements:
            self.goods.end(grant)
        return replace(second, control=control)

    def _in_doubt(self, found: Iterable[Disagreement]) -> bool:
        """Whether a finding is none unless a good request is accepted beside it."""
        return any(each.kind is not Kind.SERVED and each.requirement not in self.known for each in found)

    async def _control(self, grant: Grant) -> Exchange | None:
        """The good request itself, where it is accepted."""
        draft = await self.draft(grant)
        request = draft.written(await self._address(draft)) if draft is not None else None
        if request is None:
            return None
        answer = await self._answer(grant, request)
        return answer.exchange if answer.exchange.answer is not None and answer.accepted else None

    async def _sent(self, mutation: Mutation, changed: Mutated) -> Trial:
        request = changed.draft.written(await self._address(changed.draft))
        assert request is not None, "what is too large was left out before"
        answer = await self._answer(mutation.grant, request)
        what = f"{mutation.grant.told} with {' and '.join(changed.draft.told)}"
        found = tuple(disagreements(changed, answer, what))
        return Trial(mutation, changed, answer.exchange, None, found)

    async def _answer(self, grant: Grant, request: Request) -> TokenResponse:
        """The answer to a request, after which the good ones go on with what came.

        Raises:
            SpentError: there is no room for it, or the provider wants no more.

        """
        self._room_for(1)
        self.heed(self.sent)
        try:
            self.goods.spend(grant)
            exchange = await self.provider.send(
                request.method,
                request.url,
                headers=request.headers,
                body=request.body,
                certificate=request.certificate,
            )
        except NotJudged as problem:
            raise SpentError(str(problem)) from problem
        if self.provider.wire.limited or (exchange.answer and exchange.answer.status == TOO_MANY_REQUESTS):
            raise SpentError("the provider allows no more requests for now")
        answer = TokenResponse(exchange)
        if exchange.answer is not None:
            self.goods.follow(grant, answer)
        return answer

    async def _address(self, draft: Draft) -> str:
        return await self.provider.endpoint("token_endpoint", mutual_tls=draft.proof.certificate is not None)

    def _room_for(self, requests: int) -> None:
        if self.sent + requests > self._until:
            raise SpentError
