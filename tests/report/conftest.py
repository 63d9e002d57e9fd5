"""A run written by hand, with a verdict of each kind and a server that attacks whoever reads the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from token_conformance.judging.requirement import catalogue
from token_conformance.redaction import Redactor
from token_conformance.report import write_reports
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange, Request, Response

ATTACKS = (
    "<script>document.title='attacked'</script>",
    '"><img src=x onerror="document.title=\'attacked\'">',
    "'><svg onload=\"document.title='attacked'\">",
    "</script></style></template><iframe srcdoc=\"<script>top.document.title='attacked'</script>\">",
    "{{ run }}{% for x in y %}",
)
TOKEN = "canary-refresh-token-3f9a0c"

MESSAGES = {
    Verdict.PASS: "",
    Verdict.FAIL: f"the old refresh token was accepted {ATTACKS[0]} (RFC 9700 §4.14.2)",
    Verdict.WARNING: f"Cache-Control is {ATTACKS[1]!r} (RFC 6749 §5.1)",
    Verdict.DEVIATION: "status 401 — documented: an expired refresh token answers 401",
    Verdict.INCONCLUSIVE: "the control was not accepted: 429 without an error code to POST /token (rotation/2)",
    Verdict.NOT_APPLICABLE: "the profile has no [grants.client_credentials]",
    Verdict.ERROR: f"a defect of the suite: KeyError: {ATTACKS[2]}",
}


@pytest.fixture
def make_check() -> Callable[..., CheckResult]:
    """A check with a verdict."""

    def make(verdict: Verdict = Verdict.PASS, **changes: Any) -> CheckResult:
        topic = changes.get("topic", "rotation")
        usual: dict[str, Any] = {
            "id": f"suites/test_{topic}.py::test_{verdict.value}",
            "requirements": tuple(catalogue())[:1],
            "level": "MUST",
            "verdict": verdict,
            "title": "A rotated refresh token is refused.",
            "message": MESSAGES[verdict],
            "clause": "RFC 9700 §4.14.2",
            "topic": topic,
            "scenario": "rotation",
            "exchanges": ("rotation/1", "rotation/2"),
            "seconds": 0.01,
        }
        return CheckResult(**usual | changes)

    return make


@pytest.fixture
def make_run(make_check: Callable[..., CheckResult]) -> Callable[..., RunResult]:
    """A run with one check of each verdict in each of two topics."""

    def make(**changes: Any) -> RunResult:
        usual: dict[str, Any] = {
            "profile": "example",
            "server": "recorded",
            "started": datetime(2026, 1, 1, 12, tzinfo=UTC),
            "seconds": 3.25,
            "requests": 71,
            "checks": tuple(
                make_check(verdict, topic=topic) for topic in ("rotation", "refresh") for verdict in Verdict
            ),
            "stale_deviations": ("rfc6749-5.2-invalid-grant-400",),
            "claims": ("bcp", "oauth2"),
        }
        return RunResult(**usual | changes)

    return make


@pytest.fixture
def hostile_exchanges() -> tuple[Exchange, ...]:
    """A refresh that succeeds, one that is refused with attacks in every part of the answer, one without answer."""
    asked = (("Content-Type", "application/x-www-form-urlencoded"),)
    request = Request(
        "POST", "https://op.example/token", asked, f"grant_type=refresh_token&refresh_token={TOKEN}".encode()
    )
    granted = {"access_token": "canary-access-token-77be", "token_type": "Bearer", "refresh_token": "canary-next-41d2"}
    refused = {"error": "invalid_grant", "error_description": "".join(ATTACKS), ATTACKS[1]: TOKEN}
    headers = tuple((f"X-{number}", attack) for number, attack in enumerate(ATTACKS))
    answers = (
        Response(200, (("Content-Type", "application/json"),), json.dumps(granted).encode()),
        Response(400, headers, json.dumps(refused).encode()),
        None,
    )
    return tuple(
        Exchange("rotation", number, request, answer, datetime(2026, 1, 1, 12, tzinfo=UTC), 0.05, ATTACKS[0])
        for number, answer in enumerate(answers, start=1)
    )


@pytest.fixture
def write(
    tmp_path: Path,
    make_run: Callable[..., RunResult],
    hostile_exchanges: tuple[Exchange, ...],
    pytestconfig: pytest.Config,
) -> Callable[..., list[Path]]:
    """Writes the reports of a run into a folder."""

    def write(
        run: RunResult | None = None,
        *,
        folder: Path = tmp_path / "run",
        exchanges: Sequence[Exchange] = hostile_exchanges,
        redactor: Redactor | None = None,
    ) -> list[Path]:
        return write_reports(folder, run or make_run(), exchanges, redactor or Redactor(), pytestconfig)

    return write


@pytest.fixture
def written(write: Callable[..., list[Path]], tmp_path: Path) -> Path:
    """The folder of a run's reports."""
    write()
    return tmp_path / "run"
