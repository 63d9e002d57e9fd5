"""The verdict of a run in words: of whom it speaks, the headline, and one sentence with the gravest consequence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from token_conformance.results.outcome import Outcome
from token_conformance.results.standing import standings
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.results import RunResult


class SpeaksOf(StrEnum):
    """Of whom a verdict speaks: of a server alone can be said that it conforms."""

    SERVER = "server"
    PROFILE = "profile"
    RECORDING = "recording"
    DOCUMENTATION = "documentation"


@dataclass(frozen=True)
class Said:
    """The verdict: whether it conforms (None where nobody can tell), of whom this is said, and how.

    `gravest` is the id of the first cause.
    """

    conforms: bool | None
    speaks_of: SpeaksOf
    headline: str
    sentence: str
    gravest: str | None

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {
            "conforms": self.conforms,
            "speaks_of": self.speaks_of.value,
            "headline": self.headline,
            "sentence": self.sentence,
            "gravest": self.gravest,
        }


SUBJECTS = {
    SpeaksOf.SERVER: ("The server", "conforms", "does not conform"),
    SpeaksOf.PROFILE: ("The emulated server", "conforms", "does not conform"),
    SpeaksOf.RECORDING: ("The recorded answers", "conform", "do not conform"),
    SpeaksOf.DOCUMENTATION: ("The documented examples", "conform", "do not conform"),
}

OWNERS = {
    SpeaksOf.SERVER: "server",
    SpeaksOf.PROFILE: "emulated server",
    SpeaksOf.RECORDING: "server that was recorded",
    SpeaksOf.DOCUMENTATION: "examples",
}
"""Whose the mistakes are."""

SCOPE = {
    SpeaksOf.SERVER: "",
    SpeaksOf.PROFILE: (
        "What answered is this suite's own server, which takes on what the profile documents: "
        "nothing is said of the provider itself."
    ),
    SpeaksOf.RECORDING: "What answered is a recording: of the server as it is today nothing is said.",
    SpeaksOf.DOCUMENTATION: (
        "What answered are examples of the provider's documentation: the mistakes are theirs, "
        "and of the server itself nothing is said."
    ),
}
"""What a reader has to know who might take the verdict for one on the provider."""

WORST = {
    Outcome.INTERRUPTED: "No verdict: the run was interrupted",
    Outcome.NO_SESSION: "No verdict: the stored session cannot be used",
    Outcome.TROUBLE: "No verdict: the run could not do what it should",
    Outcome.ERROR: "No verdict: the suite met a defect of its own",
    Outcome.CUT_SHORT: "No verdict yet: the provider limits requests",
    Outcome.INCOMPLETE: "No verdict: not all that must be judged could be",
    Outcome.NOTHING_JUDGED: "No verdict: nothing of the token endpoint was judged",
    Outcome.SELECTION_HOLDS: "No verdict on the whole: what was selected holds",
}
"""Headlines that speak of the run."""

OF_A_PART = "No verdict on the whole: nothing failed of what was judged"
"""That of a part of a run in which warnings are new, or of a baseline that is out of date."""

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def verdict_of(run: RunResult) -> Said:
    """The verdict on a run."""
    speaks_of, outcome = speaks(run), run.outcome
    subject, keeps, breaks = SUBJECTS[speaks_of]
    conforms = _conforms(run)
    headline = {True: f"{subject} {keeps}, as far as it was judged", False: f"{subject} {breaks}"}
    said = WORST.get(outcome, OF_A_PART) if conforms is None else headline[conforms]
    sentence = " ".join(filter(None, (_told(run), _beside_baseline(run), SCOPE[speaks_of])))
    return Said(conforms, speaks_of, said, sentence, run.causes[0].id if run.causes else None)


def _conforms(run: RunResult) -> bool | None:
    """Whether a provider conforms, whatever was known of it; None where nobody can tell."""
    match run.outcome:
        case Outcome.CONFORMS:
            return True
        case Outcome.DOES_NOT_CONFORM | Outcome.NOTHING_NEW:
            return False
        case Outcome.NEW_WARNINGS | Outcome.BASELINE_STALE:
            return False if run.failed else True if run.whole else None
        case _:
            return None


def speaks(run: RunResult) -> SpeaksOf:
    """Of whom the verdict on a run speaks."""
    if run.documentation:
        return SpeaksOf.DOCUMENTATION
    return {"recorded": SpeaksOf.RECORDING, "emulated": SpeaksOf.PROFILE}.get(run.server, SpeaksOf.SERVER)


def _told(run: RunResult) -> str:
    if run.outcome in WORST:
        return f"{run.conclusion} {_found(run)}".strip()
    return _found(run) or _held(run)


def _beside_baseline(run: RunResult) -> str:
    """What of it is no surprise, where somebody has written down what is known."""
    held = run.baseline
    if held is None or run.outcome in WORST:  # whose conclusion tells it
        return ""
    stale = ", which is out of date" if held.stale else ""
    new = f"{len(held.new)} finding{'s are' if len(held.new) != 1 else ' is'} new"
    return f"Beside {held.file}{stale}, {new} and {len(held.known)} known."


def _held(run: RunResult) -> str:
    count = standings(run)
    kept = count.holds + count.deviation + count.warned
    return f"Nothing is violated of the {kept} requirements that were judged, of {count.total}; {count.not_judged} were not judged."


def _found(run: RunResult) -> str:
    """What checks have found, and what was seen that none has looked at."""
    return " ".join(filter(None, (_found_by_checks(run), _seen_on_the_way(run))))


def _seen_on_the_way(run: RunResult) -> str:
    failed = sum(seen.verdict is Verdict.FAIL for seen in run.on_the_way)
    warned = len(run.on_the_way) - failed
    counted = [f"{_number(failed)} violation{'s' * (failed != 1)}"] if failed else []
    counted += [f"{_number(warned)} warning{'s' * (warned != 1)}"] if warned else []
    if not counted:
        return ""
    told = f"{' and '.join(counted)} {'was' if len(run.on_the_way) == 1 else 'were'} seen on the way, which no check had looked at."
    return told[0].upper() + told[1:]


def _found_by_checks(run: RunResult) -> str:
    """The checks that fail, how many habits explain them, and what the gravest brings about."""
    failed, warned, causes = run.summary[Verdict.FAIL], run.summary[Verdict.WARNING], run.causes
    counted = [f"{failed} check{'s' * (failed != 1)} fail{'s' * (failed == 1)}"] if failed else []
    counted += [f"{warned} warn{'s' * (warned == 1)}"] if warned else []
    if not (counted and causes):
        return ""
    mistakes = f"{_number(len(causes))} mistake{'s' * (len(causes) != 1)} of the {OWNERS[speaks(run)]}"
    gravest = f" The gravest: {causes[0].consequence}" if causes[0].consequence else ""
    return f"{' and '.join(counted)}, by {mistakes}.{gravest}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
