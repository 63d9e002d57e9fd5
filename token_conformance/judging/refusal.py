"""What may be held against a server: a refusal counts only beside its control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange

LATENESS = 20
"""Seconds after its lifetime in which a token may still work: servers tolerate clocks that differ, often by 15 s."""


@dataclass(frozen=True)
class Comparison:
    """An attempt, and the control that it was held against."""

    attempt: Exchange
    control: Exchange


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


def compare(attempt: Exchange, control: Exchange) -> None:
    """Have it known that a check holds one exchange against another one."""
    compared = _compared.get()
    if compared is not None:
        compared.append(Comparison(attempt, control))


def refusal(attempt: TokenResponse, *, control: TokenResponse) -> TokenResponse:
    """Give back `attempt` once it can be judged as a refusal, or as the lack of one.

    Raises:
        Inconclusive: the control, the same request without what is wrong with it, was not accepted; or the
            answer is no decision of the token endpoint (429, 5xx, another server's page, no answer).

    """
    compare(attempt.exchange, control.exchange)
    if not control.accepted:
        raise Inconclusive(
            f"the control was not accepted: {control} to {control.exchange}", stopped_by=right_of(control.exchange)
        )
    if not attempt.accepted and not attempt.refused:
        raise Inconclusive(f"neither accepted nor refused: {attempt} to {attempt.exchange}")
    return attempt


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
