"""What scenarios that follow one another leave to the next one: a living session, so that it need not log in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from token_conformance.provider.browsing import Walk
from token_conformance.provider.dpop import Prover
from token_conformance.provider.login import Login
from token_conformance.token_response import TokenResponse
from token_conformance.verdict import Inconclusive


@dataclass
class LoginBudget:
    """How often a run logs in, and which scenarios do; its lineages share it."""

    limit: int
    spent: int = 0
    by_scenario: Counter[str] = field(default_factory=Counter)

    def check(self) -> None:
        """Ask whether one more login is allowed.

        Raises:
            Inconclusive: the profile's `max_logins` are spent.

        """
        if self.spent >= self.limit:
            raise Inconclusive(f"it takes more than limits.max_logins = {self.limit} logins")

    def take(self, scenario: str) -> None:
        """Spend a login before it is made, so that rows which log in at once keep the limit together; see `check`."""
        self.check()
        self.spent += 1
        self.by_scenario[scenario] += 1

    @contextmanager
    def spent_by(self, scenario: str, walk: Walk) -> Iterator[None]:
        """Spend a login on a walk, and have it back where the provider knew the user and asked for no password."""
        self.take(scenario)
        try:
            yield
        finally:
            if not walk.logged_in:
                self.spent -= 1
                self.by_scenario[scenario] -= 1


@dataclass
class Lineage:
    """The session that goes from scenario to scenario, until something casts doubt on it.

    `seed` is the newest refresh token of a profile that cannot log in by itself: it is the only session there is.
    `prover` holds the key that the session's tokens are bound to, where there is one (RFC 9449).
    """

    seed: str | None = None
    session: Login | None = None
    prover: Prover | None = None
    _seeded: str | None = None

    def take_seed(self, scenario: str) -> str:
        """The newest refresh token of the only login.

        Raises:
            Inconclusive: the scenario wants a second login, or an earlier scenario has ended the session.

        """
        if self._seeded == scenario:
            raise Inconclusive(
                "it needs a second login, and there is only the one refresh token of login.refresh_token"
            )
        if self.seed is None:
            raise Inconclusive("an earlier scenario has used up the refresh token of login.refresh_token")
        self._seeded = scenario
        return self.seed

    def begin(self, login: Login) -> None:
        """Go on with a new login."""
        self.session = login if login.response.accepted else None

    def saw(self, parameters: Mapping[str, str | None], response: TokenResponse, *, own: bool = True) -> None:
        """Follow the session through a token request: a plain refresh renews it, and any other use of it is doubtful.

        Args:
            parameters: those of the request.
            response: the answer to it.
            own: whether the session's own client sent it.

        """
        if self.seed is not None:
            self.seed = (own and response.accepted and response.refresh_token) or self.seed
        session = self.session
        if session is None or not self._concerns(parameters, session):
            return
        newest = parameters.get("refresh_token") == session.refresh_token
        if newest and own and parameters.get("scope") is None and response.accepted:
            self.begin(session.renewed(response))
        else:
            self.doubt()

    def touched(self, text: str) -> None:
        """Doubt the session if one of its tokens is part of a request that is no plain refresh."""
        if self.session is not None and any(token in text for token in self.session.tokens):
            self.doubt()

    def doubt(self) -> None:
        """Have the next scenario log in anew: nobody knows whether the session lives on."""
        self.session = None

    def end(self) -> None:
        """The tokens of the session are dead, those of the only login too."""
        self.session = self.seed = None

    def _concerns(self, parameters: Mapping[str, str | None], session: Login) -> bool:
        code = session.authorization.code if session.authorization is not None else None
        return parameters.get("refresh_token") in session.tokens or (
            code is not None and parameters.get("code") == code
        )
