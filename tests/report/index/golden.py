"""The page of a small run, byte by byte: `python -m tests.report.index.golden` writes it anew, to be looked at."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from token_conformance.judging.habit import habit_of
from token_conformance.judging.refusal import Comparison
from token_conformance.judging.requirement import Requirement
from token_conformance.redaction import Redactor
from token_conformance.report.index import index_of
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import ToDo
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange, Request, Response

FILE = Path(__file__).with_name("golden.html")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

CATALOGUE = {
    id_: Requirement(id_, "RFC 6749", section, level, title, "It harms somebody.", "Mend it.", untested=untested)
    for id_, section, level, title, untested in (
        ("used-token-refused", "6", "MUST", "a used refresh token is refused", ""),
        ("answers-uncached", "5.1", "MUST", "answers with tokens are not cached", ""),
        ("late-token-refused", "6", "MUST", "an old refresh token is refused", ""),
        ("keys-kept", "10", "SHOULD", "keys are kept in hardware", "nobody sees it from outside"),
    )
}

READ_FROM = (
    "token_conformance.results.results.catalogue",
    "token_conformance.results.standing.catalogue",
    "token_conformance.report.index.references.catalogue",
)
"""Where the catalogue is looked up, whose growth is no change of the page."""


def exchange(number: int, presented: str | None, token: str | None) -> Exchange:
    """A login, or a refresh, that hands over a refresh token, or is refused."""
    body = f"grant_type=refresh_token&refresh_token={presented}" if presented else "grant_type=password"
    request = Request(
        "POST",
        "https://op.example/token",
        (("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", "Basic YXBwOmNhbmFyeS1zZWNyZXQ=")),
        body.encode(),
    )
    granted = {"access_token": f"canary-access-{number}", "token_type": "Bearer", "refresh_token": token}
    answer = Response(
        200 if token else 400,
        (("Content-Type", "application/json"), ("Cache-Control", "no-store")),
        json.dumps(granted if token else {"error": "invalid_grant"}).encode(),
    )
    return Exchange("reuse", number, request, answer, NOON + timedelta(seconds=number), 0.05)


EXCHANGES = (
    exchange(1, None, "canary-refresh-a"),
    exchange(2, "canary-refresh-a", "canary-refresh-b"),
    exchange(3, "canary-refresh-a", "canary-refresh-c"),
    exchange(4, "canary-refresh-b", None),
)


def check(verdict: Verdict, requirement: str, **more: Any) -> CheckResult:
    """A check of that requirement."""
    stated = CATALOGUE[requirement]
    name = f"suites/test_rotation.py::test_{requirement.replace('-', '_')}"
    violated = requirement if verdict is Verdict.FAIL else None
    usual: dict[str, Any] = {
        "violated": violated,
        "exchanges": ("reuse/2", "reuse/3"),
        "message": "",
        "scenario": "reuse",
    }
    return CheckResult(
        id=name,
        requirements=(requirement,),
        level=stated.level,
        verdict=verdict,
        title=stated.title,
        clause=stated.clause,
        topic="rotation",
        seconds=0.01,
        **usual | more,
    )


def run() -> RunResult:
    """One check fails, one holds, one takes too long a wait."""
    second = EXCHANGES[2]
    habit = habit_of([second], [Comparison(second, EXCHANGES[1])], second)
    waiting = check(Verdict.INCONCLUSIVE, "late-token-refused", message="takes a wait of 3600 s", scenario="late")
    return RunResult(
        profile="example",
        server="live",
        described="live at https://op.example",
        provider="Example <b>",
        address="https://op.example",
        started=NOON,
        seconds=3.25,
        requests=4,
        logins=1,
        claims=("bcp", "oauth2"),
        todo=(ToDo("late", 3600, NOON + timedelta(hours=1)),),
        checks=(
            check(Verdict.FAIL, "used-token-refused", habit=habit, message="the used token was accepted <script>"),
            check(Verdict.PASS, "answers-uncached"),
            waiting,
        ),
    )


def page() -> str:
    """The page of this run."""
    redactor = Redactor()
    evidence = {each.id: redactor.exchange(each) for each in EXCHANGES}
    with ExitStack() as patched:
        for place in READ_FROM:
            patched.enter_context(patch(place, lambda: CATALOGUE))
        patched.enter_context(patch("token_conformance.__version__", "0"))
        return index_of(run(), evidence)


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
