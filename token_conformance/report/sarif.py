"""results.sarif: the findings of a run in the Static Analysis Results Interchange Format (SARIF 2.1.0, OASIS)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import token_conformance
from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.redaction.visible import visible
from token_conformance.report.reported import defects_of
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS = {Verdict.FAIL: "error", Verdict.WARNING: "warning", Verdict.DEVIATION: "note"}
"""The level of a result by its verdict (§3.27.10); what was not violated is no result."""


def sarif_of(run: RunResult) -> dict[str, Any]:
    """The log of one run: a rule for each requirement that is violated, a result for each check that is red for it."""
    reds = [*run.of(*LEVELS)]
    gone = {id_: _rule_of_entry(id_, run) for id_ in (run.baseline.gone if run.baseline is not None else ())}
    rules = _rules(
        [*gone.values(), *(_rule_of(check) for check in reds), *(seen.requirement for seen in run.on_the_way)]
    )
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    results = [
        *(_gone(id_, rule, run, places) for id_, rule in gone.items()),
        *(_result(check, run, places) for check in reds),
        *(_on_the_way(each, run, places) for each in run.on_the_way),
    ]
    driver = {
        "name": "token-conformance",
        "semanticVersion": token_conformance.__version__,
        "rules": rules,
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": f"token-conformance/{run.profile}/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"PROFILES": {"description": {"text": "The folder of the profile."}}},
                "invocations": [_invocation(run)],
                "results": results,
                "properties": {"server": run.server, "outcome": run.outcome.value},
            }
        ],
    }


def _rule_of(check: CheckResult) -> str:
    """The requirement that a check is red for; a check of none is a rule of its own."""
    return check.violated or next(iter(check.requirements), check.id)


def _rules(ids: Iterable[str]) -> list[dict[str, Any]]:
    known = catalogue()
    return [_rule(id_, known.get(id_)) for id_ in sorted(set(ids))]


def _rule(id_: str, stated: Requirement | None) -> dict[str, Any]:
    """A requirement as a rule (§3.49); of one of somebody's own suite only its id is known."""
    if stated is None:
        return {"id": id_}
    return {
        "id": id_,
        "shortDescription": {"text": stated.title},
        "fullDescription": {"text": f"{stated.title} ({stated.clause})"},
        "help": {"text": f"{stated.protects} {stated.mend}".strip()},
        "defaultConfiguration": {"level": "error" if stated.mandatory else "warning"},
        "properties": {"level": stated.level, "clause": stated.clause, "tags": ["oauth2", stated.source]},
    }


def _result(check: CheckResult, run: RunResult, places: Mapping[str, int]) -> dict[str, Any]:
    rule, endpoint = _rule_of(check), check.habit.endpoint if check.habit is not None else None
    deviates = check.verdict is Verdict.DEVIATION
    return {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": LEVELS[check.verdict],
        "message": {"text": visible(check.message or check.title)},
        "locations": [_location(run, endpoint)],
        "partialFingerprints": {"check/v1": check.id},
        **_suppressed([*([_documented(check)] if deviates else []), *_known(check.id, run)]),
        **_beside_the_baseline(check.id, run),
        "properties": {"check": check.id, "verdict": check.verdict.value, "exchanges": list(check.exchanges)},
    }


def _documented(check: CheckResult) -> dict[str, Any]:
    """A deviation is no news to whoever wrote it into the profile (§3.35)."""
    return {"kind": "external", "status": "accepted", "justification": visible(check.message or check.title)}


def _known(finding: str, run: RunResult) -> list[dict[str, Any]]:
    """What is known by the baseline is no news either, and its entry says why (§3.35)."""
    entry = run.baseline.entry_of(finding) if run.baseline is not None else None
    if entry is None:
        return []
    said = visible(": ".join(filter(None, (entry.owner, entry.reason or "no reason given"))))
    return [{"kind": "external", "status": "accepted", "justification": said}]


def _suppressed(by: list[dict[str, Any]]) -> dict[str, Any]:
    return {"suppressions": by} if by else {}


def _beside_the_baseline(finding: str, run: RunResult) -> dict[str, Any]:
    """Whether a result is new (§3.27.24), where there is a baseline."""
    if run.baseline is None:
        return {}
    return {"baselineState": "new" if run.baseline.novelty_of(finding) in {"new", "newer"} else "unchanged"}


def _rule_of_entry(id_: str, run: RunResult) -> str:
    """The requirement of a check that an entry of the baseline names, whose rule it was red for; else what it names."""
    return next((_rule_of(check) for check in run.checks if check.id == id_), id_)


def _gone(id_: str, rule: str, run: RunResult, places: Mapping[str, int]) -> dict[str, Any]:
    """What the baseline knows, and was judged a pass.

    GitHub refuses a log of which one result has no location, and reads neither `kind` nor `baselineState`: what is
    suppressed opens no alert there.
    """
    message = visible(f"{id_} is known by the baseline, and was judged a pass: take it out")
    return {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "kind": "pass",
        "level": "none",
        "message": {"text": message},
        "locations": [_location(run, None)],
        "partialFingerprints": {"check/v1": id_},
        **_suppressed([{"kind": "external", "status": "accepted", "justification": message}]),
        "baselineState": "absent",
    }


def _on_the_way(seen: SeenOnTheWay, run: RunResult, places: Mapping[str, int]) -> dict[str, Any]:
    """What no check has told, with its story as a flow (§3.36)."""
    steps = [{"location": {"message": {"text": visible(f"{step.told} ({step.exchange})")}}} for step in seen.story]
    return {
        "ruleId": seen.requirement,
        "ruleIndex": places[seen.requirement],
        "level": LEVELS[seen.verdict],
        "message": {"text": visible(seen.message)},
        "locations": [_location(run, None)],
        "partialFingerprints": {"check/v1": f"seen-on-the-way/{seen.requirement}"},
        **_suppressed(_known(seen.requirement, run)),
        **_beside_the_baseline(seen.requirement, run),
        **({"codeFlows": [{"threadFlows": [{"locations": steps}]}]} if steps else {}),
        "properties": {"verdict": seen.verdict.value, "exchanges": list(seen.exchanges)},
    }


def _location(run: RunResult, endpoint: str | None) -> dict[str, Any]:
    """Where a finding is shown: at the profile, which is a file, and at the endpoint, which is none."""
    uri = {"uri": f"{_as_path(run.profile)}.toml", "uriBaseId": "PROFILES"}
    logical = [{"fullyQualifiedName": visible(endpoint), "kind": "resource"}] if endpoint else []
    return {
        "physicalLocation": {"artifactLocation": uri, "region": {"startLine": 1}},
        **({"logicalLocations": logical} if logical else {}),
    }


def _as_path(name: str) -> str:
    """A name as a relative URI reference (RFC 3986 §4.2)."""
    from urllib.parse import quote

    return quote(name, safe="")


def _invocation(run: RunResult) -> dict[str, Any]:
    """How the run went (§3.20): what broke it off, and each defect of ours, is a notification."""
    trouble = run.circumstances.told_trouble
    told = [*([_notification(trouble)] if trouble is not None else []), *_defects(run)]
    return {
        "executionSuccessful": not run.outcome.broken_off and not defects_of(run),
        "startTimeUtc": f"{run.started:%Y-%m-%dT%H:%M:%S}.{run.started.microsecond // 1000:03}Z",
        "exitCode": run.outcome.exit_status,
        "exitCodeDescription": visible(run.conclusion),
        "toolExecutionNotifications": told,
    }


def _defects(run: RunResult) -> Iterator[dict[str, Any]]:
    return (_notification(f"{each.id}: {each.message}") for each in defects_of(run))


def _notification(text: str) -> dict[str, Any]:
    return {"level": "error", "message": {"text": visible(text)}}
