"""Reds that a run could not repeat, since the provider allowed no more requests, and a later run has seen again, or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from token_conformance.judging.habit import Did
from token_conformance.results.causes import RED
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import ToDo
from token_conformance.verdict import Verdict


def left_to_repeat(run: RunResult, limited: Collection[str], again: datetime) -> tuple[ToDo, ...]:
    """To-dos of the scenarios, among those for whose repetition no more requests were allowed, in which a red was seen once."""
    once = {name for check in run.of(*RED) if check.unrepeated for name in _scenarios(check)}
    known = {each.scenario for each in run.todo}
    return tuple(ToDo(name, 0, again, because="limit") for name in sorted(once & set(limited) - known))


def is_repeated(earlier: CheckResult, now: CheckResult) -> bool:
    """Whether a red was seen once in an earlier run, and its scenario has run again now."""
    offence = {_scenario(earlier.habit.offence)} if earlier.habit is not None else set(_scenarios(earlier))
    return earlier.verdict in RED and bool(earlier.unrepeated) and not offence.isdisjoint(_scenarios(now))


def after_repetition(earlier: CheckResult, now: CheckResult) -> CheckResult:
    """What is told of such a red, as of one that was repeated in its own run (`judging/repetition.py`)."""
    if now.verdict in RED:
        return replace(now, seen=(2, 2), unrepeated="")
    if now.seen is not None:
        return replace(earlier, seen=(1 + now.seen[0], 1 + now.seen[1]), unrepeated="")
    if not now.verdict.judged:
        return earlier
    if earlier.habit is not None and earlier.habit.did is Did.ACCEPTED:
        return replace(earlier, seen=(1, 2), unrepeated="", message=f"{earlier.message} (seen 1 of 2)")
    message = f"not repeatable: {earlier.message}; in a later run: {now.message or 'what the check asks for'}"
    unsure = replace(now, verdict=Verdict.INCONCLUSIVE, message=message, violated=None, seen=(1, 2))
    return replace(unsure, exchanges=(*earlier.exchanges, *now.exchanges))


def _scenarios(check: CheckResult) -> Iterator[str]:
    return (_scenario(each) for each in check.exchanges)


def _scenario(exchange: str) -> str:
    """The scenario of an exchange, whichever run, or repetition, it is of."""
    return exchange.rpartition("/")[0].partition("@")[0].partition("~")[0]
