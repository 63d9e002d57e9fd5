"""What a run comes to as a whole, for people: one sentence, which says no more than was judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from token_conformance.results.outcome import Outcome
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.results import RunResult
    from token_conformance.results.todo import ToDo

NO_VERDICT = "No verdict on the provider"


def conclusion(run: RunResult) -> str:
    """The headline, and behind it what else bears on how far it goes."""
    return "; ".join([_headline(run), *_beside(run)]) + "."


def _headline(run: RunResult) -> str:
    count, how = run.summary, run.circumstances
    match run.outcome:
        case Outcome.INTERRUPTED:
            return f"{NO_VERDICT}: {how.interrupted}"
        case Outcome.NO_SESSION | Outcome.TROUBLE:
            return f"{NO_VERDICT}: {how.trouble}"
        case Outcome.DOES_NOT_CONFORM:
            return f"Does not conform: {_violations(run)}"
        case Outcome.ERROR:
            return f"{NO_VERDICT}: {checks(count[Verdict.ERROR])} met a defect of the suite"
        case Outcome.CUT_SHORT:
            return f"{NO_VERDICT} as a whole yet: nothing failed of what was judged by now"
        case Outcome.INCOMPLETE:
            return f"{NO_VERDICT}: it was to be judged completely"
        case Outcome.NOTHING_JUDGED:
            lacking = ", of which the recording holds no exchange" if how.of_anything_else else ""
            return f"{NO_VERDICT}: nothing of the token endpoint was judged{lacking}"
        case Outcome.SELECTION_HOLDS:
            return f"{NO_VERDICT} as a whole: nothing failed of what was selected by {how.selection}"
        case Outcome.CONFORMS:
            return "Conforms as far as it was judged"


def _violations(run: RunResult) -> str:
    """For what it does not conform: failures, or warnings where these fail a run."""
    if failed := run.summary[Verdict.FAIL]:
        return f"{checks(failed)} failed"
    if any(seen.verdict is Verdict.FAIL for seen in run.on_the_way):
        return "no check failed, and what must hold was violated on the way"
    return "warnings and stale deviations were to count"


def _beside(run: RunResult) -> Iterator[str]:
    """What the headline does not tell."""
    count, how, outcome = run.summary, run.circumstances, run.outcome
    told_first = {Outcome.DOES_NOT_CONFORM: Verdict.FAIL, Outcome.ERROR: Verdict.ERROR}.get(outcome)
    for verdict, words in _SAID.items():
        if count[verdict] and verdict is not told_first:
            yield f"{checks(count[verdict])} {words}"
    if left := run.cut_short:
        yield _cut_short(left)
    if number := len(run.on_the_way):
        yield f"{number} finding{'s' * (number != 1)} on the way"
    if how.trouble is not None and outcome not in {Outcome.NO_SESSION, Outcome.TROUBLE}:
        yield how.trouble
    if how.selection is not None and outcome is not Outcome.SELECTION_HOLDS:
        yield f"selected by {how.selection}"
    if number := len(run.unjudged):
        yield f"{number} MUST{'s' * (number != 1)} of its claims could not be judged"


def _cut_short(left: Sequence[ToDo]) -> str:
    """What is said of a run for which the provider allowed too few requests."""
    again = max(each.earliest for each in left)
    number = "1 scenario is" if len(left) == 1 else f"{len(left)} scenarios are"
    return f"the provider limits requests, and {number} left for --resume, from {again:%Y-%m-%d %H:%M:%S} UTC on"


_SAID = {
    Verdict.FAIL: "failed",
    Verdict.ERROR: "met a defect of the suite",
    Verdict.WARNING: "with a warning",
    Verdict.DEVIATION: "with a documented deviation",
}


def checks(count: int) -> str:
    """`1 check`, `2 checks`."""
    return f"{count} check{'' if count == 1 else 's'}"
