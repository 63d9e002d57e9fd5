"""Runs the scenarios that the selected checks need, in rows that run at once, before any check judges."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from http.cookiejar import CookieJar
from itertools import chain
from types import MappingProxyType

from token_conformance.profile.models import Profile
from token_conformance.provider import Provider
from token_conformance.provider.admission import Admission
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.running.defect import described
from token_conformance.running.economy import note_left, thrifty_pace, what_fits
from token_conformance.running.interruption import INTERRUPTED, InterruptedRunError
from token_conformance.running.labels import AFTERWARDS, AGAIN
from token_conformance.running.performing import Performing
from token_conformance.running.place import Place, Places
from token_conformance.running.probing import Probing
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.side_by_side import NEIGHBOURS_END, Neighbours, doubtful, untouched_session, worth_asking
from token_conformance.running.stages import BY_LOGIN, Row, Stage, hands_of, is_beside_others, taken_up, without_user
from token_conformance.running.stored_session import begin, note_end, note_refusal, outlived, stored_session
from token_conformance.running.trouble import Trouble, crowded_out, unanswered
from token_conformance.running.waiting import FRESH, UNHURRIED, ScenarioClock, Waits
from token_conformance.verdict import NotJudged
from token_conformance.wire.bounds import Room
from token_conformance.wire.connection import Connection, ServerKind
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.pace import Pace
from token_conformance.wire.presence import Presence, stopped_after
from token_conformance.wire.wire import Wire

Progress = Callable[[str, int, int], None]
"""Told the scenario that ended, how many have, and how many there are."""


async def gather(
    run: Run, scenarios: Iterable[Scenario], progress: Progress, *, rehearsal: bool = False, in_turn: bool = False
) -> Record:
    """Perform the scenarios; the record holds their transcripts, or the reasons why there are none, and all exchanges.

    A rehearsal deals them to rows as a live run does, or all to one (`in_turn`), and takes no time. What was gathered until the run was told to
    stop, or met a defect of ours, is in the record as well.
    """
    gathering, listed = Gathering(run, progress, rehearsal=rehearsal), list(scenarios)
    gathering.in_turn = in_turn
    async with gathering.closing():
        await gathering.discover()
        needed = any(BY_LOGIN & set(each.needs) for each in listed)
        with stored_session(run, gathering.trouble, needed=needed) as session:
            await gathering.perform(listed, session)
    gathering.account_for(listed)
    record = gathering.record()
    run.noting.gathered(record)
    return record


class Gathering(Performing):
    """One run's scenarios under way, and what they share; `suffix` sets what is done after the run apart from it."""

    suffix = AGAIN

    def __init__(self, run: Run, progress: Progress, *, rehearsal: bool = False, after: Record | None = None) -> None:
        self.run = run
        self.kind: ServerKind = "live" if rehearsal else run.server.kind
        self.really_waits = run.server.kind == "live"
        self.pace = thrifty_pace(run) if self.really_waits else Pace(UNHURRIED)
        self.in_turn = False
        self._again = self.suffix if after is not None else ""
        self._room = Room()
        self.probing = Probing(run, self._again, lambda: self.discovery.exchange)
        self.presence = Presence(self.probing.is_answered) if self.really_waits else None
        self.logins = LoginBudget.of(run.profile.limits, careful=self.really_waits)
        if after is not None:
            self.logins = self.logins.going_on(after.login_limit, after.logins, after.wrong_passwords)
        self.discovery = Discovery(run.profile, self._wire("discovery", run.server.connect("discovery")))
        knocking = self._wire("clients", run.server.connect("clients"))
        known = after.admitted if after is not None else {}
        self.admission = Admission(run.profile, knocking, self.discovery, careful=self.really_waits, known=known)
        self.trouble = Trouble()
        self._progress = progress
        super().__init__()
        self._waits: dict[str, Waits] = {}
        self._exchanges: list[Exchange] = []
        self._endpoints: tuple[str | None, str | None] = (None, None)
        self._places = Places(run)
        self._noticed: list[str] = []
        self._neighbours = Neighbours()
        self._total = 0
        self._concerning: frozenset[str] = frozenset()
        self._defect: str | None = None
        self._doubtful: frozenset[str] = frozenset()

    @asynccontextmanager
    async def closing(self, *passing: type[Exception]) -> AsyncIterator[None]:
        """Close the connections of the run's own requests at the end; any exception but those is a defect, and noted."""
        try:
            yield
        except passing:
            raise
        except Exception as problem:
            self._defect = described(problem)
        finally:
            async with self.run.interruption.hurrying():
                await self.discovery.close()
                await self.admission.close()
                await self.probing.close()

    async def discover(self) -> None:
        """Learn the token endpoint; a provider that does not tell is the run's trouble."""
        try:
            self._endpoints = await self.run.interruption.unless_asked(self._discovered())
            self.probing.endpoint = self._endpoints[0]
            self.pace.token_endpoints = frozenset(each for each in self._endpoints if each is not None)
        except InterruptedRunError:
            pass
        except NotJudged as problem:
            self.trouble.add(str(problem))
        self._keep(self.discovery._wire)  # noqa: SLF001 - the exchanges of discovery are evidence too

    async def _discovered(self) -> tuple[str, str]:
        endpoint = await self.discovery.endpoint("token_endpoint")
        return endpoint, await self.discovery.endpoint("token_endpoint", mutual_tls=True)

    async def perform(self, scenarios: list[Scenario], session: Lineage | None = None) -> None:
        """Perform the scenarios, stage by stage; where a stored session is all that there is, it goes through one row."""
        if session is not None and session.seed is not None:
            await self._renew(session)
        self._total = len(scenarios)
        try:
            scenarios = await self._that_fit(scenarios)
            asked = None if self.in_turn else worth_asking(self.kind, self.run.profile, scenarios)
            free, bound = without_user(scenarios, self.run.profile) if asked is not None else ((), scenarios)
            async with asyncio.TaskGroup() as beside:
                beside.create_task(self._act(free))
                await self._ask_for_sessions(asked)
                fitting, frugal = await self._that_fit(bound), bool(self.logins.noticed)
                for stage in self._neighbours.dealt(fitting, self.kind, self.run, frugal=frugal, in_turn=self.in_turn):
                    await self._act(stage, session)
                    self._places.doubt_all()
        finally:
            await self._places.close()
        self._conclude()

    async def _that_fit(self, scenarios: list[Scenario]) -> list[Scenario]:
        """The scenarios for which the provider allows enough token requests; of the others is said why they are left."""
        found = await what_fits(self.run, self.pace, scenarios)
        if found is None or found.whole:
            return scenarios
        self.in_turn = True
        self._noticed.append(found.told)
        for each, why in found.reasons(self.run.allowance.reason):
            self._outcomes[each.name] = why
            note_left(self.run, each, why)
        return list(found.chosen)

    async def repeat(self, scenarios: list[Scenario]) -> None:
        """Perform each by itself, in a new browser; those of a live run one after the other."""
        self._total = len(scenarios)
        alone = [Row((each,), each.name) for each in scenarios]
        try:
            for stage in ((row,) for row in alone) if self.kind == "live" else (tuple(alone),):
                await self._act(stage)
        finally:
            await self._places.close()
            self._keep(self.admission.wire)
            self._note_absence()

    def account_for(self, scenarios: Iterable[Scenario]) -> None:
        """Say of the scenarios that were not begun why they were not."""
        for each in scenarios:
            reason = each.lacking(self.run.profile)
            self._concerning |= {each.name} if reason is None else set()
            self._outcomes.setdefault(
                each.name, reason or InterruptedRunError(f"{INTERRUPTED} before scenario {each.name}")
            )

    def _wire(self, name: str, connection: Connection, cookies: CookieJar | None = None) -> Wire:
        """What sends a scenario's requests, and names their exchanges, which differ from those of the first time."""
        browser = cookies if cookies is not None else CookieJar()
        named, limits = f"{name}{self._again}", self.run.profile.limits
        wire = Wire(named, connection, limits, self.pace, cookies=browser, presence=self.presence, room=self._room)
        wire.halt, wire.noting = self.run.interruption.halt, self.run.noting
        return wire

    async def _ask_for_sessions(self, asked: Scenario | None) -> None:
        """Find out whether the user's sessions live side by side, and what they outlive, where that makes a difference."""
        if asked is not None:
            self._total += 1
            await self._act((Row((asked,), seat=0),))
            self._neighbours = Neighbours.seen(self._outcomes[asked.name])

    def _note_absence(self) -> None:
        """Find the trouble of a run whose provider is gone, and keep what it was asked for meanwhile."""
        if self.probing.wire is not None:
            self._keep(self.probing.wire)
        if self.presence is not None and self.presence.stopped is not None:
            self.trouble.add(stopped_after(self.presence.stopped))

    def _conclude(self) -> None:
        """Find the trouble of a run that got nowhere."""
        self._keep(self.admission.wire)
        self._note_absence()
        self.trouble.why = self.trouble.why or self.discovery.trouble or self.admission.trouble
        self.trouble.why = self.trouble.why or unanswered(self._exchanges, self.kind) or crowded_out(self._room.refused)
        if self.trouble.why is None and (problem := self.logins.trouble) is not None:
            note_refusal(self.run, self.trouble, problem)

    def record(self) -> Record:
        """What was gathered, which nothing changes any more."""
        endpoint, alias = self._endpoints
        return Record(
            profile=self.run.profile,
            kind=self.run.server.kind,
            outcomes=MappingProxyType(self._outcomes),
            exchanges=tuple(self._exchanges),
            token_endpoint=endpoint,
            token_endpoint_alias=alias,
            logins_of=MappingProxyType(self.logins.by_scenario),
            waits=MappingProxyType(self._waits),
            trouble=self.trouble.why,
            no_session=self.trouble.no_session,
            stopped=self.presence.stopped if self.presence is not None else None,
            authorizations=self.logins.authorizations,
            login_limit=self.logins.limit,
            wrong_passwords=frozenset(self.logins.wrong_passwords),
            admitted=self.admission.found,
            noticed=tuple(self._all_noticed()),
            concerning=self._concerning,
            defect=self._defect,
            spent=self.run.allowance.spent,
            again_from=self.run.allowance.again_from,
            servers=MappingProxyType(self._servers) if self.run.server.kind != "live" else {},
            doubtful=self._doubtful,
        )

    def _all_noticed(self) -> Iterator[str]:
        yield from (*self._neighbours.noticed, *(NEIGHBOURS_END,) * bool(self._doubtful), *self._noticed)
        yield from (*self.logins.noticed, *self.pace.noticed, *self.admission.sentences)
        yield from self.presence.noticed if self.presence is not None else ()

    async def _renew(self, session: Lineage) -> None:
        """Begin with the stored session, or say why it is over."""
        connection = self.run.server.connect("session")
        wire = self._wire("session", connection)
        beginning = begin(self.run.name, self.trouble, self._provider(self.run.profile, wire, session))
        with suppress(InterruptedRunError):
            await self.run.interruption.unless_asked(beginning, renewing=lambda: session.renewing)
        self._keep(wire)
        with suppress(Exception):
            await wire.close()

    async def _act(self, stage: Stage, session: Lineage | None = None) -> None:
        """Perform the rows of a stage at once; where one session is left untouched meanwhile, it is looked at in the end.

        Of a live run nobody knows how long a scenario takes: a row that is done takes over what others of its user have
        not begun. Where each authorization costs a login, it does not, so that as many are needed each time.
        """
        hands = hands_of(stage)

        def next_of(row: Row) -> Scenario | None:
            shares = self.kind == "live" and not self.logins.noticed
            return None if self.run.interruption.asked else taken_up(row, stage, hands, shares=shares)

        async with asyncio.TaskGroup() as tasks:
            rows = {
                row.seat: tasks.create_task(self._follow(row, next_of, session), name=row.scenarios[0].name)
                for row in stage
            }
            if self._neighbours.kept is not None and is_beside_others(stage):
                await asyncio.wait([task for seat, task in rows.items() if isinstance(seat, int)])
                await self._look_at_the_untouched(stage)

    async def _look_at_the_untouched(self, stage: Stage) -> None:
        """Refresh in the session that nobody has touched, to see whether anything beside it has ended it."""
        if not self.run.interruption.asked:
            self._total += 1
            untouched = untouched_session(self._neighbours.kept)
            await self._visit(untouched, self._places.at(Row((untouched,), seat=0)))
        self._doubtful = doubtful(self._outcomes, chain(*(row.scenarios for row in stage)), self.run.profile)

    async def _follow(self, row: Row, next_of: Callable[[Row], Scenario | None], session: Lineage | None) -> None:
        """Perform scenarios one after another at one connection, with one browser and the session that each leaves."""
        while (scenario := next_of(row)) is not None:
            await self._visit(scenario, self._places.at(row, session))

    async def _visit(self, scenario: Scenario, place: Place) -> None:
        connection, lineage = place.connection, place.lineage
        wire = self._wire(scenario.name, connection, place.cookies)
        clock = ScenarioClock(connection.clock, alone=scenario.reach == "user")
        self._servers[wire.scenario] = place.seat
        began, afresh = connection.clock.now(), lineage.session is None
        self.run.noting.began(wire.scenario, began, place.seat, place.user, afresh=afresh)
        note_end(self.trouble, lineage, None if scenario.spares else scenario.name)
        try:
            await self._perform(scenario, self._provider(place.profile, wire, lineage, clock))
        finally:
            self._keep(wire)
        if wire.exchanges:
            await self._leave(scenario, place, connection.clock.now() - began)
        else:
            note_end(self.trouble, lineage, None)
        self._waits[scenario.name] = clock.waits
        outcome, logins = self._outcomes[scenario.name], self.logins.by_scenario[wire.scenario]
        if not isinstance(outcome, InterruptedRunError):
            self.run.noting.ended(wire.scenario, connection.clock.now(), outcome, clock.waits, logins)
        self._progress(scenario.name, len(self._waits), self._total)
        if self.run.enough is not None:
            self.run.enough(scenario.name, self.record)

    def _provider(self, profile: Profile, wire: Wire, lineage: Lineage, clock: ScenarioClock | None = None) -> Provider:
        return Provider(profile, wire, self.discovery, lineage, self.logins, clock, self.admission)

    async def _leave(self, scenario: Scenario, place: Place, taken: timedelta) -> None:
        if not scenario.spares:
            if place.lineage.seed is None or not await self._outlived(scenario, place):
                place.lineage.end()
        elif taken > FRESH or isinstance(self._outcomes[scenario.name], Exception):
            place.lineage.doubt()

    async def _outlived(self, scenario: Scenario, place: Place) -> bool:
        """Whether the only session outlived a scenario that might have ended it, so that the next one can have it."""
        wire = self._wire(f"{scenario.name}{AFTERWARDS}", place.connection)
        asking = outlived(self.trouble, self._provider(place.profile, wire, place.lineage))
        try:
            return await self.run.interruption.unless_asked(asking, renewing=lambda: place.lineage.renewing)
        except InterruptedRunError:
            return False
        finally:
            self._keep(wire)

    def _keep(self, wire: Wire) -> None:
        for exchange in wire.exchanges:
            self.run.redactor.learn_exchange(exchange)
            self._exchanges.append(exchange)
