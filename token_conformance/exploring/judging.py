"""Has the oracle judge what was explored so far, and says which requirements it sees violated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from token_conformance.judging.requirement import catalogue
from token_conformance.oracle.endpoints import Addresses
from token_conformance.oracle.events import Event
from token_conformance.oracle.judgements import Judgement
from token_conformance.oracle.oracle import Onlooker, Watched, own_faults
from token_conformance.oracle.recognition import recognised
from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Exchange


@dataclass
class Judge:
    """Judges a growing history; what was recognised once is not read again, and hardly anything is judged twice."""

    profile: Profile
    addresses: Addresses

    def __post_init__(self) -> None:
        self._read = 0
        self._events: list[Event] = []
        self._onlooker = Onlooker(self.profile, closed=not self.profile.login.seeded)

    def history(self, exchanges: Sequence[Exchange]) -> Watched:
        """What the oracle says of all exchanges so far."""
        for exchange in exchanges[self._read :]:
            event = recognised(exchange, self.profile, self.addresses)
            self._events += [event] if event is not None else []
        self._read = len(exchanges)
        self._events.sort(key=lambda event: event.begin)
        return self._onlooker.watch(self._events)

    def disagreements(self, history: Watched) -> Iterator[Judgement]:
        """The answers that are forbidden by what the profile claims, and that it does not document."""
        documented = {deviation.requirement for deviation in self.profile.deviations}
        for judgement in own_faults(history):
            stated = catalogue().get(judgement.requirement or "")
            if stated is not None and self.profile.counts(stated.claims) and stated.id not in documented:
                yield judgement
