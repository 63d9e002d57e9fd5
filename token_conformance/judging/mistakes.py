"""What was wrong with refused requests, and what they should have been called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.findings import Finding, judge_each
from token_conformance.judging.gathered import gathered
from token_conformance.judging.refusal import refusal
from token_conformance.verdict import Inconclusive, NotApplicable


@dataclass(frozen=True)
class Mistake:
    """A request that is wrong in one thing, beside the same without it.

    `codes` are those that fit, the best one first; `clause` is the requirement that asks for them. `refused_by` is the
    requirement by which another check judges that nothing is handed over; where there is none, that is judged with the
    code. `afterwards` and `differs` are as in `refusal`.
    """

    what: str
    attempt: TokenResponse
    control: TokenResponse
    codes: tuple[str, ...]
    clause: str
    refused_by: str = ""
    afterwards: TokenResponse | None = None
    differs: tuple[str, ...] = ()


def mistaken(
    control: TokenResponse,
    attempts: Mapping[str, TokenResponse | None],
    *codes: str,
    clause: str = "",
    refused_by: str = "",
    afterwards: TokenResponse | None = None,
    differs: tuple[str, ...] = (),
) -> tuple[Mistake, ...]:
    """The mistakes of a transcript that are called alike, by what was wrong with each; None was not sent."""
    clause = clause or CLAUSES[codes[0]]
    return tuple(
        Mistake(what, attempt, control, codes, clause, refused_by, afterwards, differs)
        for what, attempt in attempts.items()
        if attempt is not None
    )


CLAUSES: Mapping[str, str] = {
    "invalid_client": "rfc6749-5.2-invalid-client",
    "invalid_dpop_proof": "rfc9449-5-invalid-proof-error",
    "invalid_grant": "rfc6749-5.2-invalid-grant",
    "invalid_request": "rfc6749-5.2-invalid-request",
    "invalid_scope": "rfc6749-5.2-invalid-scope",
    "invalid_target": "rfc8707-target",
    "unauthorized_client": "rfc6749-5.2-unauthorized-client",
    "unsupported_grant_type": "rfc6749-5.2-unsupported-grant",
}
"""The requirement that asks for a code, where no other one does so for a special mistake."""


WITHOUT_CREDENTIALS = ("invalid_client", "invalid_request", "unauthorized_client")
"""What a client may be told that does not authenticate, the best code first: it may also have left something out."""


def mistakes_in(outcomes: Mapping[str, Any], scenarios: Iterable[str], code: str) -> list[Mistake]:
    """The mistakes in the transcripts of some scenarios for which a code is the best one.

    Raises:
        NotApplicable: none of the scenarios concerns the provider, or none has such a mistake.
        Inconclusive: none could be performed.

    """
    found = [each for each in gathered(outcomes, scenarios, "mistakes") if each.codes[0] == code]
    if not found:
        raise NotApplicable(f"no request of this run is to be answered by {code}")
    return found


def judge_codes(mistakes: Iterable[Mistake]) -> None:
    """Hold the error codes of refusals against those that fit.

    A refusal without any code is judged by the checks of its form, and what was handed over by those of refusals.

    Raises:
        Findings: the requests that were called by another code, or not refused where no other check looks.
        Inconclusive: nothing could be judged.
        NotApplicable: nothing was refused.

    """
    judge_each(mistakes, _findings)


def _findings(mistake: Mistake) -> Iterator[Finding]:
    answer = refusal(mistake.attempt, control=mistake.control, afterwards=mistake.afterwards, differs=mistake.differs)
    if answer.refused and answer.error is None:
        raise Inconclusive(f"refused without an error code, which another check tells: {answer} to {answer.exchange}")
    if not answer.refused and mistake.refused_by:
        raise NotApplicable(f"{mistake.what} was not refused, which is for another check to judge")
    if not answer.refused or answer.error not in mistake.codes:
        said = f"{mistake.what} was answered by {answer}, not by {' or '.join(mistake.codes)}"
        yield Finding(said, answer.exchange, mistake.clause, mistake.refused_by)
