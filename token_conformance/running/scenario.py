"""Declares a scenario: the exchanges that a suite needs, made before any check judges them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import getfile
from typing import TYPE_CHECKING, Any, Literal, get_args

import pytest

from token_conformance.profile.features import FEATURES, require
from token_conformance.profile.models import Profile
from token_conformance.verdict import NotJudged

if TYPE_CHECKING:
    from token_conformance.running.record import Record

Performance = Callable[[Any], Awaitable[Any]]

Reach = Literal["nothing", "session", "user"]
"""What a server may rightly end because of a scenario's deeds: no token; those of the scenario's own login; every token
of its user at its client.
"""

_DECLARED: dict[str, Scenario] = {}


@dataclass(frozen=True)
class Scenario:
    """An async function that makes exchanges in order and returns its transcript; it judges nothing."""

    name: str
    perform: Performance
    needs: tuple[str, ...] = ()
    reach: Reach = "nothing"
    waits: bool = False
    ends_session: bool = False
    parks: bool = False
    tried_out: bool = False
    long: bool = False
    late: bool = False

    @property
    def spares(self) -> bool:
        """Whether it leaves the session alive that it was given."""
        return self.reach == "nothing"

    def lacking(self, profile: Profile) -> NotJudged | None:
        """Why it does not concern a provider by its profile, None where it does."""
        try:
            require(profile, self.needs)
        except NotJudged as reason:
            return reason
        return None


def scenario(
    *,
    needs: str = "",
    reach: Reach = "nothing",
    waits: bool = False,
    parks: bool = False,
    ends_session: bool = False,
    tried_out: bool = False,
    long: bool = False,
    late: bool = False,
) -> Callable[[Performance], Any]:
    """Make an async function of the provider into a session-scoped fixture that gives its transcript.

    Args:
        needs: the features, separated by blanks, without which the scenario is not applicable
            (the names are those of `token_conformance.profile.features`).
        reach: what a server may rightly end because of it: `nothing`, where it refreshes and uses its tokens as a
            client does; its own `session`, where it uses them in wrong ways; every token of its `user` at its client,
            where it looks like a thief or ends sessions: reuse, replay, revocation, races. One that reaches so far
            runs while nobody else holds a session of the user.
        waits: whether it lets a lifetime pass; such a scenario has a browser and a login of its own, and waits beside
            others.
        parks: whether `run --park` may stop it at a wait that is too long, and `run --due` go on with it days later: what it
            asks after its waits proves as much when it comes late, or it looks at the clock first.
        ends_session: whether it sets out to end the session that it was given, as by a reuse or a revocation. It reaches
            every token of its user, and where there is but one session it comes after all that the session may outlive.
        tried_out: where it reaches every token of its user, whether it does so by nothing but what a live run tries out before
            (`running/side_by_side.py`): a revocation, a token or a code that comes again, a refresh token in the hands of
            others, a refresh for less than offline access. It runs beside others where other sessions were seen to outlive that; without it, it runs alone.
        long: whether it takes longer than most, by a pause or by many requests: it begins early.
        late: whether it reads what others may have brought about: in a live run it comes after all of them.

    Raises:
        ValueError: another module has a scenario of that name, there is no such feature or reach, or nothing is tried out
            of what reaches less far.

    """
    far = "user" if ends_session else reach

    def declare(perform: Performance) -> Any:
        name = getattr(perform, "__name__")  # noqa: B009 - a Callable need not have a name
        declared = Scenario(name, perform, tuple(needs.split()), far, waits, ends_session, parks, tried_out, long, late)
        _check(declared)
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


def _check(declared: Scenario) -> None:
    other, place = _DECLARED.get(declared.name), declared.perform.__module__
    if other is not None and getfile(other.perform) != getfile(declared.perform):
        raise ValueError(
            f"scenario {declared.name} of {place} has a namesake in {other.perform.__module__}; "
            "rename one: transcripts are known by the names of their scenarios"
        )
    if unknown := set(declared.needs) - set(FEATURES):
        raise ValueError(
            f"scenario {declared.name} of {place} needs {', '.join(sorted(unknown))}, "
            f"which is none of the features {', '.join(FEATURES)}"
        )
    if declared.reach not in get_args(Reach):
        raise ValueError(
            f"scenario {declared.name} of {place}: expected reach to be one of {', '.join(get_args(Reach))}, "
            f"not {declared.reach!r}"
        )
    if declared.tried_out and declared.reach != "user":
        raise ValueError(
            f"scenario {declared.name} of {place}: tried_out is said of what reaches every token of its user"
        )
