"""The results of a run that goes on where another one was cut short: together they tell what one whole run tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ValidationError

from token_conformance.evidence.facts.expiries import Expiry
from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import SheetFact
from token_conformance.oracle.families import Kin
from token_conformance.results.facts import UNKNOWN
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.seen_again import after_repetition, is_repeated
from token_conformance.results.todo import ResumeError, ToDo
from token_conformance.verdict import Verdict

WORST_FIRST = (
    Verdict.ERROR,
    Verdict.FAIL,
    Verdict.WARNING,
    Verdict.DEVIATION,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
    Verdict.INCONCLUSIVE,
)
"""Which of two verdicts is the one on all answers: the worst that was given, and what could be told before what could not."""


def _as_a_run_has_it(written: object) -> object:
    """A check of results.json, in which what is not there is null."""
    if not isinstance(written, dict):
        return written
    return {**written, "unrepeated": written.get("unrepeated") or ""}


class _Fact(BaseModel):
    id: str
    measured: str
    kind: str = UNKNOWN
    value: Any = None
    exchanges: tuple[str, ...] = ()

    def found(self) -> Measured | None:
        """What was measured, if anything."""
        known = self.measured != UNKNOWN
        return Measured(self.measured, self.kind, self.exchanges, self.value) if known else None


class Earlier(BaseModel):
    """What an earlier run has found, by its results.json."""

    started: AwareDatetime
    seconds: float
    requests: int
    logins: int = 0
    runs: int = 1
    selection: str | None = None
    trouble: str | None = None
    checks: list[Annotated[CheckResult, BeforeValidator(_as_a_run_has_it)]]
    facts: list[dict[str, Any]] = []
    expiries: list[Expiry] = []
    seen_on_the_way: list[SeenOnTheWay] = []


def read_earlier(path: Path) -> Earlier:
    """The results of an earlier run.

    Raises:
        ResumeError: the file cannot be read, or is no results.json.

    """
    try:
        return Earlier.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResumeError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise ResumeError(f"{path} is no results.json of this version: checks are expected") from None


def together(earlier: Earlier, now: RunResult, still_left: Sequence[ToDo]) -> RunResult:
    """The result of an earlier run and of the one that has gone on with it, which has not taken up what is `still_left`."""
    return replace(
        now,
        started=earlier.started,
        seconds=round(earlier.seconds + now.seconds, 2),
        requests=earlier.requests + now.requests,
        logins=earlier.logins + now.logins,
        runs=earlier.runs + now.runs,
        checks=_checks([_of_run(each, earlier.runs) for each in earlier.checks], now.checks),
        todo=(*now.todo, *still_left),
        facts=_facts(earlier.facts, now.facts),
        expiries=_expiries(earlier.expiries, now.expiries),
        on_the_way=_on_the_way([_seen_in(each, earlier.runs) for each in earlier.seen_on_the_way], now),
        circumstances=replace(
            now.circumstances if earlier.trouble is None else now.circumstances.with_trouble(_before(earlier.trouble)),
            selection=earlier.selection,
            of_token_endpoint=now.circumstances.of_token_endpoint
            or any(each.verdict.judged for each in earlier.checks),
        ),
    )


def _before(trouble: str) -> str:
    """What kept an earlier run from doing what it should, which no later one has made good."""
    return f"in an earlier run: {trouble.removeprefix('in an earlier run: ')}"


def _of_run(check: CheckResult, number: int) -> CheckResult:
    """A check whose exchanges are those of an earlier run, which its own report shows: `login@1/3`."""
    habit = check.habit
    if habit is not None:
        control = _marked(habit.control, number) if habit.control is not None else None
        habit = replace(habit, offence=_marked(habit.offence, number), control=control)
    return replace(check, exchanges=tuple(_marked(each, number) for each in check.exchanges), habit=habit)


def _seen_in(seen: SeenOnTheWay, number: int) -> SeenOnTheWay:
    """What an earlier run has seen on the way, with exchanges that its own report shows."""
    steps = tuple(replace(step, exchange=_marked(step.exchange, number)) for step in seen.story)
    return replace(
        seen,
        exchange=_marked(seen.exchange, number),
        story=steps,
        family=tuple(_kin_in(kin, number) for kin in seen.family),
    )


def _kin_in(kin: Kin, number: int) -> Kin:
    """A token of a picture, with exchanges of an earlier run."""
    ended_in = _marked(kin.ended_in, number) if kin.ended_in is not None else None
    return replace(kin, born=_marked(kin.born, number), ended_in=ended_in)


def _on_the_way(earlier: Iterable[SeenOnTheWay], now: RunResult) -> tuple[SeenOnTheWay, ...]:
    """What either run has seen on the way, each requirement once, but for what a check has told by now."""
    told = {check.violated for check in now.checks}
    found = {each.requirement: each for each in (*earlier, *now.on_the_way)}
    return tuple(each for requirement, each in found.items() if requirement not in told)


def _marked(exchange: str, number: int) -> str:
    scenario, _, place = exchange.rpartition("/")
    return exchange if "@" in scenario else f"{scenario}@{number}/{place}"


def _checks(earlier: Sequence[CheckResult], now: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Each check once, in the order of the earlier run, which could not tell of what was performed now."""
    newer, known = {check.id: check for check in now}, {check.id for check in earlier}
    both = (_of_both(check, newer.get(check.id)) for check in earlier)
    return (*both, *(check for check in now if check.id not in known))


def _of_both(earlier: CheckResult, now: CheckResult | None) -> CheckResult:
    """The newer of two results, unless that of the earlier answers says more, or worse."""
    if now is None:
        return earlier
    if is_repeated(earlier, now):
        return after_repetition(earlier, now)
    return min((now, earlier), key=lambda check: WORST_FIRST.index(check.verdict))


def _facts(earlier: Iterable[Mapping[str, Any]], now: Iterable[SheetFact]) -> tuple[SheetFact, ...]:
    """What was measured now, or else before."""
    known = {str(each.get("id")): each for each in earlier}
    return tuple(
        replace(fact, measured=_measured(known[fact.line.id]))
        if fact.measured is None and fact.line.id in known
        else fact
        for fact in now
    )


def _measured(told: Mapping[str, Any]) -> Measured | None:
    return _Fact.model_validate({**told, "kind": told.get("class", UNKNOWN)}).found()


def _expiries(earlier: Iterable[Expiry], now: Iterable[Expiry]) -> tuple[Expiry, ...]:
    """What was seen of each kind now, or else before."""
    known = {row.kind: row for row in earlier}
    return tuple(known.get(row.kind, row) if row.exchange is None else row for row in now)
