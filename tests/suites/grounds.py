"""What a verdict has to rest on: an answer that was looked at, and controls that were accepted."""

from __future__ import annotations

from collections.abc import Sequence

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import Comparison
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange


def lacking(check: str, verdict: Verdict, seen: Sequence[Exchange], compared: Sequence[Comparison]) -> str:
    """What a verdict lacks to rest on; empty where it rests on something, or judges nothing."""
    if not verdict.judged:
        return ""
    if not any(exchange.answer for exchange in seen):
        return f"{verdict} without an answer that was looked at"
    if not _controlled(check, compared):
        return f"{verdict} beside a control that was not accepted"
    return ""


def _controlled(check: str, compared: Sequence[Comparison]) -> bool:
    """Whether the controls were accepted; a check of codes leaves out requests whose control was not."""
    accepted = [_was_accepted(pair.control) for pair in compared]
    return not accepted or (any(accepted) if check.startswith("error_codes::") else all(accepted))


def _was_accepted(control: Exchange) -> bool:
    """Whether a control was accepted: by a token, a page, a redirect, or by being told to wait for the user."""
    return control.answer is not None and (control.answer.status // 100 in {2, 3} or TokenResponse(control).waits)
