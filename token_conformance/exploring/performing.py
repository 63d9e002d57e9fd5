"""Performs the steps of stories at a provider, and keeps which exchanges each of them made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from token_conformance.evidence.login import Authorization
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.acts import BEGINNINGS, LOOKS, WAITS, Act, Relation, Step
from token_conformance.exploring.sessions import Session
from token_conformance.profile.client import Client
from token_conformance.provider import Provider
from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged

A_LITTLE = 2.0
"""Seconds in which times that count seconds become others."""

MARGIN = 5.0
"""Seconds beyond a life after which a token is dead, whatever was rounded."""

USUAL_LIFE = 3600.0
"""Seconds that an access token lives of which nobody has told."""

MOST = {Act.RACE: 2, Act.WAIT: 0, Act.WAIT_LONG: 0, **dict.fromkeys(BEGINNINGS, 8)}
"""Requests that a step may take, where it is not one; a login has pages."""

NO_SCOPE = "token-conformance-unknown"
"""A scope that nobody has granted."""


@dataclass(frozen=True)
class Done:
    """A step that was performed, and the places of its exchanges among all of them."""

    step: Step
    exchanges: range


@dataclass(eq=False)
class Stage:
    """One story under way: its sessions by number, and the steps that were performed.

    `impossible` are the acts that this provider offers nobody, and why; all stages of an exploration share it. `latest` is
    the last step that may have changed anything, and whose session it was. No step is begun that may lead beyond `until`
    requests; `cut` tells that one was not.
    """

    provider: Provider
    impossible: dict[Act, str] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    life: float = USUAL_LIFE
    until: int = 0
    cut: bool = False
    latest: tuple[Step, Session] | None = None

    @property
    def requests(self) -> int:
        """The requests that were sent so far, in all stages."""
        return len(self.provider.wire.exchanges)

    def is_possible(self, step: Step) -> bool:
        """Whether a step makes sense where the story has come to."""
        if step.act in self.impossible:
            return False
        if step.act in WAITS:
            return bool(self.sessions)
        session = self.sessions.get(step.session)
        if step.act in BEGINNINGS:
            return session is None
        return session is not None and session.object(step) is not None

    async def perform(self, step: Step) -> bool:
        """Perform a step that makes sense, and for which there is room; whether it came to anything."""
        if not self.is_possible(step):
            return False
        if self.requests + MOST.get(step.act, 1) > self.until:
            self.cut = True
            return False
        began, session = self.requests, self.sessions.get(step.session)
        if session is not None and step.act not in WAITS:
            session.heed(step)
        try:
            await ACTS[step.act](self, step)
        except NotJudged as problem:
            self.impossible[step.act] = str(problem)
        self.done.append(Done(step, range(began, self.requests)))
        if step.act not in LOOKS | WAITS and step.session in self.sessions:
            self.latest = step, self.sessions[step.session]
        return step.act not in self.impossible

    async def play(self, story: tuple[Step, ...]) -> None:
        """Perform the steps of a story."""
        for step in story:
            await self.perform(step)

    @property
    def foreigner(self) -> Client:
        """The other client of the profile.

        Raises:
            NotApplicable: there is none.

        """
        second = self.provider.profile.second_client
        if second is None:
            raise NotApplicable("the profile has no second client")
        return second

    def session(self, step: Step) -> Session:
        """The session that a step is about."""
        return self.sessions[step.session]

    def value(self, step: Step) -> str:
        """The code or token that a step is about."""
        return self.session(step).object(step) or ""

    def heed(self, session: Session, answer: TokenResponse) -> None:
        """Go on with what was handed over."""
        session.take(answer)
        if isinstance(answer.members.get("expires_in"), int | float):
            self.life = float(answer.members["expires_in"])


async def _login(stage: Stage, step: Step) -> None:
    await _begin(stage, step, stage.provider, stage.provider.profile.user_client, None)


async def _login_of_another_user(stage: Stage, step: Step) -> None:
    other = stage.provider.another_user()
    try:
        await _begin(stage, step, other, other.profile.user_client, None)
    finally:
        stage.provider.forget_browser()


async def _login_for_less(stage: Stage, step: Step) -> None:
    grant = stage.provider.profile.grants.authorization_code
    less = _less(grant.scope if grant is not None else None)
    await _begin(stage, step, stage.provider, stage.provider.profile.user_client, less)


async def _login_at_another_client(stage: Stage, step: Step) -> None:
    await _begin(stage, step, stage.provider, stage.foreigner, None)


async def _begin(stage: Stage, step: Step, provider: Provider, client: Client, scope: str | None) -> None:
    grant, session = provider.profile.grants.authorization_code, Session(step.session, step.act, client)
    if grant is None or provider.profile.login.strategy == "password":
        login = await provider.login(client=client, scope=scope)
        answer, session.scope = login.response, login.scope
    else:
        session.authorization = await _authorized(provider, client, scope)
        session.scope, session.exchanged = session.authorization.scope, True
        answer = await provider.exchange_code(session.authorization)
    stage.sessions[step.session] = session
    stage.heed(session, answer)


async def _authorized(provider: Provider, client: Client, scope: str | None) -> Authorization:
    authorization = await provider.authorize(client=client, scope=scope)
    if authorization.code is None:
        raise Inconclusive(authorization.refusal)
    return authorization


async def _authorize(stage: Stage, step: Step) -> None:
    client = stage.provider.profile.user_client
    authorization = await _authorized(stage.provider, client, None)
    stage.sessions[step.session] = Session(step.session, step.act, client, authorization, authorization.scope)


async def _exchange(stage: Stage, step: Step) -> None:
    session = stage.session(step)
    session.exchanged = True
    if session.authorization is not None:
        stage.heed(session, await stage.provider.exchange_code(session.authorization, changes={}))


async def _foreign_exchange(stage: Stage, step: Step) -> None:
    session = stage.session(step)
    if session.authorization is not None:
        await stage.provider.exchange_code(session.authorization, client=_stranger(stage, session))


async def _refresh(stage: Stage, step: Step) -> None:
    await _refreshed(stage, step, None)


async def _narrow(stage: Stage, step: Step) -> None:
    await _refreshed(stage, step, _less(stage.session(step).scope))


async def _widen(stage: Stage, step: Step) -> None:
    session = stage.session(step)
    if session.begun_by is Act.LOGIN_FOR_LESS and stage.provider.profile.grants.authorization_code is not None:
        await _refreshed(stage, step, stage.provider.profile.grants.authorization_code.scope)
        return
    await _refreshed(stage, step, f"{session.scope or ''} {NO_SCOPE}".strip())


async def _refreshed(stage: Stage, step: Step, scope: str | None) -> None:
    session = stage.session(step)
    answer = await stage.provider.refresh(stage.value(step), scope=scope, client=session.client)
    if step.relation is Relation.NEWEST:
        session.struck_by = None if answer.accepted else session.struck_by
        session.over = not answer.accepted and scope is None
    stage.heed(session, answer)


async def _race(stage: Stage, step: Step) -> None:
    session, provider, token = stage.session(step), stage.provider, stage.value(step)
    runners = [provider.refresh(token, client=session.client) for _ in range(2)]
    for answer in await provider.at_once(runners):
        stage.heed(session, answer)


async def _lose(stage: Stage, step: Step) -> None:
    """The answer is lost on its way: the client goes on with what it had."""
    session = stage.session(step)
    answer = await stage.provider.refresh(stage.value(step), client=session.client)
    session.lost += [answer.refresh_token] if answer.refresh_token and answer.accepted else []


async def _foreign_refresh(stage: Stage, step: Step) -> None:
    await stage.provider.refresh(stage.value(step), client=_stranger(stage, stage.session(step)))


async def _revoke(stage: Stage, step: Step) -> None:
    await stage.provider.revoke(stage.value(step), client=stage.session(step).client)


async def _foreign_revoke(stage: Stage, step: Step) -> None:
    await stage.provider.revoke(stage.value(step), client=_stranger(stage, stage.session(step)))


async def _introspect(stage: Stage, step: Step) -> None:
    await stage.provider.introspect(stage.value(step), client=stage.session(step).client)


async def _foreign_introspect(stage: Stage, step: Step) -> None:
    await stage.provider.introspect(stage.value(step), client=_stranger(stage, stage.session(step)))


async def _use(stage: Stage, step: Step) -> None:
    await stage.provider.resource(stage.value(step))


async def _userinfo(stage: Stage, step: Step) -> None:
    await stage.provider.userinfo(stage.value(step))


async def _wait(stage: Stage, step: Step) -> None:  # noqa: ARG001 - the others have a use for it
    await stage.provider.clock.wait(A_LITTLE)


async def _wait_long(stage: Stage, step: Step) -> None:  # noqa: ARG001 - the others have a use for it
    await stage.provider.clock.wait(stage.life + MARGIN)
    for session in stage.sessions.values():
        session.aged = True


def _stranger(stage: Stage, session: Session) -> Client:
    """The client that a session is not of."""
    own = stage.provider.profile.user_client
    return stage.foreigner if session.client == own else own


def _less(scope: str | None) -> str:
    """A scope without one of its values, which is no matter of how the user logs in.

    Raises:
        NotApplicable: nothing can be left out of it.

    """
    values = (scope or "").split()
    dispensable = [value for value in values if value not in {"openid", "offline_access"}]
    if not dispensable or len(values) == 1:
        raise NotApplicable("the profile's scope has no value that could be left out")
    return " ".join(value for value in values if value != dispensable[-1])


ACTS: Mapping[Act, Callable[[Stage, Step], Awaitable[None]]] = {
    Act.LOGIN: _login,
    Act.LOGIN_OF_ANOTHER_USER: _login_of_another_user,
    Act.LOGIN_FOR_LESS: _login_for_less,
    Act.LOGIN_AT_ANOTHER_CLIENT: _login_at_another_client,
    Act.AUTHORIZE: _authorize,
    Act.EXCHANGE: _exchange,
    Act.REFRESH: _refresh,
    Act.NARROW: _narrow,
    Act.WIDEN: _widen,
    Act.RACE: _race,
    Act.LOSE: _lose,
    Act.FOREIGN_REFRESH: _foreign_refresh,
    Act.FOREIGN_EXCHANGE: _foreign_exchange,
    Act.REVOKE: _revoke,
    Act.REVOKE_ACCESS: _revoke,
    Act.FOREIGN_REVOKE: _foreign_revoke,
    Act.FOREIGN_REVOKE_ACCESS: _foreign_revoke,
    Act.INTROSPECT: _introspect,
    Act.INTROSPECT_ACCESS: _introspect,
    Act.FOREIGN_INTROSPECT: _foreign_introspect,
    Act.USE: _use,
    Act.USERINFO: _userinfo,
    Act.WAIT: _wait,
    Act.WAIT_LONG: _wait_long,
}
"""How each act is performed."""
