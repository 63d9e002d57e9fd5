"""Has the scenarios of red checks run once more before anything is told, and judges these checks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import pytest

from token_conformance.judging.judgement import judgement_of
from token_conformance.judging.refusal import Comparison, comparing
from token_conformance.judging.repetition import Sight, Told, handed_over, told, told_alone
from token_conformance.plugin.progress import Progress
from token_conformance.plugin.selection import (
    fact_of,
    own_scenarios,
    parameters_of,
    requirement_ids,
    requirements_for,
    scenarios_for,
)
from token_conformance.plugin.silence import silence
from token_conformance.plugin.stash import RECORDS, REPETITIONS
from token_conformance.running.interruption import INTERRUPTED
from token_conformance.running.labels import AGAIN
from token_conformance.running.record import Record
from token_conformance.running.repetition import Repetition, not_begun, repeat, repeatable
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario, named
from token_conformance.running.side_by_side import WITH_DEEDS
from token_conformance.verdict import NotApplicable, NotJudged
from token_conformance.wire.exchange import Exchange, watching


@dataclass(frozen=True)
class Outcome:
    """How a check ended: what it raised, the exchanges that it read and compared, in order, and the seconds it took."""

    problem: BaseException | None
    seen: Sequence[Exchange] = ()
    compared: Sequence[Comparison] = ()
    seconds: float = 0.0


Outcomes = Mapping[pytest.Function, Outcome]
Reds = dict[pytest.Function, Sight]


async def repeat_reds(run: Run, record: Record, outcomes: Outcomes, config: pytest.Config) -> None:
    """Judge the checks of a run, perform the scenarios of those that are red or in doubt once more, and keep what comes of it.

    It is judged before pytest does so, since a verdict that pytest has told cannot be taken back.
    """
    if config.option.no_repeat or not repeatable(run, record):
        return
    failed = {check: outcome for check, outcome in outcomes.items() if isinstance(outcome.problem, AssertionError)}
    reds = {check: sight for check, outcome in failed.items() if (sight := sight_of(check, record, outcome)).red}
    scenarios = list(_to_repeat(reds, (check for check in outcomes if in_doubt(check, record))))
    if scenarios and (run.interruption.asked or record.broken_off):
        why = record.defect or INTERRUPTED
        config.stash[REPETITIONS][run.name] = not_begun(run, record, scenarios, why)
    elif scenarios:
        config.stash[REPETITIONS][run.name] = await repeat(run, record, scenarios, Progress(config, run.name))


def told_of(item: pytest.Item, run: Run, first: Sight) -> Told:
    """What is told of a check: of a red one, after it was seen again, or not."""
    repetition = item.config.stash[REPETITIONS].get(run.name)
    if isinstance(item, pytest.Function) and in_doubt(item, item.config.stash[RECORDS][run.name]):
        return told_alone(first, _again(item, first, repetition) if repetition is not None else "")
    if not first.red:
        return Told(first.judgement, None, first.exchanges)
    if repetition is None or not isinstance(item, pytest.Function):
        return told(first, "")
    return told(first, _again(item, first, repetition))


def in_doubt(check: pytest.Item, record: Record) -> bool:
    """Whether a check rests on a scenario whose session a neighbour may have ended."""
    return bool(record.doubtful) and any(each.name in record.doubtful for each in scenarios_for(check))


def is_plain(check: pytest.Function, record: Record) -> bool:
    """Whether a check asks for nothing but what a record holds: fixtures of other kinds are pytest's to give."""
    known = {"conformance_run", "evidence", *parameters_of(check), *record.outcomes}
    return known.issuperset(_names(check))


def outcomes_of(checks: Sequence[pytest.Item], record: Record) -> Outcomes:
    """How those checks end in a record that need nothing else."""
    plain = (check for check in checks if isinstance(check, pytest.Function) and is_plain(check, record))
    return {check: outcome_of(check, record) for check in plain}


def outcome_of(check: pytest.Function, record: Record) -> Outcome:
    """How a check ends in a record, as pytest would have it."""
    began, problem = perf_counter(), None
    with watching() as seen, comparing() as compared:
        try:
            check.function(**arguments_of(check, record))
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as raised:
            problem = raised
    return Outcome(problem, tuple(seen), compared, perf_counter() - began)


def sight_of(check: pytest.Item, record: Record, outcome: Outcome) -> Sight:
    """What the outcome of a check means; the exchange that a failed assertion names is what it failed for, and comes last."""
    catalogue = requirements_for(check)
    stated = tuple(catalogue[id_] for id_ in requirement_ids(check))
    seen = decisive_last(outcome)
    found = judgement_of(told_as(outcome.problem), stated, record.profile, seen, fact=fact_of(check))
    return Sight(found, tuple(seen), tuple(outcome.compared))


def decisive_last(outcome: Outcome) -> list[Exchange]:
    """The exchanges that a check looked at; those that its message names come last."""
    message = str(outcome.problem or "")
    return sorted(outcome.seen, key=lambda exchange: exchange.id in message and f"{exchange}" in message)


def told_as(problem: BaseException | None) -> BaseException | None:
    """What a check raised, in our words: pytest's skip is not applicable."""
    return NotApplicable(str(problem)) if isinstance(problem, pytest.skip.Exception) else problem


def arguments_of(check: pytest.Function, record: Record) -> dict[str, Any]:
    """What the check's fixtures are in a record: the record itself, its exchanges, parameters and transcripts."""
    known = {**parameters_of(check), "conformance_run": record, "evidence": record.evidence}
    return {name: known[name] if name in known else record.transcript(name) for name in _names(check)}


def _names(check: pytest.Function) -> tuple[str, ...]:
    """The names of a check's arguments, which pytest has looked for already."""
    return check._fixtureinfo.argnames  # noqa: SLF001 - pytest has no public way to them


def _to_repeat(reds: Reds, doubted: Iterable[pytest.Item]) -> Iterator[Scenario]:
    """The scenarios of checks that are red or in doubt, each once, those first whose red may have been somebody else's doing."""
    doubtful_first = sorted(reds.items(), key=lambda red: red[1].decisive is not None and handed_over(red[1].decisive))
    behind = (*(_behind(check, sight) for check, sight in doubtful_first), *map(scenarios_for, doubted))
    found = {scenario.name: scenario for scenarios in behind for scenario in scenarios}
    yield from found.values()


def _behind(check: pytest.Item, sight: Sight) -> Iterator[Scenario]:
    """The scenarios that a red rests on: the check's own with those that its mark names beside them, or that of the
    exchange for which a check of all is red.
    """
    own = own_scenarios(check)
    yield from scenarios_for(check) if own else ()
    offence = sight.decisive or (sight.exchanges[-1] if sight.exchanges else None)
    if not own and offence is not None:
        name = offence.scenario.removesuffix(AGAIN)
        try:
            yield WITH_DEEDS if name == WITH_DEEDS.name else named(name)
        except KeyError:  # the run's own requests, which are no scenario's
            return


def _again(check: pytest.Function, first: Sight, repetition: Repetition) -> Sight | str:
    """What the check finds in the repetition, or why it cannot tell."""
    names = [scenario.name for scenario in _behind(check, first)]
    refused = [repetition.refused[name] for name in names if name in repetition.refused]
    if refused or not names:
        return "; ".join(dict.fromkeys(refused))
    done = all(name in repetition.record.outcomes for name in names)
    if not done or not is_plain(check, repetition.record):
        return ""
    with silence(check.config):
        again = sight_of(check, repetition.record, outcome_of(check, repetition.record))
    return again if again.red else _cut_short(names, repetition) or again


def _cut_short(names: Sequence[str], repetition: Repetition) -> str:
    """Why scenarios did not get to their end: what such a one did not show may be there all the same."""
    outcomes = (repetition.record.outcomes[name] for name in names)
    return "; ".join(dict.fromkeys(str(outcome) for outcome in outcomes if isinstance(outcome, NotJudged)))
