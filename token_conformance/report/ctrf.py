"""ctrf.json: every check in the Common Test Report Format, for dashboards that read it."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import token_conformance
from token_conformance.redaction.visible import visible
from token_conformance.report.reported import novelty_of
from token_conformance.results.baseline import Novelty
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict

STATUSES = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.ERROR: "failed",
    Verdict.WARNING: "other",
    Verdict.DEVIATION: "other",
    Verdict.INCONCLUSIVE: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}
"""What CTRF calls a verdict; a warning and a deviation are neither passed nor failed."""

KNOWN = ("passed", "failed", "skipped", "pending", "other")


def ctrf_of(run: RunResult) -> dict[str, Any]:
    """The report of one run; times are in milliseconds."""
    tests = [*(_test(each, run) for each in run.checks), *(_on_the_way(each, run) for each in run.on_the_way)]
    if run.outcome.broken_off:
        tests.insert(0, _broken_off(run))
    start = round(run.started.timestamp() * 1000)
    counts = {status: sum(test["status"] == status for test in tests) for status in KNOWN}
    return {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "reportId": str(uuid5(NAMESPACE_URL, f"urn:token-conformance:{run.profile}:{run.started.isoformat()}")),
        "timestamp": run.started.isoformat(),
        "generatedBy": "token-conformance",
        "results": {
            "tool": {"name": "token-conformance", "version": token_conformance.__version__},
            "summary": {"tests": len(tests), **counts, "start": start, "stop": start + round(run.seconds * 1000)},
            "tests": tests,
            "environment": {"appName": run.profile, "testEnvironment": run.server},
            "extra": {"outcome": run.outcome.value, "conclusion": visible(run.conclusion)},
        },
    }


def _broken_off(run: RunResult) -> dict[str, Any]:
    """What makes a dashboard notice a run that is no answer."""
    return {
        "name": "run",
        "status": "failed",
        "duration": 0,
        "rawStatus": run.outcome.value,
        "message": visible(run.conclusion),
    }


def _test(check: CheckResult, run: RunResult) -> dict[str, Any]:
    module, _, name = check.id.partition("::")
    novelty = novelty_of(run, [check.id])
    return {
        "name": name or check.id,
        "status": _status(check.verdict, novelty),
        "duration": round(check.seconds * 1000),
        "suite": [module],
        "rawStatus": check.verdict.value,
        **({"message": visible(check.message)} if check.message else {}),
        "tags": [check.topic],
        "filePath": module,
        "extra": {
            "level": check.level,
            "requirements": list(check.requirements),
            "clause": check.clause,
            **_beside(novelty),
        },
    }


def _status(verdict: Verdict, novelty: Novelty | None) -> str:
    """The status by the verdict; what a baseline knows, or could not know yet, does not fail a dashboard."""
    return "skipped" if STATUSES[verdict] == "failed" and novelty in {"known", "newer"} else STATUSES[verdict]


def _beside(novelty: Novelty | None) -> dict[str, str]:
    return {"baseline": novelty} if novelty is not None else {}


def _on_the_way(seen: SeenOnTheWay, run: RunResult) -> dict[str, Any]:
    novelty = novelty_of(run, [seen.requirement])
    steps = [{"name": visible(f"{step.told} ({step.exchange})"), "status": "other"} for step in seen.story]
    return {
        "name": seen.requirement,
        "status": _status(seen.verdict, novelty),
        "duration": 0,
        "suite": ["seen on the way"],
        "rawStatus": seen.verdict.value,
        "message": visible(seen.message),
        **({"steps": steps} if steps else {}),
        "extra": {"level": seen.level, "requirements": [seen.requirement], "clause": seen.clause, **_beside(novelty)},
    }
