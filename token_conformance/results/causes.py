"""The causes of a run: its red checks by the habit of the server behind them, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from token_conformance.judging.causes import HARMS, Catalogue
from token_conformance.judging.habit import Did, Habit
from token_conformance.judging.requirement import Requirement
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.results import CheckResult

RED = (Verdict.FAIL, Verdict.WARNING)


@dataclass(frozen=True)
class Cause:
    """One habit, the red checks behind which it stands, the checks that it kept from being judged, and what shows it."""

    id: str
    title: str
    harm: str
    consequence: str
    mend: str
    verdict: Verdict
    requirements: tuple[str, ...]
    endpoints: tuple[str, ...]
    checks: tuple[str, ...]
    blocks: tuple[str, ...]
    evidence: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {
            "id": self.id,
            "title": self.title,
            "harm": self.harm,
            "consequence": self.consequence,
            "mend": self.mend,
            "verdict": self.verdict.value,
            "requirements": list(self.requirements),
            "endpoints": list(self.endpoints),
            "checks": list(self.checks),
            "blocks": list(self.blocks),
            "evidence": [dict(each) for each in self.evidence],
        }


def causes_of(
    checks: Sequence[CheckResult], catalogue: Catalogue, requirements: Mapping[str, Requirement]
) -> tuple[Cause, ...]:
    """The causes of the red checks, the worst first: by harm, then failures before warnings, then most checks first."""
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        if check.verdict in RED:
            groups.setdefault(catalogue.key(check.violated or check.id, check.habit), []).append(check)
    _subsume(groups, catalogue)
    found = [_cause(key, group, checks, catalogue, requirements) for key, group in groups.items()]
    return tuple(sorted(found, key=_place))


def _subsume(groups: dict[str, list[CheckResult]], catalogue: Catalogue) -> None:
    """Have a cause that is seen take over those that are none of their own beside it."""
    for key in [key for key in catalogue.causes if key in groups]:
        for part in catalogue.causes[key].subsumes:
            if part in groups and key in groups:
                groups[key] += groups.pop(part)


def _place(cause: Cause) -> tuple[int, int, int]:
    return HARMS.index(cause.harm), RED.index(cause.verdict), -len(cause.checks)


def _cause(
    key: str,
    group: Sequence[CheckResult],
    checks: Iterable[CheckResult],
    catalogue: Catalogue,
    requirements: Mapping[str, Requirement],
) -> Cause:
    worst_first = sorted(group, key=lambda check: RED.index(check.verdict))
    violated = tuple(dict.fromkeys(check.violated for check in worst_first if check.violated is not None))
    title, harm, consequence, mend = _words(key, worst_first, catalogue, requirements)
    return Cause(
        id=key,
        title=title,
        harm=harm,
        consequence=consequence,
        mend=mend,
        verdict=worst_first[0].verdict,
        requirements=violated,
        endpoints=tuple(dict.fromkeys(check.habit.endpoint for check in worst_first if check.habit is not None)),
        checks=tuple(check.id for check in worst_first),
        blocks=tuple(check.id for check in checks if check.stopped_by is not None and check.stopped_by in violated),
        evidence=_evidence(worst_first, requirements, typed=harm == HARMS[0] or catalogue.is_form(key)),
    )


def _words(
    key: str, group: Sequence[CheckResult], catalogue: Catalogue, requirements: Mapping[str, Requirement]
) -> tuple[str, str, str, str]:
    """Title, harm, consequence and mend: those of the catalogue, or else of the requirement."""
    known, stated, first = catalogue.known(key), requirements.get(key), group[0]
    if known is not None:
        return known.title, known.harm, known.consequence, known.mend
    if stated is None:
        return first.title, HARMS[1] if first.verdict is Verdict.FAIL else HARMS[2], "", ""
    if not stated.mandatory:
        return f"Not kept: {stated.title}", HARMS[2], stated.protects, stated.mend
    let_in = first.habit is not None and first.habit.did is Did.ACCEPTED and first.habit.control is not None
    return f"Not kept: {stated.title}", HARMS[0] if let_in else HARMS[1], stated.protects, stated.mend


def _evidence(
    group: Sequence[CheckResult], requirements: Mapping[str, Requirement], *, typed: bool
) -> tuple[Mapping[str, Any], ...]:
    """The exchange that shows the habit best: of the worst verdict, and one that has a control."""
    shown = sorted(
        (check for check in group if check.habit is not None),
        key=lambda check: (RED.index(check.verdict), check.habit is None or check.habit.control is None),
    )
    return tuple(
        _shown(check, check.habit, requirements, typed=typed) for check in shown[:1] if check.habit is not None
    )


def _shown(
    check: CheckResult, habit: Habit, requirements: Mapping[str, Requirement], *, typed: bool
) -> Mapping[str, Any]:
    """The offence beside its control; what is wrong in it is a status or a code, or else what the check says."""
    stated = requirements.get(check.violated or "")
    must = stated.title if stated is not None else check.title
    at, came = (habit.at, habit.came) if typed else ("response", check.message)
    wrong = {"at": at, "came": came, "must": must}
    return {"control": habit.control, "offence": habit.offence, "differs": list(habit.differs), "wrong": [wrong]}
