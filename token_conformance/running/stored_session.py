"""A stored session in a run: locked for as long as the run lasts, renewed at its beginning, and kept true throughout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from token_conformance.evidence.login import Login
from token_conformance.provider import Provider
from token_conformance.provider.lineage import Lineage
from token_conformance.running.run import Run
from token_conformance.running.trouble import Trouble
from token_conformance.verdict import Inconclusive, NotJudged

ONLY = "the one stored session"
ENDED = "an earlier scenario has ended the stored session"

NOT_ASKED_FOR = "no scenario of this run says that it needs a login"


@contextmanager
def stored_session(run: Run, trouble: Trouble, *, needed: bool) -> Iterator[Lineage | None]:
    """The stored session of a live run whose user logs in beforehand, and None in other runs.

    Where it is needed and cannot be used, `trouble` says why, and scenarios that want a login do not come about.
    """
    if run.server.kind != "live" or not run.profile.login.stored:
        yield None
    elif not needed:
        yield Lineage(only=ONLY, lacking=NOT_ASKED_FOR)
    else:
        with ExitStack() as held:
            yield _lineage(run, trouble, held)


async def begin(name: str, trouble: Trouble, provider: Provider) -> None:
    """Renew the stored session, which has the first scenario begin with tokens of its own, or say why it is over."""
    from token_conformance.sessions.keeper import Keeper  # most runs have no stored session, and import none of it
    from token_conformance.sessions.problems import LostSessionError

    lineage = provider.lineage
    try:
        response = await provider.refresh(lineage.take_seed(provider.wire.scenario))
        if response.accepted:
            lineage.begin(Login(response, provider.profile.user_client))
        elif isinstance(lineage.follower, Keeper):
            problem = lineage.follower.problem(response)
            _tell(trouble, lineage, str(problem), over=isinstance(problem, LostSessionError))
    except NotJudged as problem:
        _tell(trouble, lineage, f"the stored session of {name} could not be renewed: {problem}", over=False)


async def outlived(trouble: Trouble, provider: Provider) -> bool:
    """Whether the only session lives on after a scenario that might have ended it: its newest refresh token works."""
    lineage = provider.lineage
    if lineage.seed is None:
        return False
    try:
        response = await provider.refresh(lineage.seed)
    except NotJudged:
        return False
    if response.accepted:
        note_end(trouble, lineage, None)
        lineage.begin(Login(response, provider.profile.user_client))
    return response.accepted


def note_end(trouble: Trouble, lineage: Lineage, scenario: str | None) -> None:
    """Store that a scenario sets out to end the session, or, with None, that it did not come to that."""
    try:
        lineage.ending(scenario)
    except Inconclusive as problem:
        _tell(trouble, lineage, str(problem))


def note_refusal(run: Run, trouble: Trouble, why: str) -> None:
    """Remember why nobody could log in; with a stored session, it is that which is over."""
    trouble.why = why
    if run.sessions is not None:
        trouble.no_session = True
        trouble.why = f"{why}: log in anew with `{run.sessions.remedy}`"


def _lineage(run: Run, trouble: Trouble, held: ExitStack) -> Lineage:
    from token_conformance.sessions.keeper import Keeper
    from token_conformance.sessions.problems import SessionError
    from token_conformance.sessions.store import SessionStore
    from token_conformance.sessions.vaults import vault

    lineage = Lineage(only=ONLY, lacking=ENDED)
    try:
        store = run.sessions or SessionStore(run.name, run.profile, vault(run.name))
        held.enter_context(store.locked())
        keeper = Keeper(store)
        lineage.prover = keeper.prover
    except SessionError as problem:
        _tell(trouble, lineage, str(problem))
        return lineage
    lineage.follower, lineage.seed = keeper, keeper.session.refresh_token
    run.redactor.learn("refresh_token", keeper.session.refresh_token)
    run.redactor.learn("access_token", keeper.session.access_token)
    return lineage


def _tell(trouble: Trouble, lineage: Lineage, why: str, *, over: bool = True) -> None:
    """Have the run end with the reason, and its scenarios go without a login.

    Args:
        trouble: that of the run.
        lineage: that of its session.
        why: a sentence.
        over: whether it is the session itself that cannot be used, and not its provider.

    """
    lineage.end()
    lineage.lacking = why
    trouble.no_session = over
    trouble.add(why)
