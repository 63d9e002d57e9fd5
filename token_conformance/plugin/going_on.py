"""`--resume` after a run that the provider's limit of requests cut short: what was judged then, and what is left, are one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from token_conformance.plugin.stale import stale_deviations
from token_conformance.plugin.stash import EARLIER, LEFT
from token_conformance.results.merging import read_earlier, together
from token_conformance.results.results import RunResult
from token_conformance.results.seen_again import left_to_repeat
from token_conformance.results.todo import read_spent, read_to_dos
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.verdict import Limited


def going_on(run: Run, config: pytest.Config) -> Run:
    """The run that goes on where another one was cut short, and knows what that one has spent; or else the run itself.

    Raises:
        ResumeError: the results of the other one cannot be read.

    """
    path, left = config.option.resume, config.stash[LEFT]
    listed, earlier = read_to_dos(path, run.name), read_earlier(path)
    run.allowance.go_on(read_spent(path))
    cut_short = any(each.because == "limit" for each in left)
    if not cut_short and earlier.runs == 1:
        return run
    config.stash[EARLIER] = earlier, tuple(each for each in listed if each not in left)
    return replace(run, goes_on=True)


def with_what_was_judged(run: Run, result: RunResult, again: Record | None, config: pytest.Config) -> RunResult:
    """The result of a run together with that of the one that it goes on with, and reds of both that are left to be repeated.

    Args:
        run: the run.
        result: what it has found.
        again: what was gathered by repetitions of its reds, if there were any.
        config: of the session.

    """
    if run.goes_on:
        earlier, left = config.stash[EARLIER]
        result = together(earlier, result, left)
        result = replace(result, stale_deviations=stale_deviations(run, result.checks))
    outcomes = again.outcomes if again is not None else {}
    limited = {name for name, outcome in outcomes.items() if isinstance(outcome, Limited)}
    later = left_to_repeat(result, limited, run.allowance.again_from)
    return replace(result, todo=(*later, *result.todo))
