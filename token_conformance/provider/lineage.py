"""What scenarios that follow one another leave to the next one: a living session, so that it need not log in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from token_conformance.evidence.login import Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider.dpop import Prover
from token_conformance.provider.login.window import Window
from token_conformance.verdict import Inconclusive


@dataclass(frozen=True)
class Leaving:
    """A token request with these parameters is about to leave."""

    parameters: Mapping[str, str | None]


@dataclass(frozen=True)
class Answered:
    """A token request with these parameters was answered; `own` tells that the session's client sent it as it usually does."""

    parameters: Mapping[str, str | None]
    response: TokenResponse
    own: bool


@dataclass(frozen=True)
class Mentioned:
    """Another request, which holds this text, is about to leave."""

    text: str


@dataclass(frozen=True)
class Ending:
    """A scenario sets out to end the session, or, with None, it did not come to that."""

    scenario: str | None


class Follower(Protocol):
    """Follows the session of a lineage, as one that stores it must; see `token_conformance.sessions.keeper`."""

    def heed(self, event: Leaving | Answered | Mentioned | Ending) -> None:
        """Learn what happens to the session, before anything else does.

        Raises:
            Inconclusive: the request must not leave.

        """
        ...

    def due(self, now: datetime) -> bool:
        """Whether the session's access token is about to expire."""
        ...

    @property
    def renewing(self) -> bool:
        """Whether an answer is under way that may hold the session's next refresh token."""
        ...


@dataclass
class Lineage:
    """The session that goes from scenario to scenario, until something casts doubt on it.

    `seed` is the newest refresh token of a profile that cannot log in by itself: it is the only session there is.
    `window` is the browser of the strategy `browser`, in which the user stays logged in. `known` tells that the user has
    logged in before in its browser, whichever that is.
    `prover` holds the key that the session's tokens are bound to, where there is one (RFC 9449).
    `follower` is told of everything that happens to the session. `only` and `lacking` say what there is instead of logins, and
    why there is nothing any more.
    """

    seed: str | None = None
    session: Login | None = None
    prover: Prover | None = None
    window: Window | None = None
    known: bool = False
    follower: Follower | None = None
    only: str = "the one refresh token of login.refresh_token"
    lacking: str = "an earlier scenario has used up the refresh token of login.refresh_token"
    _seeded: str | None = None

    def take_seed(self, scenario: str) -> str:
        """The newest refresh token of the only login.

        Raises:
            Inconclusive: the scenario wants a second login, or an earlier scenario has ended the session.

        """
        if self._seeded == scenario:
            raise Inconclusive(f"it needs a second login, and there is only {self.only}")
        if self.seed is None:
            raise Inconclusive(self.lacking)
        self._seeded = scenario
        return self.seed

    def begin(self, login: Login) -> None:
        """Go on with a new login."""
        self.session = login if login.response.accepted else None

    def due(self, now: datetime) -> bool:
        """Whether to renew a stored session before it is used: less than a minute of its access token is left."""
        return self.follower is not None and self.follower.due(now)

    @property
    def renewing(self) -> bool:
        """Whether an answer is under way without which a stored session would be lost."""
        return self.follower is not None and self.follower.renewing

    def sends(self, parameters: Mapping[str, str | None]) -> None:
        """Have it known that a token request is about to leave."""
        self._tell(Leaving(parameters))

    def saw(self, parameters: Mapping[str, str | None], response: TokenResponse, *, own: bool = True) -> None:
        """Follow the session through a token request: a plain refresh renews it, and any other use of it is doubtful.

        Args:
            parameters: those of the request.
            response: the answer to it.
            own: whether the session's own client sent it, with the proofs that it usually sends.

        """
        self._tell(Answered(parameters, response, own))
        accepted = response.exchange.answer is not None and response.accepted
        if self.seed is not None:
            self.seed = (own and accepted and response.refresh_token) or self.seed
        session = self.session
        if session is None or not self._concerns(parameters, session):
            return
        newest = parameters.get("refresh_token") == session.refresh_token
        if newest and own and parameters.get("scope") is None and accepted:
            self.begin(session.renewed(response))
        else:
            self.doubt()

    def touched(self, text: str) -> None:
        """Doubt the session if one of its tokens is part of a request that is no plain refresh."""
        self._tell(Mentioned(text))
        if self.session is not None and any(token in text for token in self.session.tokens):
            self.doubt()

    def ending(self, scenario: str | None) -> None:
        """Have it known that a scenario sets out to end the only session, or, with None, that it did not come to that."""
        if self.seed is not None:
            self._tell(Ending(scenario))

    def doubt(self) -> None:
        """Have the next scenario log in anew: nobody knows whether the session lives on."""
        self.session = None

    def end(self) -> None:
        """The tokens of the session are dead, those of the only login too."""
        self.session = self.seed = None

    def _tell(self, event: Leaving | Answered | Mentioned | Ending) -> None:
        if self.follower is not None:
            self.follower.heed(event)

    def _concerns(self, parameters: Mapping[str, str | None], session: Login) -> bool:
        code = session.authorization.code if session.authorization is not None else None
        return parameters.get("refresh_token") in session.tokens or (
            code is not None and parameters.get("code") == code
        )
