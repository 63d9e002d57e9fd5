"""What may be held against a resource: it is a control only where it tells a good access token from none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from token_conformance.judging.findings import Finding, judge_each
from token_conformance.judging.refusal import compare
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.exchange import Exchange

REFUSALS = frozenset({400, 401, 403})
"""How a resource refuses an access token, or the lack of one (RFC 6750 §3.1)."""


def took(exchange: Exchange) -> bool:
    """Whether a resource took the access token.

    Raises:
        Inconclusive: it neither took nor refused it: it limits the rate, fails, redirects, or is not there.

    """
    status = exchange.response.status
    if status // 100 != 2 and status not in REFUSALS:
        raise Inconclusive(f"the resource answered {status} to {exchange}, which is neither yes nor no")
    return status // 100 == 2


@dataclass(frozen=True)
class Protected:
    """A resource that was asked with a good access token, and with none."""

    right: Exchange
    without: Exchange

    def require(self) -> None:
        """Ask whether the resource can be a control.

        Raises:
            Inconclusive: it does not take a good access token, or takes a request without one as well.

        """
        if not took(self.right):
            raise Inconclusive(f"the resource answered a good access token with {self.right.response.status}")
        if took(self.without):
            raise Inconclusive("the resource is open: it answers a request without an access token as well")

    def beside(self, attempt: Exchange, *differs: str) -> Exchange:
        """Give back the answer to another request once it can be told whether it was let in (`took`).

        Raises:
            Inconclusive: the resource is no control, or the answer is neither yes nor no.

        """
        compare(attempt, self.right, *differs)
        self.require()
        took(attempt)
        return attempt


INVALID_TOKEN = re.compile(r'\berror\s*=\s*"?invalid_token\b')


@dataclass(frozen=True)
class BadToken:
    """A resource asked with an access token that is not good, and the requirement that asks for invalid_token."""

    what: str
    answer: Exchange
    resource: Protected
    clause: str = "rfc6750-3.1-invalid-token"


def judge_invalid_token(tokens: Iterable[BadToken]) -> None:
    """Hold refusals of a resource against 401 and a challenge that says invalid_token (RFC 6750 §3.1).

    A refusal without any challenge is judged by the checks of challenges, and a token that was taken by those of refusals.

    Raises:
        Findings: tokens that were refused in other words.
        Inconclusive: nothing could be judged.
        NotApplicable: nothing was refused.

    """
    judge_each(tokens, _unlike_invalid_token)


def _unlike_invalid_token(token: BadToken) -> Iterator[Finding]:
    answer = token.resource.beside(token.answer)
    if took(answer):
        raise NotApplicable(f"{token.what} was taken, which is for another check to judge")
    challenge = answer.header("www-authenticate")
    if challenge is None:
        raise Inconclusive(f"refused without a challenge, which another check tells: {answer.status} to {answer}")
    if answer.status != 401 or INVALID_TOKEN.search(challenge) is None:
        said = f"{token.what} was answered by {answer.status}, WWW-Authenticate {challenge}"
        yield Finding(said, answer, token.clause)
