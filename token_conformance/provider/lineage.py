"""What scenarios that follow one another leave to the next one: a living session, so that it need not log in."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from token_conformance.evidence.login import Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Limits
from token_conformance.provider.dpop import Prover
from token_conformance.provider.login.browsing import Walk
from token_conformance.provider.login.window import Window
from token_conformance.verdict import Inconclusive, NoLogin

PATIENCE = 3
"""Logins that may be denied in a row by a provider that has let the user in before, or fail before it does."""


REFUSALS_OF_CLIENTS = frozenset({"invalid_client", "unauthorized_client"})
"""The error codes for a client that is not the one it says, or may not do what it asks (RFC 6749 §5.2)."""


MANY_LOGINS = 120
"""Logins of a run whose profile does not limit them, where the provider asks for the password at each authorization."""

MOST_REASONS = 3
"""Different reasons that a message repeats."""


@dataclass
class LoginBudget:
    """How often a run logs in, and which scenarios do; its lineages share it.

    With `careful`, the first login goes ahead of the others, and nobody tries again where it shows that nobody can log
    in: some providers lock an account after a few wrong passwords. `most` is what the limit becomes where the provider
    keeps no login session. `authorizations` counts all that there were, also those that asked for no password.
    """

    limit: int
    spent: int = 0
    by_scenario: Counter[str] = field(default_factory=Counter)
    careful: bool = False
    most: int = 0
    authorizations: int = 0
    noticed: tuple[str, ...] = ()
    _reasons: Counter[str] = field(default_factory=Counter)
    _remembered: bool = False
    _succeeded: bool = False
    _trusted: bool = False
    _tried: bool = False
    _denied: int = 0
    _failed: int = 0
    _ahead: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, limits: Limits, *, careful: bool) -> LoginBudget:
        """The budget of a profile, which grows where the profile leaves `max_logins` to us."""
        most = limits.max_logins if "max_logins" in limits.model_fields_set else MANY_LOGINS
        return cls(limits.max_logins, careful=careful, most=most)

    @property
    def problem(self) -> str | None:
        """Why logins have failed: all different reasons, the commonest first."""
        told = [reason for reason, _ in self._reasons.most_common(MOST_REASONS)]
        further = len(self._reasons) - len(told)
        return "; ".join([*told, *([f"and {further} further reasons"] if further > 0 else [])]) or None

    def check(self) -> None:
        """Ask whether one more login is allowed.

        Raises:
            Inconclusive: the profile's `max_logins` are spent, or earlier ones have shown that the user cannot log in.

        """
        if self._hopeless and self.problem is not None:
            raise Inconclusive(self.problem)
        if self.spent >= self.limit:
            each = ", since the provider asks for the password at each authorization" if self.noticed else ""
            raise Inconclusive(f"it takes more than limits.max_logins = {self.limit} logins{each}")

    def take(self, scenario: str) -> None:
        """Spend a login before it is made, so that rows which log in at once keep the limit together; see `check`."""
        self.check()
        self.spent += 1
        self.authorizations += 1
        self.by_scenario[scenario] += 1

    @contextmanager
    def spent_by(self, scenario: str, walk: Walk, *, known: bool = False) -> Iterator[None]:
        """Spend a login on a walk, and have it back where the provider knew the user and asked for no password.

        Args:
            scenario: whose login it is.
            walk: the way of the browser.
            known: whether the user has logged in before in this browser, and is not asked to do so again.

        """
        self.take(scenario)
        try:
            yield
        finally:
            if not walk.logged_in:
                self.spent -= 1
                self.by_scenario[scenario] -= 1
        if known:
            self._heed(asked=walk.logged_in)

    def _heed(self, *, asked: bool) -> None:
        """Learn from the second authorization in a browser whether the provider keeps a login session."""
        self._remembered = self._remembered or not asked
        if self._remembered or self.noticed:
            return
        self.limit = max(self.limit, self.most)
        told = "the provider keeps no login session: it asks for the password at each authorization"
        self.noticed = (f"{told} (limits.max_logins = {self.limit}; --plan tells how many there are)",)

    @asynccontextmanager
    async def attempt(self, *, plain: bool = True) -> AsyncIterator[None]:
        """Log in within the block, and say at its end by `succeed` whether it was of use; see `check`.

        Args:
            plain: whether it is a login like any other, whose failure tells something about the run.

        """
        async with self._ahead if self.careful and not self._tried else nullcontext():
            self.check()
            try:
                yield
            except NoLogin as problem:
                if plain:
                    raise self.deny(str(problem)) from None
                raise
            except Inconclusive as problem:
                if plain:
                    self._failed += 1
                    self._reasons[str(problem)] += 1
                raise
            finally:
                self._tried = True

    def succeed(self) -> None:
        """A code or a token was handed over."""
        self._succeeded, self._denied = True, 0

    def deny(self, reason: str) -> NoLogin:
        """Remember that a plain login was refused, and give what to raise for it."""
        self._denied += 1
        self._reasons[reason] += 1
        return NoLogin(reason)

    def exchanged(self, client: Client, response: TokenResponse, *, password: bool = False) -> None:
        """Heed the answer to a flawless token request, by which a run with the wrong credentials is known.

        Args:
            client: who sent it.
            response: the answer.
            password: whether the request held the user's password (RFC 6749 §4.3).

        Raises:
            NoLogin: the client or the user is refused, and none was accepted before.

        """
        if not self.careful or response.exchange.answer is None:
            return
        self._trusted = self._trusted or response.accepted
        if response.accepted:
            self.succeed()
        if self._trusted:
            return
        self._succeeded = False  # a code that buys nothing is none
        if response.error in REFUSALS_OF_CLIENTS:
            raise self.deny(f'the token endpoint refuses client "{client.name}", {response}: check its credentials')
        if password and response.error == "invalid_grant":
            raise self.deny(f"the token endpoint refuses the user, {response}: check login.username and login.password")

    @property
    def trouble(self) -> str | None:
        """Why the user cannot log in, where that is what the run has shown."""
        hopeless = self._hopeless or not self._succeeded
        return f"the user cannot log in: {self.problem}" if self.careful and hopeless and self.problem else None

    @property
    def _hopeless(self) -> bool:
        if self._succeeded:
            return self.careful and self._denied >= PATIENCE
        return self.careful and (self._denied > 0 or self._failed >= PATIENCE)


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
