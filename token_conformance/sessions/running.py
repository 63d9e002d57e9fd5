"""A stored session in a run: locked for as long as the run lasts, renewed at its beginning, and kept true throughout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from token_conformance.provider import Provider
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login import Login
from token_conformance.run import Run
from token_conformance.sessions.keeper import Keeper
from token_conformance.sessions.problems import LostSessionError, SessionError
from token_conformance.sessions.store import SessionStore
from token_conformance.sessions.vaults import vault
from token_conformance.verdict import Inconclusive, NotJudged

ONLY = "the one stored session"
ENDED = "an earlier scenario has ended the stored session"
NOT_ASKED_FOR = "no scenario of this run says that it needs a login"


@contextmanager
def stored_session(run: Run, *, needed: bool) -> Iterator[Lineage | None]:
    """The stored session of a live run whose user logs in beforehand, and None in other runs.

    Where it is needed and cannot be used, the run says why, and scenarios that want a login do not come about.
    """
    if run.server.kind != "live" or not run.profile.login.stored:
        yield None
    elif not needed:
        yield Lineage(only=ONLY, lacking=NOT_ASKED_FOR)
    else:
        with ExitStack() as held:
            yield _lineage(run, held)


async def begin(run: Run, provider: Provider) -> None:
    """Renew the stored session, which has the first scenario begin with tokens of its own, or say why it is over."""
    lineage = provider.lineage
    try:
        response = await provider.refresh(lineage.take_seed(provider.wire.scenario))
        if response.accepted:
            lineage.begin(Login(response, provider.profile.user_client))
        elif isinstance(lineage.keeper, Keeper):
            problem = lineage.keeper.problem(response)
            _tell(run, lineage, str(problem), over=isinstance(problem, LostSessionError))
    except NotJudged as problem:
        _tell(run, lineage, f"the stored session of {run.name} could not be renewed: {problem}", over=False)


def note_end(run: Run, lineage: Lineage, scenario: str | None) -> None:
    """Store that a scenario sets out to end the session, or, with None, that it did not come to that."""
    if not isinstance(lineage.keeper, Keeper) or lineage.seed is None:
        return
    try:
        lineage.keeper.ending(scenario)
    except Inconclusive as problem:
        _tell(run, lineage, str(problem))


def note_refusal(run: Run, why: str) -> None:
    """Have the run end with the reason why nobody could log in; with a stored session, it is that which is over."""
    run.trouble = why
    if run.sessions is not None:
        run.no_session = True
        run.trouble = f"{why}: log in anew with `{run.sessions.remedy}`"


def _lineage(run: Run, held: ExitStack) -> Lineage:
    lineage = Lineage(only=ONLY, lacking=ENDED)
    try:
        store = run.sessions or SessionStore(run.name, run.profile, vault(run.name))
        held.enter_context(store.locked())
        keeper = Keeper(store)
        lineage.prover = keeper.prover
    except SessionError as problem:
        _tell(run, lineage, str(problem))
        return lineage
    lineage.keeper, lineage.seed = keeper, keeper.session.refresh_token
    run.redactor.learn("refresh_token", keeper.session.refresh_token)
    run.redactor.learn("access_token", keeper.session.access_token)
    return lineage


def _tell(run: Run, lineage: Lineage, why: str, *, over: bool = True) -> None:
    """Have the run end with the reason, and its scenarios go without a login.

    Args:
        run: the run.
        lineage: that of its session.
        why: a sentence.
        over: whether it is the session itself that cannot be used, and not its provider.

    """
    lineage.end()
    lineage.lacking = why
    run.no_session = over
    run.trouble = "; ".join(filter(None, (run.trouble, why)))
