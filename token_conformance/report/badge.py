"""badge.json: what a run comes to, in the words of a badge (the endpoint format of shields)."""

from __future__ import annotations

from typing import Any

from token_conformance.redaction.visible import on_one_line
from token_conformance.results.outcome import Outcome
from token_conformance.results.results import RunResult
from token_conformance.verdict import Verdict

COLOURS = {
    Outcome.CONFORMS: "brightgreen",
    Outcome.DOES_NOT_CONFORM: "red",
    Outcome.NOTHING_NEW: "orange",
    Outcome.BASELINE_STALE: "orange",
}
"""Colours of the outcomes that speak of the provider; all others are grey."""


def badge_of(run: RunResult) -> dict[str, Any]:
    """The badge of a run: green only where the provider conforms, and warnings are told beside it."""
    told = " ".join((run.outcome.value.replace("_", " "), *_more(run)))
    beside = f" ({run.server})" if run.server != "live" else ""
    colour = COLOURS.get(run.outcome, "lightgrey")
    return {
        "schemaVersion": 1,
        "label": on_one_line(f"token endpoint of {run.profile}"),
        "message": told + beside,
        "color": "yellow" if colour == "brightgreen" and run.summary[Verdict.WARNING] else colour,
        **({"isError": True} if run.outcome.broken_off else {}),
    }


def _more(run: RunResult) -> list[str]:
    """What the word alone does not tell: for how many causes it does not conform, or how many warnings there are."""
    failures = sum(cause.verdict is Verdict.FAIL for cause in run.causes)
    failures += sum(seen.verdict is Verdict.FAIL for seen in run.on_the_way)
    if run.outcome is Outcome.DOES_NOT_CONFORM and failures:
        return [f"({failures} cause{'s' * (failures != 1)})"]
    if run.outcome is Outcome.NOTHING_NEW and run.baseline is not None:
        return [f"({len(run.baseline.known)} known)"]
    warnings = run.summary[Verdict.WARNING]
    return [f"({warnings} warning{'s' * (warnings != 1)})"] if run.outcome is Outcome.CONFORMS and warnings else []
