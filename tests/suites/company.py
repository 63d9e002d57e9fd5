"""Variations that are tried in one run, in which each must be to be seen: none may undo or keep from the client what another does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.suites.judging import profile_named, recorded
from tests.suites.reach import CHANGES, Asked, AskingServer, Change, altered, behaviour, difference, outcome
from token_conformance.profile.models import Profile
from token_conformance.running.record import Record
from token_conformance.running.scenario import Scenario


def in_company(profile: str, variations: Sequence[str], scenarios: Sequence[Scenario]) -> tuple[Record, list[str]]:
    """The record of a run against a server of several variations, and why it shows too little of some."""
    described = profile_named(profile)
    server = AskingServer(described, behaviour(described, variations=variations))
    record = recorded(described, server, scenarios)
    return record, [record.trouble] if record.trouble else list(hidden(described, variations, server.asked))


def hidden(profile: Profile, variations: Sequence[str], asked: Asked) -> Iterator[str]:
    """A sentence for each of the variations that a server had and nobody saw, by what the server asked."""
    usual, all_ = behaviour(profile), behaviour(profile, variations=variations)
    for variation in variations:
        own = difference(usual, behaviour(profile, variations=[variation]))
        rest = behaviour(profile, variations=[other for other in variations if other != variation])
        if shared := own.policies & difference(usual, rest).policies:
            yield f"{variation} changes what another one changes: {sorted(shared)}"
        if unasked := own.policies - asked.policies:
            yield f"{variation} was never asked for: {sorted(unasked)}"
        if not own.policies and not any(own.changes.values()):
            yield f"{variation} is what the profile documents"
        yield from (
            f"{variation} made no difference to any of the {kind}"
            for kind in CHANGES
            if own.changes[kind]
            and not _shows(own.changes[kind], getattr(all_, kind), getattr(rest, kind), asked.before[kind])
        )


def _shows(own: Sequence[Change], all_: Sequence[Change], rest: Sequence[Change], values: Iterable[Any]) -> bool:
    """Whether one of these values became another one by all changes than it would have without the variation's own."""
    met = (value for value in values if altered(value, own))
    return any(repr(outcome(value, all_)) != repr(outcome(value, rest)) for value in met)
