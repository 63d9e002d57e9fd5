"""Which scenarios a fault can reach: those whose own server would have done something else with it.

Each scenario is performed once at a faultless server of its own, and all that this server asked of its behaviour is
noted: the fields of policies that it read, and the answers and JWTs that went through its last changes. As long as a
changed behaviour gives the same for all of these, the scenario sees the same server, and need not be performed again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import reduce
from typing import Any

from token_conformance.profile.models import Profile
from token_conformance.reference import MovableClock, ReferenceServer
from token_conformance.reference.application import Endpoints
from token_conformance.reference.behaviour import Behaviour
from token_conformance.reference.installation import Installation
from token_conformance.servers.emulated import EmulatedConnection

CHANGES = ("id_token_changes", "access_token_changes", "answer_changes")
"""What a behaviour does at the last moment to JWTs and answers; the other fields of a behaviour are policies, and its lapses."""


Change = Callable[[Any], Any]
"""What is done to a JWT or an answer."""


@dataclass(frozen=True)
class Asked:
    """What a server asked of its behaviour: fields of policies, and values before and after all of its changes."""

    policies: set[tuple[str, str]] = field(default_factory=set)
    before: Mapping[str, list[Any]] = field(default_factory=lambda: {name: [] for name in CHANGES})
    values: Mapping[str, list[Any]] = field(default_factory=lambda: {name: [] for name in CHANGES})


@dataclass(frozen=True)
class Difference:
    """What one behaviour has otherwise than another: fields of policies, and further changes of JWTs and answers.

    Lapses may befall whatever does several things.
    """

    policies: frozenset[tuple[str, str]]
    changes: Mapping[str, tuple[Change, ...]]
    lapses: bool = False

    def reaches(self, asked: Asked) -> bool:
        """Whether a server that asked this of the one behaviour would have been told something else by the other."""
        return (
            self.lapses
            or not self.policies.isdisjoint(asked.policies)
            or any(altered(value, self.changes[name]) for name in CHANGES for value in asked.values[name])
        )


def difference(usual: Behaviour, other: Behaviour) -> Difference:
    """What the other behaviour has beyond the usual one.

    Raises:
        ValueError: it lacks a change that the usual one makes, or makes another before it.

    """
    changed = {
        (topic, name)
        for topic in _policies(usual)
        for name in _fields(getattr(usual, topic))
        if getattr(getattr(usual, topic), name) != getattr(getattr(other, topic), name)
    }
    further = {name: _further(name, usual, other) for name in CHANGES}
    return Difference(frozenset(changed), further, usual.lapses != other.lapses)


class AskingServer:
    """The reference server, which notes what it asks of its behaviour (`asked`), at whichever connection."""

    kind = "emulated"
    description = "the reference server, which notes what it asks"

    def __init__(self, profile: Profile, behaves: Behaviour) -> None:
        self.asked = Asked()
        self.documentation = False
        self.variables: Mapping[str, str] = {}
        self._profile = profile
        self._behaviour = noting(behaves, self.asked)

    def connect(self, scenario: str) -> EmulatedConnection:
        """A server that remembers nothing yet."""
        return EmulatedConnection(_Instance(self._profile, self._behaviour))


class _Instance:
    """A server of that very behaviour."""

    def __init__(self, profile: Profile, behaviour: Behaviour) -> None:
        self.clock = MovableClock()
        self.application = Endpoints(Installation(profile, behaviour, self.clock)).application


def behaviour(profile: Profile, faults: Collection[str] = (), variations: Collection[str] = ()) -> Behaviour:
    """The behaviour of a server that takes on a profile, with faults and variations."""
    return ReferenceServer(profile, faults=faults, variations=variations).behaviour


def noting(usual: Behaviour, asked: Asked) -> Behaviour:
    """The same behaviour, which notes what it is asked for."""
    policies = {topic: _noting(getattr(usual, topic), topic, asked) for topic in _policies(usual)}
    changes = {
        name: (_noted_in(asked.before[name]), *getattr(usual, name), _noted_in(asked.values[name])) for name in CHANGES
    }
    return replace(usual, **policies, **changes)


def _noting(policy: Any, topic: str, asked: Asked) -> Any:
    """The same policy, of a class that notes which of its fields are read."""
    names = _fields(policy)

    def read(self: Any, name: str) -> Any:
        if name in names:
            asked.policies.add((topic, name))
        return object.__getattribute__(self, name)

    kind = type(policy)
    return type(kind.__name__, (kind,), {"__getattribute__": read})(**{name: getattr(policy, name) for name in names})


def _noted_in(values: list[Any]) -> Change:
    def note(value: Any) -> Any:
        values.append(value)
        return value

    return note


def _policies(usual: Behaviour) -> Iterable[str]:
    return [each.name for each in fields(usual) if each.name not in {*CHANGES, "lapses"}]


def _fields(policy: Any) -> frozenset[str]:
    assert is_dataclass(policy), f"{policy!r} is no policy: what is read of it cannot be noted"
    return frozenset(each.name for each in fields(policy))


def _further(name: str, usual: Behaviour, other: Behaviour) -> tuple[Change, ...]:
    known, made = getattr(usual, name), getattr(other, name)
    if made[: len(known)] != known:
        raise ValueError(f"the {name} do not begin with those of the usual behaviour: what they reach is unknown")
    return made[len(known) :]


def altered(value: Any, changes: Iterable[Change]) -> bool:
    """Whether the changes make something else of a value, be it 1 of True, or fail at it."""
    changed = outcome(value, changes)
    return changed is not value and repr(changed) != repr(value)


def outcome(value: Any, changes: Iterable[Change]) -> Any:
    """What changes make of a value, one after the other; the exception, if they fail at it."""
    try:
        return reduce(lambda before, change: change(before), changes, value)
    except Exception as problem:
        return problem
