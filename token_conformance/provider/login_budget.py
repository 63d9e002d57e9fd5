"""How often a run logs in, and when it stops trying: accounts can be locked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Limits
from token_conformance.provider.login.browsing import Walk
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
