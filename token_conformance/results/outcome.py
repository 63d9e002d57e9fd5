"""What a run comes to as a whole, for programs: one word, and the exit status that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from token_conformance.results import exit_status
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.baseline import HeldAgainst


class Outcome(StrEnum):
    """What a run comes to; only `CONFORMS` and `DOES_NOT_CONFORM` speak of the provider as a whole.

    Beside a baseline `DOES_NOT_CONFORM` says that something is new as well, and `NOTHING_NEW` that it does not conform as is
    known; `NEW_WARNINGS` that nothing failed, and a warning is new.
    """

    INTERRUPTED = "interrupted"
    NO_SESSION = "no_session"
    DOES_NOT_CONFORM = "does_not_conform"
    ERROR = "error"
    NEW_WARNINGS = "new_warnings"
    TROUBLE = "trouble"
    CUT_SHORT = "cut_short"
    BASELINE_STALE = "baseline_stale"
    INCOMPLETE = "incomplete"
    NOTHING_JUDGED = "nothing_judged"
    NOTHING_NEW = "nothing_new"
    SELECTION_HOLDS = "selection_holds"
    CONFORMS = "conforms"

    @property
    def exit_status(self) -> int:
        """The exit status of a session with such a run alone."""
        return _STATUSES[self]

    @property
    def broken_off(self) -> bool:
        """Whether the run, and not the provider, is what stands in the way of an answer."""
        return self in _BROKEN_OFF


_STATUSES = {
    Outcome.INTERRUPTED: exit_status.INTERRUPTED,
    Outcome.NO_SESSION: exit_status.NO_SESSION,
    Outcome.DOES_NOT_CONFORM: exit_status.DOES_NOT_CONFORM,
    Outcome.ERROR: exit_status.DOES_NOT_CONFORM,
    Outcome.NEW_WARNINGS: exit_status.DOES_NOT_CONFORM,
    Outcome.TROUBLE: exit_status.USAGE_ERROR,
    Outcome.CUT_SHORT: exit_status.CUT_SHORT,
    Outcome.BASELINE_STALE: exit_status.BASELINE_STALE,
    Outcome.INCOMPLETE: exit_status.INCOMPLETE,
    Outcome.NOTHING_JUDGED: exit_status.NOTHING_JUDGED,
    Outcome.NOTHING_NEW: exit_status.CONFORMS,
    Outcome.SELECTION_HOLDS: exit_status.CONFORMS,
    Outcome.CONFORMS: exit_status.CONFORMS,
}

_BROKEN_OFF = {
    Outcome.INTERRUPTED,
    Outcome.NO_SESSION,
    Outcome.TROUBLE,
    Outcome.CUT_SHORT,
    Outcome.INCOMPLETE,
    Outcome.NOTHING_JUDGED,
}


@dataclass(frozen=True)
class Circumstances:
    """What was asked of a run, and how it went, beside its verdicts.

    `trouble` says why it could not do what it should, `no_session` that the stored session was the reason;
    `interrupted` how far a run came that did not come to its end, and why, `selection` what was chosen of them, where it is not all. With
    `strict`, warnings count as failures; with `complete`, MUSTs that could not be judged do not pass.
    `of_token_endpoint` tells whether any verdict rests on an answer of the token endpoint, and `of_anything_else` that
    what was judged is a recording that holds none.
    """

    trouble: str | None = None
    no_session: bool = False
    interrupted: str | None = None
    selection: str | None = None
    strict: bool = False
    complete: bool = False
    of_token_endpoint: bool = True
    of_anything_else: bool = False

    @property
    def told_trouble(self) -> str | None:
        """Why the run could not do what it should, an interruption among it."""
        return "; ".join(filter(None, (self.interrupted, self.trouble))) or None

    def with_trouble(self, why: str) -> Circumstances:
        """The same with one more trouble, a sentence."""
        return replace(self, trouble="; ".join(filter(None, (self.trouble, why))))


AS_USUAL = Circumstances()
"""All checks of a provider that answered."""


def outcome_of(
    how: Circumstances,
    summary: Mapping[Verdict, int],
    *,
    unjudged: int,
    stale: int,
    left: int = 0,
    baseline: HeldAgainst | None = None,
) -> Outcome:
    """What a run comes to: the first that fits, in the order in which exit statuses count.

    Args:
        how: what was asked of it, and how it went.
        summary: how often each verdict was given.
        unjudged: how many MUSTs of the claims could not be judged.
        stale: how many documented deviations were not seen any more.
        left: for how many scenarios the provider allowed no more requests.
        baseline: what of it is new, where it is held against what is known.

    """
    judged = how.of_token_endpoint and any(summary[verdict] for verdict in Verdict if verdict.judged)
    red = summary[Verdict.FAIL] or (how.strict and summary[Verdict.WARNING])
    new = baseline.new if baseline is not None else ()
    fitting = (
        (Outcome.INTERRUPTED, how.interrupted is not None),
        (Outcome.NO_SESSION, how.no_session),
        # A run that did not even get to the token endpoint says why, and not what was wrong on the way there.
        (Outcome.TROUBLE, how.trouble is not None and not how.of_token_endpoint),
        (Outcome.NOTHING_JUDGED, how.of_anything_else),
        (Outcome.DOES_NOT_CONFORM, (red and (new or baseline is None)) or (how.strict and stale)),
        (Outcome.ERROR, summary[Verdict.ERROR]),
        (Outcome.NEW_WARNINGS, new),
        (Outcome.TROUBLE, how.trouble is not None),
        (Outcome.CUT_SHORT, left),
        (Outcome.BASELINE_STALE, baseline is not None and baseline.stale),
        (Outcome.INCOMPLETE, how.complete and unjudged),
        (Outcome.NOTHING_JUDGED, not judged),
        (Outcome.NOTHING_NEW, baseline is not None and red),
        (Outcome.SELECTION_HOLDS, how.selection is not None),
    )
    return next((outcome for outcome, fits in fitting if fits), Outcome.CONFORMS)
