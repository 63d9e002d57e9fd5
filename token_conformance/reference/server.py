"""The reference server: a conformant authorization server that takes on a profile, and misbehaves where told to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Protocol

from starlette.applications import Starlette

from token_conformance.profile.models import Profile
from token_conformance.reference.application import Endpoints
from token_conformance.reference.behaviour import Behaviour, Change
from token_conformance.reference.clock import MovableClock
from token_conformance.reference.deviations import documented_deviations
from token_conformance.reference.documented import Documented
from token_conformance.reference.installation import Installation


class ReferenceServer:
    """An authorization server with a memory and a clock of its own; cheap to make.

    Args:
        profile: what it takes on.
        faults: names from `FAULTS`.
        variations: names from `VARIATIONS`.
        clock: its time; that of the world, until it is moved, without it.

    Raises:
        ValueError: no such fault or variation; the message names the near ones.

    """

    def __init__(
        self,
        profile: Profile,
        *,
        faults: Collection[str] = (),
        variations: Collection[str] = (),
        clock: MovableClock | None = None,
    ) -> None:
        behaviour = Documented(profile).behaviour()
        for change in (*documented_deviations(profile), *_variations(variations), *_faults(faults)):
            behaviour = change(behaviour)
        self.clock = clock or MovableClock()
        self.behaviour: Behaviour = behaviour
        self.installation = Installation(profile, behaviour, self.clock)
        self._endpoints = Endpoints(self.installation)
        self.application: Starlette = self._endpoints.application

    def changed(self, faults: Collection[str], variations: Collection[str]) -> ReferenceServer:
        """A server of other faults and variations that knows every code, token and browser that this one knows.

        Raises:
            ValueError: no such fault or variation; the message names the near ones.

        """
        profile, clock = self.installation.profile, self.clock
        other = ReferenceServer(profile, faults=faults, variations=variations, clock=clock)
        other.installation.memory = self.installation.memory
        other._endpoints.take_over(self._endpoints)
        return other


class _Named(Protocol):
    @property
    def change(self) -> Change: ...


def _faults(names: Collection[str]) -> list[Change]:
    if not names:
        return []
    from token_conformance.reference.faults import FAULTS  # few servers want any of them

    return _changes(names, FAULTS, "fault")


def _variations(names: Collection[str]) -> list[Change]:
    if not names:
        return []
    from token_conformance.reference.variations import VARIATIONS  # likewise

    return _changes(names, VARIATIONS, "variation")


def _changes(names: Collection[str], known: Mapping[str, _Named], kind: str) -> list[Change]:
    for name in names:
        if name not in known:
            near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.4)) or "none is near"
            raise ValueError(f"there is no {kind} {name!r}; near: {near}")
    return [known[name].change for name in names]
