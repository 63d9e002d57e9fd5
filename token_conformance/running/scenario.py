"""Declares a scenario: the exchanges that a suite needs, made before any check judges them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import getfile
from typing import TYPE_CHECKING, Any

import pytest

from token_conformance.profile.features import FEATURES

if TYPE_CHECKING:
    from token_conformance.running.record import Record

Performance = Callable[[Any], Awaitable[Any]]


_DECLARED: dict[str, Scenario] = {}


@dataclass(frozen=True)
class Scenario:
    """An async function that makes exchanges in order and returns its transcript; it judges nothing."""

    name: str
    perform: Performance
    needs: tuple[str, ...] = ()
    ends_session: bool = False
    waits: bool = False


def scenario(*, needs: str = "", ends_session: bool = False, waits: bool = False) -> Callable[[Performance], Any]:
    """Make an async function of the provider into a session-scoped fixture that gives its transcript.

    Args:
        needs: the features, separated by blanks, without which the scenario is not applicable
            (the names are those of `token_conformance.profile.features`).
        ends_session: whether it kills the tokens of its login (reuse, revocation); such scenarios come after those
            that leave it alive.
        waits: whether it lets a lifetime pass; such scenarios come last, so that their waits overlap.

    """

    def declare(perform: Performance) -> Any:
        declared = Scenario(getattr(perform, "__name__"), perform, tuple(needs.split()), ends_session, waits)  # noqa: B009 - a Callable need not have a name
        other = _DECLARED.get(declared.name)
        if other is not None and getfile(other.perform) != getfile(perform):
            raise ValueError(
                f"scenario {declared.name} of {perform.__module__} has a namesake in {other.perform.__module__}; "
                "rename one: transcripts are known by the names of their scenarios"
            )
        if unknown := set(declared.needs) - set(FEATURES):
            raise ValueError(
                f"scenario {declared.name} of {perform.__module__} needs {', '.join(sorted(unknown))}, "
                f"which is none of the features {', '.join(FEATURES)}"
            )
        _DECLARED[declared.name] = declared

        def transcript(conformance_run: Record) -> Any:
            return conformance_run.transcript(declared.name)

        transcript.__name__ = declared.name
        transcript.__doc__ = perform.__doc__
        transcript.__module__ = perform.__module__
        transcript.scenarios = (declared,)  # type: ignore[attr-defined]  # read again at collection, from the fixture
        return pytest.fixture(scope="session", name=declared.name)(transcript)

    return declare


def named(name: str) -> Scenario:
    """The scenario of that name, as a mark `evidence_of` names it.

    Raises:
        KeyError: no suite that was collected declares it.

    """
    return _DECLARED[name]
