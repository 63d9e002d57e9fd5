"""Performs the scenarios of a run again from its evidence: each gets what it got then, and nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar
from itertools import chain
from types import MappingProxyType
from typing import Any

from token_conformance.profile.features import require
from token_conformance.provider import Provider
from token_conformance.provider.admission import Admission, Finding
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.running.interruption import INTERRUPTED, InterruptedRunError
from token_conformance.running.labels import AFTERWARDS, AGAIN, EXPLORING, PARKED
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.side_by_side import (
    SIDE_BY_SIDE,
    UNTOUCHED,
    Neighbours,
    doubtful,
    untouched_session,
    worth_asking,
)
from token_conformance.running.stored_proofs import StoredProver, StoredProvider, among
from token_conformance.running.stored_session import ENDED, ONLY, begin, outlived
from token_conformance.running.trouble import Trouble
from token_conformance.running.waiting import FRESH, UNHURRIED, ScenarioClock, Waits
from token_conformance.servers.evidence_lines import Reason, ScenarioBegan, ScenarioEnded
from token_conformance.servers.stored import StoredConnection, StoredServer, Tape, counting, not_held
from token_conformance.verdict import Inconclusive, Limited, NoLogin, NotApplicable, NotJudged, TooLong
from token_conformance.wire.exchange import Exchange, Request
from token_conformance.wire.pace import Pace
from token_conformance.wire.user_agent import UserAgent
from token_conformance.wire.wire import Completion, Renewal, Wire

REASONS: Mapping[str, type[NotJudged]] = {
    kind.__name__: kind for kind in (Inconclusive, TooLong, Limited, NoLogin, NotApplicable)
}

PATIENCE = 60
"""Seconds after which a scenario is given up that gets all of its answers at once."""

BREAKS_OFF = "the evidence ends"

NO_LIMIT = 1_000_000
"""Logins of a replay: where the run had no more, its scenarios say so."""


async def replay(run: Run, scenarios: Iterable[Scenario]) -> Record:
    """What a run gathered, by the scenarios of today."""
    return await _Replay(run, tuple(scenarios)).record()


async def replay_again(run: Run, scenarios: Iterable[Scenario], known: Record) -> tuple[Record, Mapping[str, str]]:
    """What was gathered in a run's repetition, and why scenarios were not repeated."""
    wanted, stored = tuple(scenarios), stored_of(run)
    gathered = stored.evidence.gathered(again=True)
    refused = dict(gathered.refused) if gathered is not None else {}
    held = [each for each in wanted if f"{each.name}{AGAIN}" in stored.evidence.ended]
    for each in wanted:
        if each not in held:
            refused.setdefault(each.name, "the run did not repeat it")
    return await _Replay(run, tuple(held), AGAIN, known.admitted).record(), refused


def replay_parking(run: Run) -> Record:
    """What a run asked for while it parked what it could not wait for."""
    evidence = stored_of(run).evidence
    return Record(
        profile=run.profile,
        kind=run.server.kind,
        exchanges=tuple(chain(*(tape.exchanges for name, tape in evidence.tapes.items() if name.endswith(PARKED)))),
        logins_of={name: line.logins for name, line in evidence.ended.items() if name.endswith(PARKED)},
    )


def replay_exploration(run: Run) -> Record | None:
    """What a run asked for while it explored the provider; None where it did not."""
    tape = stored_of(run).evidence.tapes.get(EXPLORING)
    if tape is None:
        return None
    return Record(profile=run.profile, kind=run.server.kind, exchanges=tuple(tape.exchanges))


def stored_of(run: Run) -> StoredServer:
    """The stored evidence that answers a run.

    Raises:
        TypeError: something else does.

    """
    if not isinstance(run.server, StoredServer):
        raise TypeError("the run is not one of stored evidence")
    return run.server


@dataclass
class ReplayedWire(Wire):
    """Gives the exchanges of a tape, as the scenario had them."""

    tape: Tape = field(default_factory=Tape)
    missing: int = 0

    async def _recorded(
        self,
        sender: UserAgent,  # noqa: ARG002 - nothing is sent
        request: Request,
        complete: Completion | None = None,
        anew: Renewal | None = None,  # noqa: ARG002 - nor made again
    ) -> Exchange:
        clock = self.connection.clock
        sent = complete(request, clock.now().timestamp()) if complete is not None else request
        found = self.tape.take(sent)
        if not found:
            self.missing += 1
            return not_held(self.scenario, len(self.tape.exchanges) + self.missing, sent, clock.now())
        self.exchanges.extend(found)
        if isinstance(self.connection, StoredConnection):
            self.connection.clock.present = max(each.answered for each in found)
        return counting(found)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Nobody else is there."""
        yield


class _Replay:
    """The scenarios of one run, or of its repetition, in the order in which they began."""

    def __init__(
        self,
        run: Run,
        scenarios: tuple[Scenario, ...],
        again: str = "",
        known: Mapping[tuple[str, str], Finding] = MappingProxyType({}),
    ) -> None:
        self._run, self._again = run, again
        self._server = stored_of(run)
        self._evidence = self._server.evidence
        asked = worth_asking(run.server.kind, run.profile, scenarios) or SIDE_BY_SIDE
        self._scenarios = {each.name: each for each in (asked, *scenarios)}
        self._wanted = [each.name for each in scenarios]
        self._concerning = frozenset(each.name for each in scenarios if each.lacking(run.profile) is None)
        self._outcomes: dict[str, Any] = {}
        self._logins = LoginBudget(NO_LIMIT, wrong_password=run.profile.limits.wrong_password)
        self._discovery = Discovery(run.profile, self._wire("discovery"))
        careful = run.server.kind == "live"
        self._admission = Admission(run.profile, self._wire("clients"), self._discovery, careful=careful, known=known)
        self._lineages: dict[str, Lineage] = {}
        self._cookies: dict[str, CookieJar] = {}

    async def record(self) -> Record:
        """What was gathered."""
        endpoints = await self._endpoint(mutual_tls=False), await self._endpoint(mutual_tls=True)
        session = await self._stored_session()
        for line in self._evidence.of(ScenarioBegan):
            name = self._name(line.scenario)
            scenario = self._scenario(name) if name is not None else None
            if scenario is not None:
                await self._perform(scenario, line, session)
        return self._recorded(*endpoints)

    def _scenario(self, name: str) -> Scenario | None:
        """What a scenario of that name is today; the session that was left untouched is known from the run."""
        if name == UNTOUCHED:
            return untouched_session(Neighbours.seen(self._outcomes.get(SIDE_BY_SIDE.name)).kept)
        return self._scenarios.get(name)

    def _wire(self, name: str, cookies: CookieJar | None = None, began: ScenarioBegan | None = None) -> ReplayedWire:
        label = f"{name}{self._again}"
        connection = self._server.connect(label, began.at if began is not None else None)
        jar = cookies if cookies is not None else CookieJar()
        limits, pace = self._run.profile.limits, Pace(UNHURRIED)
        return ReplayedWire(label, connection, limits, pace, cookies=jar, tape=connection.tape)

    async def _endpoint(self, *, mutual_tls: bool) -> str | None:
        try:
            return await self._discovery.endpoint("token_endpoint", mutual_tls=mutual_tls)
        except NotJudged:
            return None

    async def _stored_session(self) -> Lineage | None:
        """The session that a run began with, where its user had logged in beforehand."""
        if self._server.kind != "live" or not self._run.profile.login.stored:
            return None
        lineage = Lineage(only=ONLY, lacking=ENDED)
        first = next(iter(self._evidence.tapes["session"].exchanges), None)
        if first is not None:
            lineage.seed = dict(first.request.form).get("refresh_token")
            provider = self._provider(self._run, self._wire("session"), lineage)
            await begin(self._run.name, Trouble(), provider)
        return lineage

    def _provider(
        self, run: Run, wire: Wire, lineage: Lineage, clock: ScenarioClock | None = None, user: int = 0
    ) -> StoredProvider:
        profile = run.profile.of_each_user[user]
        return StoredProvider(profile, wire, self._discovery, lineage, self._logins, clock, self._admission)

    async def _perform(self, scenario: Scenario, began: ScenarioBegan, session: Lineage | None) -> None:
        ended = self._evidence.ended.get(began.scenario)
        if ended is None:
            return
        lineage = self._lineages.setdefault(began.seat, session or Lineage(self._run.profile.login.seed))
        if lineage.prover is None and self._run.profile.dpop:
            lineage.prover = self._prover(began.seat)
        if isinstance(lineage.prover, StoredProver):
            lineage.prover = lineage.prover.among(self._evidence.tapes[began.scenario].exchanges)
        if began.afresh:
            lineage.doubt()
        cookies = self._cookies.setdefault(began.seat, CookieJar())
        wire = self._wire(scenario.name, cookies, began)
        provider = self._provider(self._run, wire, lineage, ScenarioClock(wire.connection.clock), began.user)
        provider.stored = among(self._evidence.tapes[began.scenario].exchanges)
        outcome = await _outcome(scenario, provider)
        self._outcomes[scenario.name] = _as_it_was(outcome, ended)
        await self._leave(scenario, provider, ended.at - began.at)

    def _prover(self, seat: str) -> StoredProver | None:
        """The prover of a seat, whose key the tokens of its sessions are bound to."""
        labels = [
            line.scenario
            for line in self._evidence.of(ScenarioBegan)
            if line.seat == seat and self._name(line.scenario) is not None
        ]
        return among(each for label in labels for each in self._evidence.tapes[label].exchanges)

    async def _leave(self, scenario: Scenario, provider: Provider, taken: timedelta) -> None:
        lineage = provider.lineage
        if not provider.wire.exchanges:
            return
        if not scenario.spares:
            if not await self._outlived(scenario, lineage):
                lineage.end()
        elif taken > FRESH or isinstance(self._outcomes[scenario.name], Exception):
            lineage.doubt()

    async def _outlived(self, scenario: Scenario, lineage: Lineage) -> bool:
        """Whether the only session was seen to outlive a scenario."""
        wire = self._wire(f"{scenario.name}{AFTERWARDS}")
        return bool(wire.tape.exchanges) and await outlived(Trouble(), self._provider(self._run, wire, lineage))

    def _recorded(self, endpoint: str | None, alias: str | None) -> Record:
        told = self._evidence.gathered(again=bool(self._again))
        ended = dict(self._ended())
        outcomes = {name: self._outcomes.get(name, self._absent(name)) for name in {*self._wanted, *self._outcomes}}
        return Record(
            profile=self._run.profile,
            kind=self._run.server.kind,
            outcomes=MappingProxyType(outcomes),
            exchanges=tuple(self._exchanges()),
            token_endpoint=endpoint,
            token_endpoint_alias=alias,
            logins_of=MappingProxyType({f"{name}{self._again}": line.logins for name, line in ended.items()}),
            waits=MappingProxyType(
                {name: Waits(each.waited, each.lacking, each.alone) for name, each in ended.items()}
            ),
            trouble=told.trouble if told is not None else None,
            no_session=told is not None and told.no_session,
            stopped=told.stopped if told is not None else None,
            admitted=self._admission.found,
            noticed=self._evidence.noticed,
            concerning=self._concerning,
            servers={line.scenario: line.seat for line in self._evidence.of(ScenarioBegan)},
            doubtful=doubtful(self._outcomes, self._beside_the_untouched(), self._run.profile),
        )

    def _beside_the_untouched(self) -> Iterator[Scenario]:
        """The scenarios that ran while a session was left untouched: those that began before it was looked at."""
        began = [self._name(line.scenario) for line in self._evidence.of(ScenarioBegan)]
        names = began[: began.index(UNTOUCHED)] if UNTOUCHED in began else ()
        return (self._scenarios[name] for name in names if name in self._wanted)

    def _ended(self) -> Iterator[tuple[str, ScenarioEnded]]:
        """How scenarios ended, by their names, in the order in which they did."""
        for label, line in self._evidence.ended.items():
            if (name := self._name(label)) is not None:
                yield name, line

    def _name(self, label: str) -> str | None:
        """The name of a scenario of this run, or of its repetition; None for what belongs to another part of the run."""
        name = label.removesuffix(self._again) if self._again else label
        return name if f"{name}{self._again}" == label and "~" not in name else None

    def _exchanges(self) -> Iterator[Exchange]:
        """All exchanges, in the order in which runs have them: those of scenarios that did not end come last but one."""
        tapes, first, last = self._evidence.tapes, ["discovery", "session"], ["clients", "presence"]
        ended = [name for name, _ in self._ended()]
        names = [name for label in tapes if (name := self._name(label)) is not None]
        others = [name for name in names if name not in {*first, *ended, *last}]
        for name in (*first, *ended, *others, *last):
            for label in (f"{name}{self._again}", f"{name}{AFTERWARDS}{self._again}"):
                yield from tapes[label].exchanges if label in tapes else ()

    def _absent(self, name: str) -> Inconclusive:
        if name in self._evidence.begin.scenarios and not self._evidence.whole:
            how = INTERRUPTED if self._evidence.cut_short is None else BREAKS_OFF
            return InterruptedRunError(f"{how} before scenario {name} had ended")
        return Inconclusive(f"the evidence does not hold scenario {name}")


async def _outcome(scenario: Scenario, provider: Provider) -> Any:
    """What a scenario returns today, or why it does not."""
    try:
        require(provider.profile, scenario.needs)
        async with asyncio.timeout(PATIENCE):
            return await scenario.perform(provider)
    except Exception as problem:
        return problem


def _as_it_was(outcome: Any, ended: ScenarioEnded) -> Any:
    """The outcome of today, unless the run had a reason to judge nothing, which its exchanges need not show."""
    if ended.reason is not None and (ended.reason.kind in REASONS or isinstance(outcome, Exception)):
        return _again(ended.reason)
    if isinstance(outcome, Exception) and not isinstance(outcome, NotJudged):
        return Inconclusive(f"the evidence does not bear the scenario out: {type(outcome).__name__}: {outcome}")
    return outcome


def _again(reason: Reason) -> Exception:
    kind = REASONS.get(reason.kind)
    if kind is not None:
        return kind(reason.message, stopped_by=reason.stopped_by)
    defect: Exception = type(reason.kind, (Exception,), {})(reason.message)
    return defect
