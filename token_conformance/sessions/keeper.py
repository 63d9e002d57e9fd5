"""Keeps the stored session true while a run uses it: what is on disk is never older than what the provider knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider.dpop import Prover, restored
from token_conformance.provider.lineage import Answered, Ending, Leaving, Mentioned
from token_conformance.sessions.problems import DamagedSessionError, LostSessionError, SessionError, StorageError
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import SessionStore, moment
from token_conformance.verdict import Inconclusive

ABOUT_THE_CLIENT = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_request"})
"""Refusals that say nothing of the session (RFC 6749 §5.2)."""


class Keeper:
    """Follows every token request of a run, and stores what it means for the session before the next one leaves.

    Before a refresh token is sent, the session is marked as in flight. The answer takes the mark away; where none
    comes, it stays, for nobody knows whether the provider has replaced the token.
    """

    def __init__(self, store: SessionStore) -> None:
        """Read the stored session.

        Raises:
            SessionError: there is none that can be used.

        """
        self._store = store
        self.session: StoredSession = store.usable()
        self._known = {self.session.refresh_token}
        self._under_way = 0
        self._unanswered = self.session.in_flight is not None
        self._ending: str | None = None

    @property
    def prover(self) -> Prover | None:
        """Proofs by the key that the session's tokens are bound to, where there is one (RFC 9449 §5).

        Raises:
            DamagedSessionError: what is stored is no key.

        """
        if self.session.dpop_key is None:
            return None
        try:
            return restored(self.session.dpop_key)
        except ValueError:
            raise DamagedSessionError(
                f"the stored session of {self._store.name} in {self._store.place} is damaged (dpop_key): "
                f"log in anew with `{self._store.remedy}`"
            ) from None

    def heed(self, event: Leaving | Answered | Mentioned | Ending) -> None:
        """Store what an event means for the session.

        Raises:
            Inconclusive: it cannot be stored, so that nothing more may be sent.

        """
        match event:
            case Leaving(parameters):
                self._sends(parameters)
            case Answered(parameters, response, own):
                self._saw(parameters, response, own=own)
            case Mentioned(text):
                self._touched(text)
            case Ending(scenario):
                self._ending = scenario
                self._keep(self.session.ending(scenario))

    def due(self, now: datetime) -> bool:
        """Whether less than a minute of the access token is left."""
        return self.session.access_token_expires is not None and self.session.due(now)

    @property
    def renewing(self) -> bool:
        """Whether an answer is under way that may hold the session's next refresh token."""
        return self._under_way > 0

    def problem(self, response: TokenResponse) -> SessionError:
        """Why the session goes no further, by the refusal of its first renewal in a run."""
        store, session = self._store, self.session
        if not response.decided or response.error in ABOUT_THE_CLIENT:
            return SessionError(f"the stored session of {store.name} could not be renewed: {response}")
        if session.ended_by is not None:
            why = f"the run before has ended it on purpose, in scenario {session.ended_by}"
        elif session.in_flight is not None:
            why = (
                f"the answer to a refresh was in flight when the run before ended, at {moment(session.in_flight)}, and "
                f"the provider does not accept the refresh token from before it ({response})"
            )
        else:
            why = f"the provider no longer accepts its refresh token ({response})"
        return LostSessionError(f"the stored session of {store.name} is over: {why}: log in anew with `{store.remedy}`")

    def _sends(self, parameters: Mapping[str, str | None]) -> None:
        """Mark the session as in flight, if a token request uses one of its refresh tokens."""
        if self._concerns(parameters):
            self._under_way += 1
            self._mark()

    def _saw(self, parameters: Mapping[str, str | None], response: TokenResponse, *, own: bool) -> None:
        """Store what an answer brought, before the next request leaves."""
        if not self._concerns(parameters):
            return
        self._under_way -= 1
        if response.exchange.answer is None:
            self._unanswered = True
            return
        session = self.session
        if own and response.accepted:
            self._unanswered = False
            session = session.renewed(response).ending(self._ending)
            self._known.add(session.refresh_token)
        if not self._under_way and not self._unanswered:
            session = session.settled()
        self._keep(session)

    def _touched(self, text: str) -> None:
        """Mark the session as in flight for good, if another request holds one of its refresh tokens.

        In a scenario that ends the session on purpose that goes without saying.
        """
        if self._ending is None and any(token in text for token in self._known):
            self._unanswered = True
            self._mark()

    def _concerns(self, parameters: Mapping[str, str | None]) -> bool:
        return parameters.get("refresh_token") in self._known

    def _mark(self) -> None:
        if self.session.in_flight is None:
            self._keep(self.session.sending(datetime.now(UTC)))

    def _keep(self, session: StoredSession) -> None:
        if session == self.session:
            return
        self.session = session
        try:
            self._store.write(session)
        except StorageError as problem:
            raise Inconclusive(str(problem)) from None
