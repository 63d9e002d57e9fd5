"""How often a run logs in, and when it stops trying: accounts can be locked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Limits
from token_conformance.provider.login.browsing import Walk
from token_conformance.verdict import Inconclusive, Limited, NoLogin, NotApplicable

REFUSALS = 2
"""Logins that may be refused in a row to a user whom the provider has let in before: many lock an account after three."""

PATIENCE = 3
"""Logins that may fail, for whatever reason, before one succeeds."""


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
    in, or where a user, or a client, is refused twice in a row: some providers lock an account after a few wrong
    passwords. `wrong_password` tells whether the run may present one, and `wrong_passwords` for whom it has done so.
    `most` is what the limit becomes where the provider keeps no login session. `authorizations` counts all that there
    were, also those that asked for no password.
    """

    limit: int
    spent: int = 0
    by_scenario: Counter[str] = field(default_factory=Counter)
    careful: bool = False
    most: int = 0
    authorizations: int = 0
    noticed: tuple[str, ...] = ()
    wrong_password: bool = True
    wrong_passwords: set[str] = field(default_factory=set)
    _reasons: Counter[str] = field(default_factory=Counter)
    _remembered: bool = False
    _succeeded: bool = False
    _trusted: bool = False
    _tried: bool = False
    _denied: Counter[str] = field(default_factory=Counter)
    _failed: int = 0
    _ahead: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, limits: Limits, *, careful: bool) -> LoginBudget:
        """The budget of a profile, which grows where the profile leaves `max_logins` to us."""
        most = limits.max_logins if "max_logins" in limits.model_fields_set else MANY_LOGINS
        return cls(limits.max_logins, careful=careful, most=most, wrong_password=limits.wrong_password)

    def going_on(self, limit: int, spent: int, wrong_passwords: Collection[str]) -> LoginBudget:
        """The budget of what is done again after a run: no more than that one has left."""
        left = LoginBudget(limit, spent, careful=self.careful, wrong_password=self.wrong_password)
        left.wrong_passwords |= set(wrong_passwords)
        return left

    @property
    def problem(self) -> str | None:
        """Why logins have failed: all different reasons, the commonest first."""
        told = [reason for reason, _ in self._reasons.most_common(MOST_REASONS)]
        further = len(self._reasons) - len(told)
        stopped = self._succeeded and self._hopeless
        told += [f"and {further} further reasons"] * (further > 0)
        told += [
            f"{REFUSALS} logins in a row were refused: nobody logs in any more, lest the account is locked"
        ] * stopped
        return "; ".join(told) or None

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
    async def attempt(self, user: str, *, plain: bool = True) -> AsyncIterator[None]:
        """Log in within the block, and say at its end by `succeed` whether it was of use; see `check`.

        Args:
            user: the name of who logs in.
            plain: whether it is a login like any other, whose failure tells something about the run.

        """
        async with self._ahead if self.careful and not self._tried else nullcontext():
            self.check()
            try:
                yield
            except Limited:  # which says nothing of whether the user can log in
                raise
            except NoLogin as problem:
                if plain:
                    raise self.deny(str(problem), user) from None
                raise
            except Inconclusive as problem:
                if plain:
                    self._failed += 1
                    self._reasons[str(problem)] += 1
                raise
            finally:
                self._tried = True

    def succeed(self, user: str) -> None:
        """A code or a token of that user was handed over."""
        self._succeeded = True
        del self._denied[user]

    def deny(self, reason: str, who: str) -> NoLogin:
        """Remember that a plain login of a user, or by a client, was refused, and give what to raise for it."""
        self._denied[who] += 1
        self._reasons[reason] += 1
        return NoLogin(reason)

    def risk(self, user: str) -> None:
        """Take the one wrong password that a run presents for a user; the right one is to follow it.

        Raises:
            NotApplicable: the profile wants none.
            Inconclusive: it was presented already; who counts them may lock the account at a second one.

        """
        if not self.wrong_password:
            raise NotApplicable("limits.wrong_password = false: no wrong password is presented")
        if self.careful and user in self.wrong_passwords:
            raise Inconclusive("the run has presented a wrong password of this user already, and does so but once")
        self.wrong_passwords.add(user)

    def exchanged(self, client: Client, response: TokenResponse, user: str, *, password: bool = False) -> None:
        """Heed the answer to a flawless token request, by which a run with the wrong credentials is known.

        Args:
            client: who sent it.
            response: the answer.
            user: the name of whom the token is for.
            password: whether the request held the user's password (RFC 6749 §4.3).

        Raises:
            NoLogin: the client or the user is refused, and none was accepted before.

        """
        if not self.careful or response.exchange.answer is None:
            return
        self._trusted = self._trusted or response.accepted
        if response.accepted:
            self.succeed(user)
            del self._denied[_named(client)]
        self._succeeded = self._trusted  # a code that buys nothing is none
        refusal = _refusal(client, response, password=password)
        if refusal is None:
            return
        problem = self.deny(refusal, user if response.error not in REFUSALS_OF_CLIENTS else _named(client))
        if not self._trusted:
            raise problem

    @property
    def trouble(self) -> str | None:
        """Why the user cannot log in, where that is what the run has shown."""
        hopeless = self._hopeless or not self._succeeded
        return f"the user cannot log in: {self.problem}" if self.careful and hopeless and self.problem else None

    @property
    def _hopeless(self) -> bool:
        if self._succeeded:
            return self.careful and max(self._denied.values(), default=0) >= REFUSALS
        return self.careful and (self._denied.total() > 0 or self._failed >= PATIENCE)


def _named(client: Client) -> str:
    """What the refusals of a client are counted by: no user's name."""
    return f'client "{client.name}"'


def _refusal(client: Client, response: TokenResponse, *, password: bool) -> str | None:
    """What the answer to a flawless request says against the client or the user, in a sentence."""
    if response.error in REFUSALS_OF_CLIENTS:
        return f"the token endpoint refuses {_named(client)}, {response}: check its credentials"
    if password and response.error == "invalid_grant":
        return f"the token endpoint refuses the user, {response}: check login.username and login.password"
    return None
