"""An authorization request that may end anywhere: at the client, or on a page of the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from token_conformance.evidence.login import Authorization
from token_conformance.profile.client import Client
from token_conformance.provider.login.browsing import LedElsewhere, LedNowhere, follow_to_redirect
from token_conformance.provider.login.denial import Denial
from token_conformance.provider.provider import Provider
from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged
from token_conformance.wire.exchange import Exchange, Response


@dataclass(frozen=True)
class Attempt:
    """An authorization request: the answer that reached the client, or the last page and why no answer came.

    `request` is the exchange that it began with. `led_nowhere` tells that the last page has nothing to go on with,
    `elsewhere` what came to another address of the profile's clients than the one that was asked for.
    """

    answer: Authorization | None
    last: Exchange | None
    why: str = ""
    request: Exchange | None = None
    led_nowhere: bool = False
    elsewhere: Mapping[str, str] | None = None

    @property
    def code(self) -> str | None:
        """The code, where one came."""
        return self.answer.code if self.answer is not None else None

    @property
    def error(self) -> str | None:
        """The error code that reached the client, where one did."""
        return self.answer.error if self.answer is not None else None

    @property
    def refused(self) -> bool:
        """Whether the server said no: to the client by an error, or to the user by a page with a 4xx, or one to no end.

        Raises:
            Inconclusive: it said neither yes nor no.

        """
        if self.answer is not None:
            self.answer.exchange.response  # noqa: B018 - the answer is evidence of who looks at it
            return self.code is None
        if self.elsewhere is not None:
            return "code" not in self.elsewhere
        if self.last is None or self.last.answer is None:
            raise Inconclusive(f"the authorization request got no answer: {self.why}")
        if self.last.response.status // 100 != 4 and not self.led_nowhere:
            raise Inconclusive(f"the authorization request got no answer: {self.why}")
        return True

    def __str__(self) -> str:
        if self.answer is None:
            if self.elsewhere is not None:
                return "an answer at another address of a client"
            return "nothing" if self.last is None or self.last.answer is None else _page(self.last, self.last.answer)
        return "a code" if self.code is not None else str(self.error)


LONGEST = 60
"""Characters of an error code that are shown of a page."""


def _page(last: Exchange, answer: Response) -> str:
    """What the user is left with, and what it would have told the client."""
    said = last.says_error or ""
    return f"a page of {answer.status}" + f" that says {said[:LONGEST]}" * bool(said)


async def attempted(
    provider: Provider,
    *,
    client: Client | None = None,
    scope: str | None = None,
    redirect_uri: str | None = None,
    pkce: bool = True,
    parameters: Mapping[str, str | tuple[str, ...]] | None = None,
) -> Attempt:
    """Send the user to the authorization endpoint, wherever that ends; see `Provider.authorize`.

    Raises:
        NotApplicable: the profile has no authorization code grant.

    """
    known = len(provider.wire.exchanges)
    try:
        answer = await provider.authorize(
            client=client,
            scope=scope,
            redirect_uri=redirect_uri,
            pkce=pkce,
            refreshable=False,
            parameters={**(parameters or {})},
        )
    except NotApplicable:
        raise
    except NotJudged as problem:
        pages = provider.wire.exchanges[known:]
        last, nowhere = pages[-1] if pages else None, isinstance(problem, LedNowhere)
        elsewhere = problem.answer.parameters if isinstance(problem, LedElsewhere) else None
        return Attempt(None, last, str(problem), next(iter(pages), None), led_nowhere=nowhere, elsewhere=elsewhere)
    return Attempt(answer, answer.exchange, request=next(iter(provider.wire.exchanges[known:]), None))


async def denied(provider: Provider) -> Attempt | None:
    """Have the user deny what the client asks for; None where no page asks.

    Raises:
        NotApplicable: nobody is there to deny it, or the profile has no authorization code grant.

    """
    if provider.profile.login.strategy != "form":
        raise NotApplicable('the profile\'s login.strategy is not "form": nobody presses the button that denies')
    asking = {"prompt": "consent"} if provider.profile.openid else {}
    grant = provider.profile.grants.authorization_code
    method = grant.code_challenge_method if grant is not None else None
    request = await provider.authorization_request(
        code_challenge_method=method, refreshable=False, parameters={**asking}
    )
    provider.lineage.doubt()
    provider.logins.check()
    walk = Denial(request.redirect_uri, provider.profile.login)
    with provider.logins.spent_by(provider.wire.scenario, walk):
        answer = await follow_to_redirect(provider.wire, request.url, walk)
    if not walk.denied:
        return None
    return Attempt(request.answered(answer.parameters, answer.mode, answer.exchange), answer.exchange)
