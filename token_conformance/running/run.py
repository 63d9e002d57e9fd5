"""What is to be run: a profile, what answers for it, and what may be shown of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor
from token_conformance.running.interruption import Interruption
from token_conformance.running.noting import Inattentive, RunNoting
from token_conformance.wire.allowance import Allowance
from token_conformance.wire.connection import Server

if TYPE_CHECKING:
    from token_conformance.running.record import Record
    from token_conformance.sessions.parked import ParkingLot
    from token_conformance.sessions.store import SessionStore


@dataclass(frozen=True)
class Run:
    """One profile in a pytest session; `only` names the scenarios whose checks are judged, where not all are.

    `lot` is where a live run finds what is parked, and parks; with `due` it goes on with that alone.
    `allowance` counts token requests where the provider limits them, and `worth` says which scenarios are performed first then:
    for each its place, and the worth of what it judges; it `goes_on` with a run that the provider's limits cut short. All runs of a session share the `interruption` that tells them to stop. `noting` is told how it goes, and `enough`, if there is anybody, the
    name of each scenario that has ended and what was gathered by then. `until` is when it ended, where it is one of stored evidence.
    """

    name: str
    profile: Profile
    server: Server
    redactor: Redactor
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    sessions: SessionStore | None = None
    only: frozenset[str] | None = None
    lot: ParkingLot | None = None
    due: bool = False
    interruption: Interruption = field(default_factory=Interruption)
    noting: RunNoting = field(default_factory=Inattentive)
    until: datetime | None = None
    allowance: Allowance = field(default_factory=Allowance)
    worth: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    goes_on: bool = False
    enough: Callable[[str, Callable[[], Record]], None] | None = None

    @property
    def foremost(self) -> frozenset[str]:
        """The scenarios that are performed first, whatever they cost: those of a place before the last one."""
        last = max((place for place, _ in self.worth.values()), default=0)
        return frozenset(name for name, (place, _) in self.worth.items() if place < last)

    @property
    def replayed(self) -> bool:
        """Whether it is over, and its scenarios are performed from its evidence."""
        return self.until is not None

    @property
    def present(self) -> datetime:
        """When the run ends, or now while it goes on (UTC)."""
        return self.until or datetime.now(UTC)
