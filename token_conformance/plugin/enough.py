"""`--max-failures`: looks at the checks of each scenario as soon as it is over, and has the run ask for nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from token_conformance.judging.causes import causes
from token_conformance.judging.habit import habit_of
from token_conformance.plugin.baseline import is_news
from token_conformance.plugin.repeating import is_plain, outcome_of, sight_of
from token_conformance.plugin.selection import former_ids, own_scenarios, run_for
from token_conformance.plugin.silence import silence
from token_conformance.plugin.workers import without_profile
from token_conformance.results.findings import Finding, red_names
from token_conformance.running.interruption import Interruption
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.verdict import Verdict

MAX_FAILURES = "--max-failures"
"""What a run is stopped by that has found enough, as its evidence tells it."""


class Tally:
    """Counts the causes behind failures of one run while it goes on; what all exchanges are judged by comes later.

    A red is not repeated then, which would be a further request, and says so. What is no news counts for nothing.
    """

    def __init__(
        self,
        checks: Iterable[pytest.Item],
        most: int,
        interruption: Interruption,
        is_news: Callable[[Finding], bool] = lambda _: True,
    ) -> None:
        self._checks = [each for each in checks if isinstance(each, pytest.Function) and own_scenarios(each)]
        self._most, self._interruption, self._is_news = most, interruption, is_news
        self._causes: set[str] = set()

    def __call__(self, scenario: str, record_of: Callable[[], Record]) -> None:
        """Judge what rests on a scenario that has just ended, and stop the run where it is enough."""
        record = record_of()
        for check in self._checks:
            names = {each.name for each in own_scenarios(check)}
            if scenario in names and names <= record.outcomes.keys() and is_plain(check, record):
                self._count(check, record)
        if len(self._causes) >= self._most:
            self._interruption.satisfy(f"{MAX_FAILURES} {self._most}")

    def _count(self, check: pytest.Function, record: Record) -> None:
        with silence(check.config):
            sight = sight_of(check, record, outcome_of(check, record))
        if sight.judgement.verdict is Verdict.FAIL:
            habit = habit_of(sight.exchanges, sight.compared, sight.judgement.offence)
            violated = sight.judgement.violated or check.nodeid
            key = causes().key(violated, habit)
            id_ = without_profile(check.nodeid, run_for(check).name)
            names = red_names((id_, *former_ids(check)), violated, (key,))
            if self._is_news(Finding("check", id_, Verdict.FAIL, names, "")):
                self._causes.add(key)


def tally_of(run: Run, checks: Iterable[pytest.Item], config: pytest.Config) -> Tally | None:
    """What stops a run after so many causes, where it was asked for."""
    most = config.option.max_failures
    return Tally(checks, most, run.interruption, is_news(run, config)) if most and not run.replayed else None
