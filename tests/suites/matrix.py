"""Judges all checks for servers with faults: in whole runs, or in runs of no more scenarios than the faults can reach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import pytest

from tests.suites.company import in_company
from tests.suites.judging import Judged, judged, name_of, performed, profile_named
from tests.suites.reach import Asked, AskingServer, behaviour, difference
from token_conformance.oracle.oracle import Watched
from token_conformance.plugin.selection import own_scenarios, scenarios_for, scenarios_of
from token_conformance.profile.models import Profile
from token_conformance.running.record import Record
from token_conformance.running.scenario import Scenario
from token_conformance.running.watching import watched
from token_conformance.servers.emulated import EmulatedServer
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange

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
        self.performed: Record | None = None
        self.scenarios = scenarios_of(checks)
        self._faultless: dict[str, Faultless] = {}

    def faultless(self, profile: str) -> Faultless:
        """What the faultless server gives for a profile."""
        if profile not in self._faultless:
            self._faultless[profile] = Faultless(profile_named(profile), self.checks)
        return self._faultless[profile]

    def whole(self, profile: str, faults: Collection[str] = (), variations: Collection[str] = ()) -> Verdicts:
        """The verdicts where every scenario is performed, in rows, as runs do."""
        record = self.performed = _recorded(profile, faults, variations, self.scenarios)
        return {name_of(check): judged(check, record) for check in self.checks}

    def in_company(self, profile: str, variations: Sequence[str]) -> tuple[Verdicts, list[str]]:
        """The verdicts of the whole at a server of several variations, and why they do not show each of them."""
        record, lacks = in_company(profile, variations, self.scenarios)
        self.performed = record
        return {name_of(check): judged(check, record) for check in self.checks}, lacks

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
        whole, performed = self.whole(profile, faults, variations), self.performed
        reached = self.reached(profile, faults, variations)
        for left_out in [reached, self.reached(profile, faults, variations, red, through)]:
            differing = sorted(set(alarms(whole)) ^ set(alarms(left_out)))
            assert not differing, f"scenarios were left out that faults reach, or that others suffer from: {differing}"
        self.performed = performed
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

        Where it is known which checks are `red`, the scenarios that tell of them are enough, see `told_by`, and there are
        verdicts on the checks that these concern alone.
        """
        if red is not None and not faults and not variations:
            return self.whole(profile)
        faultless = self.faultless(profile)
        if red is not None:
            scenarios = faultless.reached_by(faults, variations, faultless.told_by(red, through))
            self.performed = _recorded(profile, faults, variations, scenarios)
            return faultless.verdicts_anew(self.performed, red)
        scenarios = faultless.reached_by(faults, variations)
        self.performed = _recorded(profile, faults, variations, scenarios) if scenarios else None
        return faultless.verdicts_but_for(self.performed) if self.performed is not None else faultless.verdicts

    def watched(self) -> tuple[Watched, ...]:
        """What the oracle, without any check, says of the exchanges that the last verdicts rest on."""
        return watched([self.performed]) if self.performed is not None else ()


class Faultless:
    """What the faultless server gives for a profile, each scenario having one for itself, when it is first asked for."""

    def __init__(self, profile: Profile, checks: Sequence[pytest.Function]) -> None:
        self.profile, self.checks = profile, checks
        self._scenarios = {scenario.name: scenario for scenario in scenarios_of(checks)}
        self._alone: dict[str, Alone] = {}

    def alone(self, names: Iterable[str]) -> list[Alone]:
        """What each of these scenarios left."""
        listed = list(names)
        missing = [self._scenarios[name] for name in listed if name not in self._alone]
        self._alone |= {each.scenario.name: each for each in asyncio.run(_each_alone(self.profile, missing))}
        return [self._alone[name] for name in listed]

    @cached_property
    def record(self) -> Record:
        """All scenarios in one record."""
        return self.record_of(self._scenarios)

    def record_of(self, names: Iterable[str]) -> Record:
        """These scenarios in one record."""
        return together([each.record for each in self.alone(names)])

    @cached_property
    def verdicts(self) -> Verdicts:
        """The verdicts on all checks."""
        return {name_of(check): judged(check, self.record) for check in self.checks}

    def reached_by(
        self, faults: Collection[str], variations: Collection[str], among: Iterable[str] | None = None
    ) -> tuple[Scenario, ...]:
        """The scenarios, of all or of those `among` them, that would have met another behaviour."""
        changed = difference(behaviour(self.profile), behaviour(self.profile, faults, variations))
        names = self._scenarios if among is None else among
        return tuple(each.scenario for each in self.alone(names) if changed.reaches(each.asked))

    def told_by(self, red: Collection[str], through: Collection[str] = ()) -> list[str]:
        """The scenarios that the suites of red checks ask for.

        A check that looks at a whole run is red `through` some scenarios; all are needed where these are not known.
        """
        of_the_run = {name_of(check) for check in self.checks if looks_at_the_run(check)}
        if not through and not of_the_run.isdisjoint(red):
            return list(self._scenarios)
        suites = {suite_of(name) for name in red if name not in of_the_run}
        asked_for = {name for check in self.checks if suite_of(name_of(check)) in suites for name in _rests_on(check)}
        return [name for name in self._scenarios if name in asked_for | {*through}]

    def verdicts_but_for(self, other: Record) -> Verdicts:
        """The verdicts where some scenarios went otherwise: on the checks that ask for them, or for all of the run."""
        record = together([self.record, other])
        anew = {name_of(check): judged(check, record) for check in self.checks if concerned(check, other.outcomes)}
        return {**self.verdicts, **anew}

    def verdicts_anew(self, other: Record, red: Collection[str]) -> Verdicts:
        """The verdicts on checks that are to be red, that ask for scenarios that went otherwise, or look at all of the run.

        The last look at these scenarios alone, and then at others too, if they are red, or are to be.
        """
        checks = [check for check in self.checks if concerned(check, other.outcomes) or name_of(check) in red]
        others = dict.fromkeys(name for check in checks for name in _asks_for(check) if name not in other.outcomes)
        record = together([*(each.record for each in self.alone(others)), other])
        part = replace(record, exchanges=other.exchanges)

        def verdict(check: pytest.Function) -> Judged:
            if looks_at_the_run(check) and name_of(check) not in red:
                found = judged(check, part)
                return judged(check, record) if found.verdict in RED else found
            return judged(check, record)

        return {name_of(check): verdict(check) for check in checks}


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


@cache
def _asks_for(check: pytest.Function) -> tuple[str, ...]:
    """The scenarios without which a check cannot be judged; more only add to what there is to look at."""
    found = own_scenarios(check) if looks_at_the_run(check) else scenarios_for(check)
    return tuple(scenario.name for scenario in found)


def together(records: Sequence[Record]) -> Record:
    """Records in one: of what several tell, the last one's word counts."""
    kept: list[Sequence[Exchange]] = []
    told: set[str] = set()
    for record in reversed(records):
        kept.append([exchange for exchange in record.exchanges if exchange.scenario not in told])
        told |= _names(record)
    return replace(
        records[-1],
        outcomes={name: outcome for record in records for name, outcome in record.outcomes.items()},
        exchanges=tuple(exchange for exchanges in reversed(kept) for exchange in exchanges),
        logins_of={name: number for record in records for name, number in record.logins_of.items()},
        waits={name: waits for record in records for name, waits in record.waits.items()},
    )


def _names(record: Record) -> set[str]:
    """Whose exchanges a record has, those of the discovery included."""
    return {*record.outcomes, *(exchange.scenario for exchange in record.exchanges)}


async def _each_alone(profile: Profile, scenarios: Iterable[Scenario]) -> list[Alone]:
    return [await _alone(profile, scenario) for scenario in scenarios]


async def _alone(profile: Profile, scenario: Scenario) -> Alone:
    server = AskingServer(profile, behaviour(profile))
    return Alone(scenario, server.asked, await performed(profile, server, [scenario]))


def _recorded(
    profile: str, faults: Collection[str], variations: Collection[str], scenarios: Iterable[Scenario]
) -> Record:
    described = profile_named(profile)
    return asyncio.run(performed(described, EmulatedServer(described, faults, variations), scenarios))
