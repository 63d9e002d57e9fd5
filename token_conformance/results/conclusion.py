"""What a run comes to as a whole, for people: one sentence, which says no more than was judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from token_conformance.results.outcome import Outcome
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.baseline import HeldAgainst
    from token_conformance.results.results import RunResult
    from token_conformance.results.todo import ToDo

NO_VERDICT = "No verdict on the provider"


def conclusion(run: RunResult) -> str:
    """The headline, and behind it what else bears on how far it goes."""
    return "; ".join([_headline(run), *_beside(run)]) + "."


def _headline(run: RunResult) -> str:
    how, held = run.circumstances, run.baseline
    match run.outcome:
        case Outcome.INTERRUPTED:
            return f"{NO_VERDICT}: {how.interrupted}"
        case Outcome.NO_SESSION | Outcome.TROUBLE:
            return f"{NO_VERDICT}: {how.trouble}"
        case Outcome.DOES_NOT_CONFORM | Outcome.NOTHING_NEW:
            return f"Does not conform: {_violations(run)}"
        case Outcome.NEW_WARNINGS:
            return f"{_apart_from_the_baseline(run)}, and warnings are new"
        case Outcome.BASELINE_STALE if held is not None:
            return f"{_apart_from_the_baseline(run)}, and {held.file} is out of date"
        case outcome:
            return _of_none_that_failed(run, outcome)


def _of_none_that_failed(run: RunResult, outcome: Outcome) -> str:
    count, how = run.summary, run.circumstances
    lacking = ", of which the recording holds no exchange" if how.of_anything_else else ""
    return {
        Outcome.ERROR: f"{NO_VERDICT}: {checks(count[Verdict.ERROR])} met a defect of the suite",
        Outcome.CUT_SHORT: f"{NO_VERDICT} as a whole yet: nothing failed of what was judged by now",
        Outcome.INCOMPLETE: f"{NO_VERDICT}: it was to be judged completely",
        Outcome.NOTHING_JUDGED: f"{NO_VERDICT}: nothing of the token endpoint was judged{lacking}",
        Outcome.SELECTION_HOLDS: f"{NO_VERDICT} as a whole: nothing failed of what was selected by {how.selection}",
    }.get(outcome, "Conforms as far as it was judged")


def _apart_from_the_baseline(run: RunResult) -> str:
    """What is said of a provider of which no failure is new, whatever has become of the baseline."""
    if run.failed:
        return f"Does not conform: {_violations(run)}"
    return "Conforms as far as it was judged" if run.whole else f"{NO_VERDICT} as a whole: nothing failed"


def _against(held: HeldAgainst) -> str:
    """How the findings stand beside the baseline: `by baseline.toml 1 new, 2 known`."""
    always = {"new": held.new, "known": held.known}
    found = {"of newer checks": held.newer, "gone": held.gone, "expired": held.expired}
    told = {**always, **{words: ids for words, ids in found.items() if ids}}
    return f"by {held.file} " + ", ".join(f"{len(ids)} {words}" for words, ids in told.items())


def _violations(run: RunResult) -> str:
    """For what it does not conform: failures, or warnings where these fail a run."""
    if failed := run.summary[Verdict.FAIL]:
        return f"{checks(failed)} failed"
    if run.failed:
        return "no check failed, and what must hold was violated on the way"
    return "warnings and stale deviations were to count"


def _beside(run: RunResult) -> Iterator[str]:
    """What the headline does not tell."""
    count, how, outcome = run.summary, run.circumstances, run.outcome
    told_first = Verdict.FAIL if outcome in _ON_FAILURES else Verdict.ERROR if outcome is Outcome.ERROR else None
    if run.baseline is not None:
        yield _against(run.baseline)
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


_ON_FAILURES = {Outcome.DOES_NOT_CONFORM, Outcome.NOTHING_NEW, Outcome.BASELINE_STALE}
"""Where the headline counts failures."""

_SAID = {
    Verdict.FAIL: "failed",
    Verdict.ERROR: "met a defect of the suite",
    Verdict.WARNING: "with a warning",
    Verdict.DEVIATION: "with a documented deviation",
}


def checks(count: int) -> str:
    """`1 check`, `2 checks`."""
    return f"{count} check{'' if count == 1 else 's'}"
