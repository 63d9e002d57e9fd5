"""All exchanges of a run, sorted by what the token endpoint said in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from token_conformance.evidence.error_codes import DECISIONS, NO_DECISIONS
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange, Request, header


@dataclass(frozen=True)
class Evidence:
    """All exchanges of a run, for checks that hold wherever the token endpoint answers."""

    exchanges: tuple[Exchange, ...]
    token_endpoint: str | None
    token_endpoint_alias: str | None = None

    @cached_property
    def token_responses(self) -> tuple[TokenResponse, ...]:
        """The answers to POST requests to the token endpoint, without those that put the request off.

        Revocation and introspection may have the same address: a request about a token, without a grant_type, is theirs.
        """
        return tuple(
            TokenResponse(exchange)
            for exchange in self.exchanges
            if exchange.answer is not None
            and not exchange.put_off
            and exchange.request.method == "POST"
            and exchange.request.url in {self.token_endpoint, self.token_endpoint_alias}
            and not _is_about_a_token(exchange.request)
        )

    @cached_property
    def successes(self) -> tuple[TokenResponse, ...]:
        """The token endpoint's answers with a 2xx status and without an error member: successful, or meant to be.

        Raises:
            Inconclusive: there is none.

        """
        found = [
            answer for answer in self.token_responses if _status(answer) // 100 == 2 and not _member(answer, "error")
        ]
        return _some(found, "no token request of this run succeeded")

    @cached_property
    def refusals(self) -> tuple[TokenResponse, ...]:
        """The token endpoint's refusals; an HTML page with 403 or the like may be a firewall's, and is none.

        Raises:
            Inconclusive: there is none.

        """
        found = [answer for answer in self.token_responses if _refuses(answer)]
        return _some(found, "no token request of this run was refused")


SAID_BY_HTTP = frozenset({405, 408, 413, 414, 415, 421, 429, 431})
"""What HTTP itself has to say about a request, before it is taken for a token request (RFC 9110 §15.5, RFC 6585)."""

TOO_MANY_REQUESTS = 429

FOREIGN_ORIGIN = "https://foreign.example"
"""The origin of a page (RFC 6454 §7) that no client has anything to do with; a server may have nothing to do with it either."""


def limits_the_rate(answer: TokenResponse) -> bool:
    """Whether an answer speaks of the client's pace in words of its own (RFC 6585 §4): the token endpoint's are none."""
    return _status(answer) == TOO_MANY_REQUESTS and answer.error not in DECISIONS | NO_DECISIONS


def _is_about_a_token(request: Request) -> bool:
    """Whether a request names a token to be revoked or introspected (RFC 7009 §2.1, RFC 7662 §2.1), and no grant."""
    named = dict(request.form)
    return "token" in named and "grant_type" not in named


def _status(answer: TokenResponse) -> int:
    return answer.exchange.answer.status if answer.exchange.answer is not None else 0


def _refuses(answer: TokenResponse) -> bool:
    status = _status(answer)
    if limits_the_rate(answer) or header(answer.exchange.request.headers, "origin") == FOREIGN_ORIGIN:
        return False
    if status in {400, 401} or _member(answer, "error"):
        return True
    return status // 100 == 4 and status not in SAID_BY_HTTP and not _is_page(answer)


def _is_page(answer: TokenResponse) -> bool:
    sent = answer.exchange.answer
    return sent is not None and "html" in (header(sent.headers, "content-type") or "").lower()


def _member(answer: TokenResponse, name: str) -> bool:
    body = answer.exchange._parsed  # noqa: SLF001 - sorting the exchanges does not make them evidence
    return isinstance(body, dict) and name in body


def _some(found: list[TokenResponse], lack: str) -> tuple[TokenResponse, ...]:
    if not found:
        raise Inconclusive(lack)
    return tuple(found)
