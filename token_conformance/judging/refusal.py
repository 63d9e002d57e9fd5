"""What may be held against a server: a refusal counts only beside its control, and says one thing: nothing was handed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from token_conformance.evidence.error_codes import NO_DECISIONS
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange

LATENESS = 20
"""Seconds after its lifetime in which a token may still work: servers tolerate clocks that differ, often by 15 s."""


@dataclass(frozen=True)
class Comparison:
    """An attempt, the control that it was held against, and what is known to differ where that is not one thing."""

    attempt: Exchange
    control: Exchange
    differs: tuple[str, ...] = ()


_compared: ContextVar[list[Comparison] | None] = ContextVar("what the running check compares", default=None)


@contextmanager
def comparing() -> Iterator[list[Comparison]]:
    """Collect what is held against a control meanwhile, in order: the last one is what a check fails for."""
    compared: list[Comparison] = []
    token = _compared.set(compared)
    try:
        yield compared
    finally:
        _compared.reset(token)


def compare(attempt: Exchange, control: Exchange, *differs: str) -> None:
    """Have it known that a check holds one exchange against another one."""
    compared = _compared.get()
    if compared is not None:
        compared.append(Comparison(attempt, control, differs))


def refusal(
    attempt: TokenResponse,
    *,
    control: TokenResponse,
    afterwards: TokenResponse | None = None,
    differs: tuple[str, ...] = (),
) -> TokenResponse:
    """Give back `attempt` once it can be told whether it was served: whether a token came (`handed_over`), or a polling
    client was told to wait (`waits`), as its control was then.

    By which code, with which status and in which form a request was refused is judged by checks of their own.

    Args:
        attempt: the answer to the request that is wrong in one thing.
        control: that to the same request without it.
        afterwards: that to the control's request again, where attempts may have used up what it takes.
        differs: the parts of the request that differ, where they are more than one and have to be.

    Raises:
        Inconclusive: the control was not accepted, before or afterwards; or the answer is no decision of the token
            endpoint (429, slow_down, a failure, another server's page, no answer).

    """
    compare(attempt.exchange, control.exchange, *differs)
    if not _served(control):
        raise Inconclusive(
            f"the control was not accepted: {control} to {control.exchange}", stopped_by=right_of(control.exchange)
        )
    lost = afterwards is not None and (afterwards.exchange.answer is None or not _served(afterwards))
    # The attempt is looked at last: the last exchange is what a failed check is about.
    waits = attempt.waits and attempt.error not in NO_DECISIONS
    if not attempt.handed_over and not waits and not attempt.refused:
        raise Inconclusive(f"neither accepted nor refused: {attempt} to {attempt.exchange}")
    if lost and afterwards is not None and attempt.refused:
        raise Inconclusive(
            f"the control was accepted before and not after: {afterwards} to {afterwards.exchange}; "
            "the attempt may have been refused for the same reason"
        )
    return attempt


def decision(answer: TokenResponse) -> TokenResponse:
    """Give back the answer to a right request where another time would not bring another one.

    Raises:
        Inconclusive: it asks to come later (429), a failure may be over by then, or there was none.

    """
    status = answer.exchange.response.status
    if not answer.refused and (status == 429 or status >= 500):
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    return answer


def _served(control: TokenResponse) -> bool:
    return control.accepted or control.waits


NOT_LET_IN = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type"})
"""What a client is told that is not let in, or not by this grant, whatever it presents (RFC 6749 §5.2)."""


def stranger(
    attempt: TokenResponse,
    *,
    control: TokenResponse,
    let_in: TokenResponse | None,
    afterwards: TokenResponse | None = None,
) -> TokenResponse:
    """Give back the answer to another client that presented what is not its own; see `refusal`.

    A stranger is one that could have succeeded: `let_in` is an answer that shows it, an accepted request of that client;
    else its refusal has to say that the grant is not good.

    Raises:
        Inconclusive: as `refusal`, or nothing shows that the other client was refused for the sake of the grant.

    """
    known = let_in is not None and let_in.exchange.answer is not None and _served(let_in)
    answer = refusal(attempt, control=control, afterwards=afterwards)
    if not answer.refused:
        return answer
    if answer.error in NOT_LET_IN or not (known or answer.error == "invalid_grant"):
        raise Inconclusive(f"nothing shows that the other client would be let in: {answer} to {answer.exchange}")
    return answer


RIGHTS: Mapping[str, str] = {
    "authorization_code": "rfc6749-4.1.3-exchange-succeeds",
    "client_credentials": "rfc6749-4.4-succeeds",
    "password": "rfc6749-4.3-succeeds",
    "refresh_token": "rfc6749-6-refresh-succeeds",
    "urn:ietf:params:oauth:grant-type:device_code": "rfc8628-approved",
    "urn:ietf:params:oauth:grant-type:token-exchange": "rfc8693-exchanged",
}
"""The requirement that a right request of each grant succeeds."""


def right_of(control: Exchange) -> str | None:
    """The requirement that is violated where a control is refused."""
    return RIGHTS.get(dict(control.request.form).get("grant_type", ""))
