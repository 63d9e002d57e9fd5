"""Scenarios that are parked at a wait which no run can take, and go on when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from token_conformance.evidence.login import Login
from token_conformance.profile.models import Profile
from token_conformance.provider import Provider
from token_conformance.provider.device import device_authorization, poll
from token_conformance.provider.dpop import restored
from token_conformance.provider.lineage import Lineage
from token_conformance.running.gathering import Gathering, Progress
from token_conformance.running.interruption import INTERRUPTED, InterruptedRunError
from token_conformance.running.labels import PARKED
from token_conformance.running.parkable import STRAYED, Course, ParkableConnection, PutAside, kept
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.running.side_by_side import ONE_SESSION
from token_conformance.running.waiting import ScenarioClock
from token_conformance.sessions.parked import ParkedScenario, ParkingLot, due_after
from token_conformance.sessions.problems import NoSessionError, SessionError
from token_conformance.sessions.store import moment
from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.wire import Wire

CONTROL = "new_login_beside_parked"
"""The scenario that shows, beside what was parked, that a new login is accepted."""

BY_LOGIN = frozenset({"login", "refresh", "authorization_code"})


@dataclass(frozen=True)
class ParkedNow:
    """What a run has parked, and the requests that this took."""

    scenarios: tuple[ParkedScenario, ...]
    record: Record


def why_not_parked(scenario: Scenario, profile: Profile) -> str | None:
    """Why a scenario that waits cannot be parked; None where it can."""
    if not scenario.parks:
        return "what it asks after its wait has to be asked on time"
    if BY_LOGIN.isdisjoint(scenario.needs):
        return None
    if profile.login.seeded:
        return "it needs a login of its own, and there is but the stored session"
    return "its login is a browser's that cannot be repeated" if profile.login.strategy == "browser" else None


def to_park(record: Record, scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios of a run for which `max_wait` was too short, and that can be parked: codes come last.

    Where the provider keeps one session for each user and client, it is that of the first one.
    """
    lacking = {name for name, waits in record.waits.items() if waits.lacking is not None}
    found = [each for each in scenarios if each.name in lacking and why_not_parked(each, record.profile) is None]
    found.sort(key=lambda each: ("authorization_code" in each.needs, each.reach == "user"))
    return tuple(found[:1] if ONE_SESSION in record.noticed else found)


async def park(run: Run, record: Record, scenarios: Sequence[Scenario], progress: Progress) -> ParkedNow:
    """Perform scenarios up to their long waits, one at a time, and keep how far they came; those parked before stay so.

    It comes last in a run, after all that may end the tokens of a user.

    Raises:
        SessionError: they cannot be stored.

    """
    lot = _lot_of(run)
    before = lot.parked()
    for each in before:
        run.noting.parked(each.scenario, each.parked, each.due)
    parked = {each.scenario for each in before}
    parking = Parking(run, lot, progress, after=record)
    async with parking.closing(SessionError):
        await parking.discover()
        await parking.park([each for each in scenarios if each.name not in parked])
    return ParkedNow(tuple(parking.parked), parking.record())


async def present(run: Run, scenarios: Sequence[Scenario], progress: Progress) -> Record:
    """Go on with the parked scenarios that are due, and perform the others; see `gather`.

    Raises:
        SessionError: what becomes of them cannot be stored.

    """
    lot = _lot_of(run)
    due = {each.scenario: each for each in lot.due(run.started)}
    parking = Parking(run, lot, progress)
    async with parking.closing(SessionError):
        await parking.discover()
        await parking.go_on([(each, due[each.name]) for each in scenarios if each.name in due])
        await parking.perform([each for each in scenarios if each.name not in due])
    parking.account_for(scenarios)
    return parking.record()


def endanger(run: Run, lot: ParkingLot, scenarios: Iterable[Scenario]) -> None:
    """Remember of what is parked what this run is about to do that may end it.

    Raises:
        SessionError: it cannot be stored.

    """
    listed = tuple(scenarios)
    far = [each.name for each in listed if each.reach == "user" and not each.parks]
    logs_in = any(not BY_LOGIN.isdisjoint(each.needs) for each in listed)
    at = moment(run.started)
    if far:
        what = f"a run at {at} did what may end every token of its user ({', '.join(far[:3])}{', …' * (len(far) > 3)})"
        lot.endanger(what)
    elif logs_in:
        lot.endanger(f"a run at {at} logged its user in again", single=True)


def _lot_of(run: Run) -> ParkingLot:
    if run.lot is None:
        raise NoSessionError(f"{run.server.kind} runs of {run.name} park nothing")
    return run.lot


class Parking(Gathering):
    """Performs scenarios up to their long waits, or from there on."""

    suffix = PARKED

    def __init__(self, run: Run, lot: ParkingLot, progress: Progress, *, after: Record | None = None) -> None:
        super().__init__(run, progress, after=after)
        self._lot = lot
        self._one_session = after is not None and ONE_SESSION in after.noticed
        self._refused: set[str] = set()
        self.parked: list[ParkedScenario] = []

    async def park(self, scenarios: Sequence[Scenario]) -> None:
        """Perform scenarios that stop at their first long wait."""
        self._total = len(scenarios)
        for scenario in scenarios:
            if self.run.interruption.asked:
                break
            await self._pursue(
                scenario, Course(self.run.server.connect(scenario.name), self._max_wait, self._probe_first)
            )
        self._note_absence()

    async def go_on(self, due: Sequence[tuple[Scenario, ParkedScenario]]) -> None:
        """Go on with parked scenarios, and log in anew beside them, after them: a new login may end older sessions."""
        self._total = len(due)
        presented: list[Scenario] = []
        for scenario, parked in sorted(due, key=lambda pair: pair[0].reach == "user"):
            if self.run.interruption.asked:
                self._outcomes[scenario.name] = InterruptedRunError(f"{INTERRUPTED}: it stays parked")
            elif parked.presented is not None:
                self._give_up(scenario, parked)
            elif self.trouble.why is None and await self._resume(scenario, parked):
                presented.append(scenario)
            self._outcomes.setdefault(scenario.name, Inconclusive(f"it stays parked: {self.trouble.why}"))
        if presented:
            await self._control(presented)

    @property
    def _max_wait(self) -> int:
        return self.run.profile.limits.max_wait

    def _give_up(self, scenario: Scenario, parked: ParkedScenario) -> None:
        self._lot.drop(parked)
        self._outcomes[scenario.name] = Inconclusive(
            f"it was presented at {moment(parked.presented)}, and that run did not come to its end: park anew"
        )

    async def _resume(self, scenario: Scenario, parked: ParkedScenario) -> bool:
        """Go on with a scenario; tells whether anything of it was presented."""

        async def mark() -> None:
            await self._probe_first()
            self._take(parked, course.connection.clock.now())

        course = Course(self.run.server.connect(scenario.name), self._max_wait, mark, parked)
        exchanges = await self._pursue(scenario, course)
        course.strayed |= not course.live and not isinstance(self._outcomes[scenario.name], Inconclusive)
        if course.live:
            self._weigh(scenario, parked, exchanges[len(parked.exchanges) :])
        if course.strayed:
            self._outcomes[scenario.name] = Inconclusive(STRAYED)
        if course.strayed or (course.live and scenario.name not in {each.scenario for each in self.parked}):
            self._lot.drop(parked)
        return course.live

    def _take(self, parked: ParkedScenario, now: datetime) -> None:
        """Mark a scenario as presented before anything of it is.

        Raises:
            Inconclusive: it cannot be marked, or another run was faster.

        """
        try:
            mine = self._lot.take(parked, now)
        except SessionError as problem:
            raise Inconclusive(f"it stays parked: {problem}") from None
        if not mine:
            raise Inconclusive("another run goes on with it at this time")

    def _weigh(self, scenario: Scenario, parked: ParkedScenario, exchanges: Sequence[Exchange]) -> None:
        """Take no refusal for the work of age where something else may have ended what was parked."""
        self._noticed.append(
            f"{scenario.name} was parked at {moment(parked.parked)} and went on now: "
            f"its first {len(parked.exchanges)} exchanges are of then"
        )
        answer = exchanges[0].answer if exchanges else None
        if answer is None or answer.status // 100 == 2:
            return
        self._refused.add(scenario.name)
        if parked.endangered:
            self._outcomes[scenario.name] = Inconclusive(
                f"what was parked is refused, and age need not be the reason: {'; '.join(parked.endangered)}"
            )

    async def _pursue(self, scenario: Scenario, course: Course) -> list[Exchange]:
        """Perform a scenario as far as it goes, park it where it stops at a wait, and give its exchanges."""
        lineage, connection = Lineage(), ParkableConnection(course)
        if course.parked is not None and course.parked.dpop_key is not None:
            lineage.prover = restored(course.parked.dpop_key)
        wire, clock = self._wire(scenario.name, connection), ScenarioClock(connection.clock)
        before = self.logins.by_scenario[wire.scenario]
        try:
            await self._perform(scenario, self._provider(self.run.profile, wire, lineage, clock))
        finally:
            await connection.close()
        self._keep(wire)
        self._waits[scenario.name] = clock.waits
        logins = self.logins.by_scenario[wire.scenario] - before
        stopped = self._outcomes[scenario.name]
        if isinstance(stopped, PutAside):
            self._outcomes[scenario.name] = self._put_aside(scenario, stopped, course, wire, lineage, logins)
        self._unspend(scenario, course)
        self.run.noting.ended(wire.scenario, connection.clock.now(), self._outcomes[scenario.name], clock.waits, logins)
        self._progress(scenario.name, len(self._waits), self._total)
        return wire.exchanges

    def _put_aside(
        self, scenario: Scenario, stopped: PutAside, course: Course, wire: Wire, lineage: Lineage, logins: int
    ) -> NotJudged:
        """Store how far a scenario came; it is on disk before anything else is sent."""
        provider, client_id, user = self._lot.whose
        try:
            exchanges = tuple(kept(each) for each in wire.exchanges if not each.put_off)
        except Inconclusive as problem:
            return problem
        parked = ParkedScenario(
            scenario=scenario.name,
            provider=provider,
            client_id=client_id,
            user=user,
            parked=stopped.since,
            due=due_after(course.connection.clock.now(), stopped.seconds),
            waits=course.waits,
            logins=logins,
            exchanges=exchanges,
            drawn=tuple(course.drawn),
            dpop_key=lineage.prover.exported() if lineage.prover is not None else None,
            single=self._one_session or "authorization_code" in scenario.needs,
            endangered=course.parked.endangered if course.parked is not None else (),
        )
        self._lot.keep(parked)
        self.run.noting.parked(parked.scenario, parked.parked, parked.due)
        self.parked.append(parked)
        return Inconclusive(f"parked until {moment(parked.due)}: `run --due` goes on with it then")

    def _unspend(self, scenario: Scenario, course: Course) -> None:
        """Take back the logins of then, which this run has not made."""
        if course.parked is not None:
            self.logins.spent -= course.parked.logins
            self.logins.authorizations -= course.parked.logins
            self.logins.by_scenario[scenario.name] -= course.parked.logins

    async def _probe_first(self) -> None:
        """Present nothing to a provider that is not there.

        Raises:
            Inconclusive: it does not answer.

        """
        if not await self.probing.is_answered():
            raise Inconclusive("the provider does not answer: it stays parked")

    async def _control(self, presented: Sequence[Scenario]) -> None:
        """Log in anew; where that is not accepted either, no refusal of what was parked says anything of its age.

        What was accepted is told all the same.
        """
        lineage, connection = Lineage(), self.run.server.connect(CONTROL)
        wire = self._wire(CONTROL, connection)
        provider = self._provider(self.run.profile, wire, lineage, ScenarioClock(connection.clock))
        try:
            problems = {each.name: await self._beside(provider, each) for each in presented}
        finally:
            await connection.close()
        self._keep(wire)
        for name, why in problems.items():
            if why is not None and name in self._refused:
                self._outcomes[name] = Inconclusive(f"beside what was parked, {why}")

    async def _beside(self, provider: Provider, scenario: Scenario) -> str | None:
        try:
            return await self.run.interruption.unless_asked(_not_let_in(provider, scenario))
        except InterruptedRunError as problem:
            return str(problem)


async def _not_let_in(provider: Provider, scenario: Scenario) -> str | None:
    """Why the same is not accepted from a new login, or a new device, either; None where it is."""
    try:
        if "device_code" in scenario.needs:
            device = await device_authorization(provider)
            await provider.clock.wait(device.interval)
            answer = await poll(provider, device)
            return None if answer.waits else f"a new device code is answered by {answer}"
        login = await provider.session()
        if not login.response.accepted:
            return f"a new login is answered by {login.response}"
        if "refresh" in scenario.needs:
            answer = await provider.refresh(login.refresh_token, client=login.client)
            return None if answer.accepted else f"the refresh token of a new login is answered by {answer}"
        return await _not_at_the_resource(provider, login) if set(scenario.needs) == {"login"} else None
    except NotJudged as problem:
        return f"nobody is let in: {problem}"


async def _not_at_the_resource(provider: Provider, login: Login) -> str | None:
    """Why the resource takes no new access token either; None where it does, or where there is none."""
    try:
        status = (await provider.resource(login.access_token)).response.status
    except NotApplicable:
        return None
    return None if status // 100 == 2 else f"a new access token is answered by {status}"
