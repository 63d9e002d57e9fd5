"""The run of one profile: its server, what the scenarios brought home, and what the checks read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from token_conformance.exchange import Exchange, header
from token_conformance.profile import Profile
from token_conformance.redaction import Redactor
from token_conformance.servers.connection import Server
from token_conformance.sessions.store import SessionStore
from token_conformance.token_response import TokenResponse
from token_conformance.verdict import Inconclusive, NotJudged
from token_conformance.waiting import Waits


@dataclass(frozen=True)
class Evidence:
    """All exchanges of a run, for checks that hold wherever the token endpoint answers."""

    exchanges: tuple[Exchange, ...]
    token_endpoint: str | None
    token_endpoint_alias: str | None = None

    @property
    def token_responses(self) -> tuple[TokenResponse, ...]:
        """The answers to POST requests to the token endpoint, without those that put the request off."""
        return tuple(
            TokenResponse(exchange)
            for exchange in self.exchanges
            if exchange.answer is not None
            and not exchange.put_off
            and exchange.request.method == "POST"
            and exchange.request.url in {self.token_endpoint, self.token_endpoint_alias}
        )

    @property
    def successes(self) -> tuple[TokenResponse, ...]:
        """The token endpoint's answers with a 2xx status and without an error member: successful, or meant to be.

        Raises:
            Inconclusive: there is none.

        """
        found = [
            answer for answer in self.token_responses if _status(answer) // 100 == 2 and not _member(answer, "error")
        ]
        return _some(found, "no token request of this run succeeded")

    @property
    def refusals(self) -> tuple[TokenResponse, ...]:
        """The token endpoint's refusals; an HTML page with 403 or the like may be a firewall's, and is none.

        Raises:
            Inconclusive: there is none.

        """
        found = [answer for answer in self.token_responses if _refuses(answer)]
        return _some(found, "no token request of this run was refused")


SAID_BY_HTTP = frozenset({405, 408, 413, 414, 415, 421, 429, 431})
"""What HTTP itself has to say about a request, before it is taken for a token request (RFC 9110 §15.5, RFC 6585)."""


@dataclass
class Run:
    """What is gathered and judged for one profile in a session; `only` names the scenarios whose checks are judged."""

    name: str
    profile: Profile
    server: Server
    redactor: Redactor
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    outcomes: dict[str, Any] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    token_endpoint: str | None = None
    token_endpoint_alias: str | None = None
    logins: int = 0
    logins_of: Counter[str] = field(default_factory=Counter)
    waits: dict[str, Waits] = field(default_factory=dict)
    trouble: str | None = None
    sessions: SessionStore | None = None
    no_session: bool = False
    only: frozenset[str] | None = None

    def transcript(self, scenario: str) -> Any:
        """What the scenario of that name returned.

        Raises:
            NotJudged: why it did not.

        """
        outcome = self.outcomes[scenario]
        if isinstance(outcome, NotJudged):
            raise type(outcome)(str(outcome))
        if isinstance(outcome, Exception):
            raise ScenarioDefect(f"scenario {scenario}: {type(outcome).__name__}: {outcome}") from outcome
        return outcome

    @property
    def evidence(self) -> Evidence:
        """All exchanges so far."""
        return Evidence(tuple(self.exchanges), self.token_endpoint, self.token_endpoint_alias)

    def by_id(self) -> Iterator[tuple[str, Exchange]]:
        """The exchanges with their ids."""
        return ((exchange.id, exchange) for exchange in self.exchanges)


class ScenarioDefect(Exception):  # noqa: N818 - a defect is the word for an error of ours
    """A scenario raised something that is no verdict: a defect of the suite."""


def _status(answer: TokenResponse) -> int:
    return answer.exchange.answer.status if answer.exchange.answer is not None else 0


def _refuses(answer: TokenResponse) -> bool:
    status = _status(answer)
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
