"""The end of a live run: what it still holds at the provider is revoked, and what remains is said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from token_conformance.evidence.left_behind import LeftBehind, left_behind
from token_conformance.provider import Provider
from token_conformance.provider.lineage import Lineage
from token_conformance.running.gathering import Gathering
from token_conformance.running.interruption import INTERRUPTED, InterruptedRunError
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.sessions.problems import SessionError
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.proxy import sentence
from token_conformance.wire.wire import Wire

PATIENCE = 30
"""Seconds that all revocations together may take."""

REVOKED = "revoked"


async def take_leave(run: Run, record: Record, exchanges: Sequence[Exchange]) -> str | None:
    """Revoke the refresh tokens that a live run got itself and that may still work (RFC 7009 §2.1); gives a sentence.

    A run that started from a session which was there before revokes nothing: many a provider ends all tokens of a user and
    a client together. None is said where nothing is left behind, or where nothing could be known.

    Args:
        run: the run, at its end.
        record: what it has gathered.
        exchanges: those of the record, and those of its repetitions.

    """
    left = left_behind(exchanges) if run.server.kind == "live" and not run.profile.login.seeded else ()
    if not left:
        return None
    if (reason := _reason_against(run, record)) is not None:
        return told(Counter({reason: len(left)}))
    gathering = Gathering(run, lambda *_: None, after=record)
    async with gathering.closing(Exception):
        try:
            return told(await run.interruption.unless_asked(_revoked(_afterwards(gathering), left)))
        except InterruptedRunError as problem:
            return told(Counter({str(problem): len(left)}))


def _reason_against(run: Run, record: Record) -> str | None:
    """Why nothing is revoked, if so."""
    if not run.profile.limits.revoke_at_end:
        return "limits.revoke_at_end = false"
    if run.interruption.asked:
        return INTERRUPTED
    if record.stopped is not None:
        return "the provider has stopped answering"
    return "what is parked might end with them" if _holds_anything(run) else None


def _holds_anything(run: Run) -> bool:
    """Whether something is parked, or might be: it is a session of the same user and client."""
    if run.lot is None:
        return False
    try:
        return bool(run.lot.parked())
    except SessionError:
        return True


def named_proxy(run: Run) -> tuple[str, ...]:
    """That a live run has gone through a proxy, in a sentence for its report."""
    server = run.profile.server
    through = sentence(server.proxy, server.address) if run.server.kind == "live" else None
    return () if through is None else (through,)


def told(outcomes: Counter[str]) -> str:
    """What became of the refresh tokens, by outcome, in a sentence: `revoked`, or why one lives on."""
    revoked, everything = outcomes[REVOKED], outcomes.total()
    reasons = ", ".join(reason for reason in outcomes if reason != REVOKED)
    tokens = "refresh token" if everything == 1 else "refresh tokens"
    if revoked == everything:
        return f"at its end the run has revoked the {everything} {tokens} that it held; access tokens end by themselves"
    some = f"{revoked} {'is' if revoked == 1 else 'are'} revoked, " if revoked else ""
    remaining = everything - revoked
    on = "lives on until it expires" if remaining == 1 else "live on until they expire"
    return f"of the {everything} {tokens} that the run held at its end, {some}{remaining} {on}: {reasons}"


def _afterwards(gathering: Gathering) -> Provider:
    """The provider for what comes after all scenarios: its exchanges are no evidence."""
    run = gathering.run
    connection, limits = run.server.connect("afterwards"), run.profile.limits
    wire = Wire("afterwards", connection, limits, gathering.pace, presence=gathering.presence)
    return Provider(run.profile, wire, gathering.discovery, Lineage(), gathering.logins, ways=gathering.admission)


async def _revoked(provider: Provider, left: Sequence[LeftBehind]) -> Counter[str]:
    """What became of each token."""
    outcomes = ["no answer came in time"] * len(left)

    async def revoke(place: int) -> None:
        outcomes[place] = await _outcome(provider, left[place])

    try:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            for place in range(len(left)):
                tasks.create_task(revoke(place))
    except TimeoutError:
        pass  # what was not reached says so
    finally:
        await provider.wire.close()
    return Counter(outcomes)


async def _outcome(provider: Provider, token: LeftBehind) -> str:
    client = next((each for each in provider.profile.clients if each.client_id == token.client_id), None)
    try:
        exchange = await provider.revoke(token.refresh_token, hint="refresh_token", client=client)
    except NotJudged as problem:
        return str(problem)
    except Exception as problem:  # the run is over, and nothing of it may be lost for this
        return f"it could not be revoked ({type(problem).__name__})"
    if exchange.answer is None:
        return exchange.failure or "no answer"
    return (
        REVOKED if exchange.answer.status == 200 else f"the revocation endpoint answered with {exchange.answer.status}"
    )
