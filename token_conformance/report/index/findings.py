"""The findings of a run by their causes, each with the exchanges that show it, its steps and its family of tokens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from token_conformance.redaction import RedactedExchange
from token_conformance.report.family import families, picture
from token_conformance.report.index.curl import curl
from token_conformance.report.index.marked import Side, Wrong, sent_names, side
from token_conformance.report.index.references import reference, row, stated
from token_conformance.report.index.steps import steps
from token_conformance.report.index.view import Finding, Stanza
from token_conformance.report.pictures import picture as picture_of_kin
from token_conformance.results.causes import Cause
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

Evidence = Mapping[str, RedactedExchange]

STATUSES = {"response.status", "response.error"}

FEW_STEPS = 12
"""Steps up to which a scenario is drawn at once, where their order matters."""


def findings(run: RunResult, evidence: Evidence) -> tuple[Finding, ...]:
    """All findings, the gravest first; what was seen on the way comes after the causes."""
    checks = {check.id: check for check in run.checks}
    read = {id_ for check in run.checks for id_ in check.exchanges}
    found = [_of_cause(number, cause, checks, evidence, read) for number, cause in enumerate(run.causes, 1)]
    begin = len(found) + 1
    return (*found, *(_on_the_way(number, seen, evidence, read) for number, seen in enumerate(run.on_the_way, begin)))


def scenarios_of(run: RunResult) -> set[str]:
    """The scenarios of which the page shows every step: those that show a finding."""
    offences = [shown["offence"] for cause in run.causes for shown in cause.evidence]
    return {id_.rpartition("/")[0] for id_ in (*offences, *(seen.exchange for seen in run.on_the_way))}


def _of_cause(
    number: int, cause: Cause, checks: Mapping[str, CheckResult], evidence: Evidence, read: Collection[str]
) -> Finding:
    red = [checks[id_] for id_ in cause.checks]
    shown: Mapping[str, Any] = next(iter(cause.evidence), {})
    offence, control = str(shown.get("offence", "")), shown.get("control")
    sides = tuple(_sides(shown, evidence)) if offence in evidence else ()
    of_tokens = any(_presents_a_refresh_token(evidence[id_]) for id_ in (offence, control or "") if id_ in evidence)
    taken = steps(evidence, offence, control, read) if offence else ()
    return Finding(
        number=number,
        anchor=f"cause-{number}",
        id=cause.id,
        verdict=cause.verdict,
        title=cause.title,
        consequence=cause.consequence,
        mend=cause.mend,
        counted=_counted(red),
        levels=", ".join(dict.fromkeys(check.level for check in red)),
        endpoints=cause.endpoints,
        stanzas=tuple(Stanza(each, tuple(sorted(each.claims))) for each in stated(cause.requirements)),
        differs=_differs(shown),
        sides=sides,
        seen=_seen(red, offence, sides),
        steps=taken,
        open_steps=of_tokens and len(taken) <= FEW_STEPS,
        pictures=tuple(map(picture, families(_of_scenario(offence, evidence), offence))) if of_tokens else (),
        curl=curl(evidence[offence]) if offence in evidence else "",
        expected=_expected(shown),
        rows=tuple(row(check, evidence) for check in red),
        blocked=tuple(checks[id_] for id_ in cause.blocks),
    )


def _on_the_way(number: int, seen: SeenOnTheWay, evidence: Evidence, read: Collection[str]) -> Finding:
    first = stated([seen.requirement])
    wrong = Wrong("response", seen.message, f"seen: {seen.message}")
    shown = evidence.get(seen.exchange)
    return Finding(
        number=number,
        anchor=f"cause-{number}",
        id=seen.requirement,
        verdict=seen.verdict,
        title=f"Seen on the way: {seen.message}",
        consequence=first[0].protects if first else "",
        mend=first[0].mend if first else "",
        counted=f"{seen.times} answer{'s' * (seen.times != 1)}, which no check had looked at"
        + (f"; {seen.explored}" if seen.explored else ""),
        levels=seen.level,
        endpoints=(),
        stanzas=tuple(Stanza(each, tuple(sorted(each.claims))) for each in first),
        differs="",
        sides=(side(shown, "The answer", (), wrong),) if shown is not None else (),
        seen="",
        steps=steps(evidence, seen.exchange, None, read),
        open_steps=False,
        pictures=(),
        kin=picture_of_kin(seen.family, seen.steps) if seen.family else "",
        curl=curl(shown) if shown is not None else "",
        expected=seen.message,
        rows=(),
        blocked=(),
        story=tuple((f"+{step.seconds:g} s: {step.told}", reference(step.exchange, evidence)) for step in seen.story),
    )


def _of_scenario(id_: str, evidence: Evidence) -> Iterable[RedactedExchange]:
    scenario = id_.rpartition("/")[0]
    return [each for key, each in evidence.items() if key.rpartition("/")[0] == scenario]


def _presents_a_refresh_token(exchange: RedactedExchange) -> bool:
    return "=<refresh_token " in exchange.request_body


def _seen(red: Sequence[CheckResult], offence: str, sides: Sequence[Side]) -> str:
    """What a check says of the offence, where it does not stand in it already."""
    said = next((check.message for check in red if offence in check.exchanges), red[0].message)
    notes = (piece.text for one in sides for line in one.response if line.note for piece in line.pieces)
    return "" if any(said in note for note in notes) else said


def _sides(shown: Mapping[str, Any], evidence: Evidence) -> Iterator[Side]:
    """The control, where there is one, and the offence."""
    offence, control = evidence[shown["offence"]], evidence.get(shown["control"] or "")
    differs = [name.removeprefix("request.") for name in shown["differs"]]
    if control is not None:
        yield side(control, "Control: accepted", differs, absent=_absent(control, offence, differs))
    lacking = _absent(offence, control, differs) if control is not None else ()
    yield side(offence, _called(differs, control), differs, _wrong(shown), absent=lacking)


def _called(differs: list[str], control: RedactedExchange | None) -> str:
    if control is None:
        return "The answer"
    return f"The same with another {', '.join(differs)}" if differs else "The same once more"


def _absent(one: RedactedExchange, other: RedactedExchange, differs: Iterable[str]) -> list[str]:
    """Which of the parts that differ a request lacks, and the other one has."""
    have, theirs = set(sent_names(one)), set(sent_names(other))
    return [name for name in differs if name not in have and name in theirs]


def _wrong(shown: Mapping[str, Any]) -> Wrong:
    wrong = shown["wrong"][0]
    must = f"must hold: {wrong['must']}"
    if wrong["at"] in STATUSES:
        return Wrong(wrong["at"], str(wrong["came"]), must)
    return Wrong(wrong["at"], str(wrong["came"]), f"seen: {wrong['came']}")


def _expected(shown: Mapping[str, Any]) -> str:
    wrong = next(iter(shown.get("wrong", ())), None)
    return f"must hold: {wrong['must']}" if wrong is not None else ""


def _differs(shown: Mapping[str, Any]) -> str:
    if not shown.get("control"):
        return ""
    names = [name.removeprefix("request.") for name in shown["differs"]]
    match names:
        case []:
            return "The same request twice; only the time differs"
        case [one]:
            return f"The same request twice; one thing differs: {one}"
        case [*several, last]:
            return f"The request beside its control; what differs: {', '.join(several)} and {last}"
    raise AssertionError  # pragma: no cover - the cases are all


def _counted(red: Iterable[CheckResult]) -> str:
    verdicts = [check.verdict for check in red]
    failed, warned = verdicts.count(Verdict.FAIL), verdicts.count(Verdict.WARNING)
    parts = [f"{failed} failed"] * bool(failed) + [f"{warned} warning{'s' * (warned != 1)}"] * bool(warned)
    return ", ".join(parts)
