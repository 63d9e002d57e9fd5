"""What a server that cannot answer now says of when it can (RFC 9110 §10.2.3)."""

from __future__ import annotations

from datetime import datetime

from token_conformance.wire.exchange import Exchange, Request, Response, header, http_date
from token_conformance.wire.rate_limit import announced

TOO_MANY = 429
"""Too Many Requests (RFC 6585 §4)."""

LATER = frozenset({TOO_MANY, 503})
"""Too Many Requests (RFC 6585 §4) and Service Unavailable (RFC 9110 §15.6.4): the request was not processed."""

NEVER = frozenset({501, 505})
"""Not Implemented and HTTP Version Not Supported (RFC 9110 §15.6): it will not be otherwise in a second."""

OF_SERVERS = frozenset({"server_error", "temporarily_unavailable"})
"""The error codes by which a server says that it failed (RFC 6749 §4.1.2.1)."""

GOOD_ONCE = frozenset({"client_assertion", "assertion"})
"""Parameters that a server may take only once (RFC 7523 §3): it is not known whether it has remembered them."""

LONGEST = 10
"""Digits of a Retry-After that is read; more of them are no time to come again."""


def retry_after(answer: Response | None, now: datetime) -> float | None:
    """The seconds after which a 429 or 503 asks to come again; None for any other answer, and where it does not tell.

    A date is held against the server's own Date, as its clock may not be ours. Without Retry-After, X-Retry-After counts, and
    then the time at which its limit begins anew.
    """
    if answer is None or answer.status not in LATER:
        return None
    value = (header(answer.headers, "retry-after") or header(answer.headers, "x-retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) <= LONGEST else None
    then = http_date(value)
    present = http_date(header(answer.headers, "date") or "") or now
    if then is not None:
        return max(0.0, (then - present).total_seconds())
    return announced(answer, present).reset if not value and answer.status == TOO_MANY else None


def too_many(answer: Response | None) -> bool:
    """Whether an answer says that there were too many requests."""
    return answer is not None and answer.status == TOO_MANY


def failed(exchange: Exchange) -> bool:
    """Whether the server failed at a token request, of which it is not known whether it is always so.

    Who says by an error code what is wrong with the request has not failed at it.
    """
    if exchange.says_error not in {None, *OF_SERVERS}:
        return False
    answer, token_request = exchange.answer, any(name == "grant_type" for name, _ in exchange.request.form)
    return token_request and answer is not None and answer.status >= 500 and answer.status not in NEVER


def repeatable(request: Request, *, renewed: bool = False) -> bool:
    """Whether a request can be sent again: it holds no assertion, and no proof that a scenario made for it.

    With `renewed`, its assertion is another one then.
    """
    good_once = not renewed and any(name in GOOD_ONCE for name, _ in request.form)
    return not good_once and header(request.headers, "dpop") is None
