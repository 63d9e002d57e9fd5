"""Documented deviations that a run has not seen any more."""

from __future__ import annotations

from collections.abc import Iterable

from token_conformance.profile.models import Deviation
from token_conformance.results.results import CheckResult
from token_conformance.running.run import Run
from token_conformance.verdict import Verdict


def stale_deviations(run: Run, results: Iterable[CheckResult]) -> tuple[str, ...]:
    """The requirements of documented deviations that were not seen any more.

    The reference server takes on what is documented, and a recording holds what somebody did: what was observed at the
    provider itself is looked for there alone.
    """
    live = run.server.kind == "live"
    looked_for = [each for each in run.profile.deviations if live or each.kind != "observed"]
    return unseen_deviations(looked_for, results)


def unseen_deviations(deviations: Iterable[Deviation], results: Iterable[CheckResult]) -> tuple[str, ...]:
    """The requirements of those deviations that were judged, and that explain nothing of what any check found."""
    kept: set[str] = set()
    seen: set[str] = set()
    for result in results:
        kept.update(result.requirements if result.verdict is Verdict.PASS else ())
        seen.update(result.requirements if result.verdict is Verdict.DEVIATION else (), result.explained_by)
    documented = dict.fromkeys(deviation.requirement for deviation in deviations)
    return tuple(id_ for id_ in documented if id_ in kept - seen)
