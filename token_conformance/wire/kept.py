"""What is kept of an answer when nobody goes on by it any more: JSON whole, the beginning of anything else."""

from __future__ import annotations

import re
from dataclasses import replace

from token_conformance.wire.exchange import Exchange, Request, Response, header

MOST_OF_JSON = 1_000_000
"""Bytes of a body in JSON that are kept."""

MOST_OF_OTHERS = 20_000
"""Bytes of a page, or of anything else, that are kept."""

_FIELD = re.compile(rb"<input\b[^<>]*>", re.IGNORECASE)


def kept(exchange: Exchange) -> Exchange:
    """The exchange as evidence holds it: a body that is too long is cut, and the response says so."""
    answer = exchange.answer
    if answer is None or len(answer.body) <= MOST_OF_OTHERS:
        return exchange
    most = MOST_OF_JSON if _is_json(answer) and not wants_page(exchange.request) else MOST_OF_OTHERS
    return replace(exchange, answer=_cut(answer, most)) if len(answer.body) > most else exchange


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page, whatever comes; a token request is none, though one may say that it takes pages."""
    return "text/html" in (header(request.headers, "accept") or "") and "grant_type" not in dict(request.form)


def _is_json(answer: Response) -> bool:
    named = "json" in (header(answer.headers, "content-type") or "").lower()
    return named or answer.body.lstrip()[:1] in {b"{", b"["}


def _cut(answer: Response, most: int) -> Response:
    """The beginning, and the fields of a page behind it: what a form has sent on was in one of these."""
    beginning, rest = answer.body[:most], answer.body[most:]
    fields = b"\n".join(_FIELD.findall(rest))[:MOST_OF_OTHERS]
    said = f"cut after {most:,} of {len(answer.body):,} bytes{', its other fields follow' if fields else ''}"
    return replace(answer, body=beginning + (b"\n" + fields if fields else b""), cut=said)
