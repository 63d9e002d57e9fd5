"""Finds out before a run what a provider says of its limits: by its metadata, and one token request."""

from __future__ import annotations

from token_conformance.provider.discovery import Discovery
from token_conformance.provider.spelling import FORM
from token_conformance.running.economy import thrifty_pace
from token_conformance.running.run import Run
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange, Request
from token_conformance.wire.wire import Wire

UNGRANTED = b"grant_type=authorization_code"
"""A token request that nobody would grant: it holds neither a code nor a client."""


async def probe(run: Run) -> str:
    """Ask for the metadata, and once for tokens that nobody would grant; gives what came of it, a sentence.

    What the answer tells of limits `run.allowance` knows from then on.
    """
    pace, connection = thrifty_pace(run), run.server.connect("probe")
    wire = Wire("probe", connection, run.profile.limits, pace, noting=run.noting)
    discovery = Discovery(run.profile, wire)
    try:
        endpoint = await discovery.endpoint("token_endpoint")
        pace.token_endpoints = frozenset({endpoint})
        return _told(run, await wire.send(Request("POST", endpoint, FORM, UNGRANTED)))
    except NotJudged as problem:
        return f"the probe came to nothing: {run.redactor.text(str(problem))}"
    finally:
        await connection.close()


def _told(run: Run, exchange: Exchange) -> str:
    if exchange.answer is None:
        return f"the probe got no answer: {run.redactor.text(exchange.failure or '')}"
    answered = f"the probe of the token endpoint was answered by {exchange.answer.status}"
    announced = [limit for limit in run.allowance.limits if limit.known_by != "profile"]
    if not announced:
        return f"{answered}, whose headers tell of no limit; one may be met all the same"
    told = " and ".join(map(str, announced))
    room = run.allowance.room
    return f"{answered}, which tells of a limit: {told}" + (f", {room} of them left" if room is not None else "")
