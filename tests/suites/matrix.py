"""Judges all checks for servers with faults: in whole runs, or in runs of no more scenarios than the faults can reach."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import pytest

from tests.suites.judging import Judged, judged, name_of, performed, profile_named
from tests.suites.reach import Asked, AskingServer, behaviour, difference
from token_conformance.plugin.selection import scenarios_for, scenarios_of
from token_conformance.profile.models import Profile
from token_conformance.running.record import Record
from token_conformance.running.scenario import Scenario
from token_conformance.servers.emulated import EmulatedServer
from token_conformance.verdict import Verdict

OF_THE_RUN = {"conformance_run", "evidence"}
"""What checks ask for that look at a whole run."""

RED = {Verdict.FAIL, Verdict.WARNING, Verdict.ERROR}

Verdicts = Mapping[str, Judged]
"""Verdicts by the names of the checks."""

Judge = Callable[..., Verdicts]
"""Gives the verdicts for a profile, `faults` and `variations`."""


def alarms(verdicts: Verdicts) -> dict[str, str]:
    """The checks that are red, or broken, with their messages."""
    return {name: f"{judged.verdict}: {judged.message}" for name, judged in verdicts.items() if judged.verdict in RED}


@dataclass(frozen=True)
class Alone:
    """What one scenario left that had a faultless server for itself, and what this server asked of its behaviour."""

    scenario: Scenario
    asked: Asked
    record: Record


class Matrix:
    """All checks, judged for one server after the other; what the faultless one gives is found out once a profile."""

    def __init__(self, checks: Sequence[pytest.Function]) -> None:
        self.checks = checks
        self.scenarios = scenarios_of(checks)
        self._faultless: dict[str, Faultless] = {}

    def faultless(self, profile: str) -> Faultless:
        """What the faultless server gives for a profile."""
        if profile not in self._faultless:
            described = profile_named(profile)
            alone = asyncio.run(_each_alone(described, self.scenarios))
            self._faultless[profile] = Faultless(described, self.checks, alone)
        return self._faultless[profile]

    def whole(self, profile: str, faults: Collection[str] = (), variations: Collection[str] = ()) -> Verdicts:
        """The verdicts where every scenario is performed, in rows, as runs do."""
        record = _recorded(profile, faults, variations, self.scenarios)
        return {name_of(check): judged(check, record) for check in self.checks}

    def compared(
        self,
        profile: str,
        faults: Collection[str] = (),
        variations: Collection[str] = (),
        red: Collection[str] | None = None,
        through: Collection[str] = (),
    ) -> Verdicts:
        """The verdicts of the whole, which those of the scenarios that are reached have to agree with.

        With the checks that are to be `red`, those of the scenarios that tell of them have to agree, too.

        Raises:
            AssertionError: a check is red in the one and not in the other.

        """
        whole = self.whole(profile, faults, variations)
        reached = self.reached(profile, faults, variations)
        for left_out in [reached, self.reached(profile, faults, variations, red, through)]:
            differing = sorted(set(alarms(whole)) ^ set(alarms(left_out)))
            assert not differing, f"scenarios were left out that faults reach, or that others suffer from: {differing}"
        return whole

    def reached(
        self,
        profile: str,
        faults: Collection[str] = (),
        variations: Collection[str] = (),
        red: Collection[str] | None = None,
        through: Collection[str] = (),
    ) -> Verdicts:
        """The verdicts where the scenarios are performed that the faults and variations reach; see `reach`.

        Where it is known which checks are `red`, the scenarios that tell of them are enough, see `told_by`; the others'
        verdicts are those at the faultless server.
        """
        faultless = self.faultless(profile)
        scenarios = faultless.reached_by(faults, variations)
        if red is not None:
            scenarios = faultless.told_by(red, scenarios, through)
        if not scenarios:
            return faultless.verdicts
        return faultless.verdicts_but_for(_recorded(profile, faults, variations, scenarios))


@dataclass(frozen=True)
class Faultless:
    """What the faultless server gives for a profile, each scenario having one for itself."""

    profile: Profile
    checks: Sequence[pytest.Function]
    alone: Sequence[Alone]

    @cached_property
    def record(self) -> Record:
        """All scenarios in one record."""
        return together([each.record for each in self.alone])

    @cached_property
    def verdicts(self) -> Verdicts:
        """The verdicts on all checks."""
        return {name_of(check): judged(check, self.record) for check in self.checks}

    def reached_by(self, faults: Collection[str], variations: Collection[str]) -> tuple[Scenario, ...]:
        """The scenarios that would have met another behaviour."""
        changed = difference(behaviour(self.profile), behaviour(self.profile, faults, variations))
        return tuple(each.scenario for each in self.alone if changed.reaches(each.asked))

    def told_by(
        self, red: Collection[str], scenarios: Sequence[Scenario], through: Collection[str] = ()
    ) -> tuple[Scenario, ...]:
        """Those of the scenarios that the suites of red checks ask for.

        A check that looks at a whole run is red `through` some scenarios; all are needed where these are not known.
        """
        of_the_run = {name_of(check) for check in self.checks if looks_at_the_run(check)}
        if not through and not of_the_run.isdisjoint(red):
            return tuple(scenarios)
        suites = {suite_of(name) for name in red if name not in of_the_run}
        asked_for = {name for check in self.checks if suite_of(name_of(check)) in suites for name in _rests_on(check)}
        return tuple(scenario for scenario in scenarios if scenario.name in asked_for | {*through})

    def verdicts_but_for(self, other: Record) -> Verdicts:
        """The verdicts where some scenarios went otherwise: on the checks that ask for them, or for all of the run."""
        record = together([self.record, other])
        anew = {name_of(check): judged(check, record) for check in self.checks if concerned(check, other.outcomes)}
        return {**self.verdicts, **anew}


def concerned(check: pytest.Function, scenarios: Collection[str]) -> bool:
    """Whether a check rests on one of the scenarios, or on whatever there is."""
    return not _rests_on(check).isdisjoint(scenarios) or looks_at_the_run(check)


def suite_of(name: str) -> str:
    """The suite of a check by its name in tables, as `refresh` of `refresh::test_rotation`."""
    return name.partition("::")[0]


def looks_at_the_run(check: pytest.Function) -> bool:
    """Whether a check looks at all exchanges, whichever scenario made them."""
    return not OF_THE_RUN.isdisjoint(check._fixtureinfo.argnames)


@cache
def _rests_on(check: pytest.Function) -> frozenset[str]:
    return frozenset(scenario.name for scenario in scenarios_for(check))


def together(records: Sequence[Record]) -> Record:
    """Records in one: of what several tell, the last one's word counts."""
    exchanges = []
    for number, record in enumerate(records):
        later = set().union(*(_names(each) for each in records[number + 1 :]))
        exchanges += [exchange for exchange in record.exchanges if exchange.scenario not in later]
    newest_first = records[::-1]
    return replace(
        records[-1],
        outcomes=ChainMap(*(dict(record.outcomes) for record in newest_first)),
        exchanges=tuple(exchanges),
        logins_of=ChainMap(*(dict(record.logins_of) for record in newest_first)),
        waits=ChainMap(*(dict(record.waits) for record in newest_first)),
    )


def _names(record: Record) -> set[str]:
    """Whose exchanges a record has, those of the discovery included."""
    return {*record.outcomes, *(exchange.scenario for exchange in record.exchanges)}


async def _each_alone(profile: Profile, scenarios: Iterable[Scenario]) -> list[Alone]:
    return [await _alone(profile, scenario) for scenario in scenarios]


async def _alone(profile: Profile, scenario: Scenario) -> Alone:
    server = AskingServer(profile)
    return Alone(scenario, server.asked, await performed(profile, server, [scenario]))


def _recorded(
    profile: str, faults: Collection[str], variations: Collection[str], scenarios: Iterable[Scenario]
) -> Record:
    described = profile_named(profile)
    return asyncio.run(performed(described, EmulatedServer(described, faults, variations), scenarios))
