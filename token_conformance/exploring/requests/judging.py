"""What the answer to a changed token request violates, by the rows that changed it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from token_conformance.evidence.answers import SAID_BY_HTTP
from token_conformance.evidence.error_codes import NO_DECISIONS
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.requests.found import Disagreement, Kind
from token_conformance.exploring.requests.mutation import Mutated
from token_conformance.exploring.requests.of_parameters import MARKUP
from token_conformance.exploring.requests.table import ANY_FAILURE, validity

REFLECTED = "endpoint-no-reflected-markup"

PAGES = frozenset({"text/html", "application/xhtml+xml"})
"""Media types whose text a browser runs."""

DESCRIBED = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
"""The characters of error and error_description (RFC 6749 §5.2)."""


def disagreements(mutated: Mutated, answer: TokenResponse, what: str) -> Iterator[Disagreement]:
    """What an answer violates.

    Args:
        mutated: the request and the rows by which it was changed.
        answer: what came.
        what: the request in words.

    """
    if answer.exchange.answer is None:
        return
    yield from _served(mutated, answer, what)
    yield from _refused(mutated, answer, what)
    yield from _failed(mutated, answer, what)
    yield from _misformed(mutated, answer, what)
    if answer.exchange.media_type in PAGES and MARKUP in answer.exchange.text:
        yield Disagreement(Kind.REFLECTED, REFLECTED, f"{what} is answered by a page that repeats its markup as it is")


def _served(mutated: Mutated, answer: TokenResponse, what: str) -> Iterator[Disagreement]:
    """A token for a request that is invalid: by each row that makes it so."""
    if answer.handed_over:
        for row in mutated.rows:
            if row.validity == "invalid" and row.requirement is not None:
                yield Disagreement(Kind.SERVED, row.requirement, f"a token came for {what}")


def _refused(mutated: Mutated, answer: TokenResponse, what: str) -> Iterator[Disagreement]:
    """No token for a request that means what the good one means; who is to blame of several rows, fewer will show."""
    requirement = mutated.rows[0].requirement
    decided = answer.exchange.status in SAID_BY_HTTP - {429} or answer.refused
    refused = decided and not answer.handed_over and answer.exchange.status < 500
    if validity(mutated.rows) == "valid" and refused and requirement is not None:
        yield Disagreement(Kind.REFUSED, requirement, f"{what} is refused by {_said(answer)}")


def _failed(mutated: Mutated, answer: TokenResponse, what: str) -> Iterator[Disagreement]:
    if answer.failed and answer.exchange.status != 501:
        closer = (row.failing for row in mutated.rows if row.failing != ANY_FAILURE)
        message = f"{what} is answered by {answer.exchange.status}"
        yield Disagreement(Kind.FAILED, next(closer, ANY_FAILURE), message)


def _misformed(mutated: Mutated, answer: TokenResponse, what: str) -> Iterator[Disagreement]:
    """A refusal by the token endpoint that is not as RFC 6749 §5.2 has it."""
    exchange = answer.exchange
    if exchange.status // 100 == 3:
        yield Disagreement(Kind.MISFORMED, "endpoint-no-redirect", f"{what} is redirected by {exchange.status}")
    if not all(row.form for row in mutated.rows) or not answer.refused or exchange.status >= 500:
        return
    if exchange.status in SAID_BY_HTTP or answer.error in NO_DECISIONS:
        return
    for requirement, wrong in _wrong(answer):
        yield Disagreement(Kind.MISFORMED, requirement, f"the refusal of {what} {wrong}")


def _wrong(answer: TokenResponse) -> Iterator[tuple[str, str]]:
    exchange, error = answer.exchange, answer.members.get("error")
    if not isinstance(error, str):
        yield "rfc6749-5.2-json-error", "is no JSON object with an error code"
        return
    if exchange.media_type != "application/json":
        yield "rfc6749-5.2-content-type", "does not say that it is application/json"
    if exchange.status not in ({400, 401} if error == "invalid_client" else {400}):
        yield "rfc6749-5.2-status-400", f"has the status {exchange.status}"
    if not DESCRIBED.fullmatch(error):
        yield "rfc6749-5.2-error-charset", "has characters in error that RFC 6749 does not allow there"
    described = answer.members.get("error_description", "")
    if not isinstance(described, str) or not DESCRIBED.fullmatch(described):
        yield (
            "rfc6749-5.2-description-charset",
            "has characters in error_description that RFC 6749 does not allow there",
        )


def _said(answer: TokenResponse) -> str:
    """The status of a refusal, with its code where it is one of a few words."""
    error = answer.error or ""
    return f"{answer.exchange.status} {error if DESCRIBED.fullmatch(error) and len(error) < 50 else ''}".strip()
