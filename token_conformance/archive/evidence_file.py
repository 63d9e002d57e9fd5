"""Writes a run's evidence as it comes: a line for each exchange that is over, with pseudonyms before it is written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from pydantic_core import to_json

from token_conformance import __version__
from token_conformance.archive.signatures import Signatures
from token_conformance.judging.refusal import Comparison
from token_conformance.redaction.pseudonymous import Pseudonymous, Told
from token_conformance.redaction.pseudonymous_profile import with_pseudonyms
from token_conformance.running.run import Run
from token_conformance.running.waiting import Waits
from token_conformance.servers.evidence_lines import (
    FILE,
    SCHEMA,
    Begin,
    BrokenOff,
    Called,
    Compared,
    CutShort,
    Drew,
    End,
    Exchanged,
    Gathered,
    Line,
    ScenarioBegan,
    ScenarioEnded,
    ScenarioParked,
    Selection,
    ShookHands,
    Signed,
    body_of,
)
from token_conformance.verdict import Inconclusive, Limited, NoLogin, NotApplicable, NotJudged, TooLong
from token_conformance.wire.exchange import Exchange
from token_conformance.wire.tls_probe import Handshake

if TYPE_CHECKING:
    from token_conformance.running.record import Record

Arguments = ParamSpec("Arguments")


def unfailing(
    note: Callable[Concatenate[EvidenceFile, Arguments], None],
) -> Callable[Concatenate[EvidenceFile, Arguments], None]:
    """Note something if that is still possible, and remember why it is not."""

    def noted(file: EvidenceFile, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        if file.problem is not None:
            return
        try:
            note(file, *arguments, **named)
        except OSError as error:
            file.give_up(error.strerror or str(error))
        except Exception as error:
            file.give_up(f"a defect of the suite, {type(error).__name__}")

    return noted


class EvidenceFile:
    """The evidence of one run, a line at a time; what has been written survives whatever becomes of the process.

    It costs a run nothing but itself: where it cannot be written any more, `problem` says why, and the run goes on.
    `selection` and `called` are what was asked of the run beside its profile.
    """

    def __init__(self, folder: Path, run: Run, selection: Selection, called: Called | None = None) -> None:
        self.path = folder / FILE
        self.problem: str | None = None
        self._run, self._selection, self._called = run, selection, called
        self._told = Pseudonymous(run.profile, run.redactor)
        self._signatures = Signatures(run.profile)
        self._descriptor: int | None = None
        self._written = 0

    @unfailing
    def begin(self, scenarios: Iterable[str]) -> None:
        """Make the file, and write what is tested, and what the run is about to do."""
        run = self._run
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
        self._write(
            Begin,
            schema=SCHEMA,
            suite_version=__version__,
            profile=run.name,
            described=with_pseudonyms(run.profile, self._told.pseudonyms).model_dump(mode="json", exclude_unset=True),
            required=sorted(run.profile.required) if run.profile.required is not None else None,
            server=run.server.kind,
            description=self._told.text(run.server.description),
            documentation=run.server.documentation,
            started=run.started,
            selection=self._selection.model_dump(),
            called=self._called.model_dump() if self._called is not None else None,
            scenarios=list(scenarios),
        )

    @unfailing
    def drew(self, scenario: str, kind: str, value: str) -> None:
        """Write a value that the run made up, which it is about to send."""
        self._write(Drew, scenario=scenario, kind=kind, value=self._told.drawn(kind, value))

    @unfailing
    def exchanged(self, exchange: Exchange) -> None:
        """Write an exchange that is over, and whose the signatures of its JWTs are."""
        told = self._told.exchange(exchange)
        self._write(Exchanged, **_members(exchange, told))
        for token, by in self._signatures.learn(exchange, told.tokens):
            self._write(Signed, token=token, by=by)

    @unfailing
    def shook_hands(self, scenario: str, address: str, versions: str, handshake: Handshake) -> None:
        """Write how a handshake ended."""
        ended = {"outcome": handshake.outcome, "version": handshake.version, "reason": handshake.reason}
        self._write(ShookHands, scenario=scenario, address=address, versions=versions, **ended)

    @unfailing
    def began(self, scenario: str, at: datetime, seat: int | str, user: int, *, afresh: bool) -> None:
        """Write that a scenario sets out."""
        self._write(ScenarioBegan, scenario=scenario, at=at, seat=str(seat), user=user, afresh=afresh)

    @unfailing
    def ended(self, scenario: str, at: datetime, outcome: Any, waits: Waits, logins: int) -> None:
        """Write that a scenario has ended."""
        reason = self._reason(outcome) if isinstance(outcome, Exception) else None
        waited = {"waited": waits.passed, "lacking": waits.lacking, "alone": waits.alone}
        self._write(ScenarioEnded, scenario=scenario, at=at, reason=reason, logins=logins, **waited)

    @unfailing
    def parked(self, scenario: str, since: datetime, due: datetime) -> None:
        """Write that a scenario waits for a later run."""
        self._write(ScenarioParked, scenario=scenario, since=since, due=due)

    @unfailing
    def gathered(self, record: Record, refused: Mapping[str, str] | None = None) -> None:
        """Write what the run came upon."""
        self._write(
            Gathered,
            at=datetime.now(UTC),
            again=refused is not None,
            trouble=self._told.text(record.trouble) if record.trouble is not None else None,
            no_session=record.no_session,
            stopped=record.stopped,
            noticed=[self._told.text(each) for each in record.noticed],
            refused={name: self._told.text(why) for name, why in (refused or {}).items()},
        )

    @unfailing
    def compared(self, comparisons: Sequence[Comparison]) -> None:
        """Write which exchanges were held against which controls, each pair once."""
        for attempt, control in dict.fromkeys((each.attempt.id, each.control.id) for each in comparisons):
            self._write(Compared, attempt=attempt, control=control)

    @unfailing
    def break_off(self, why: str, noticed: Sequence[str] = ()) -> None:
        """Write the last line of a run that does not come to its end."""
        told = [self._told.text(each) for each in noticed]
        self._write(BrokenOff, at=datetime.now(UTC), why=self._told.text(why), noticed=told)
        self.close()

    @unfailing
    def end(self, noticed: Sequence[str] = (), trouble: str | None = None) -> None:
        """Write the last line, with all that was noticed of the provider, and the trouble that came up last."""
        told = [self._told.text(each) for each in noticed]
        self._write(End, at=datetime.now(UTC), noticed=told, trouble=self._told.text(trouble) if trouble else None)
        self.close()

    def give_up(self, why: str) -> None:
        """Write nothing any more but that, where there is room: a line that breaks off makes room for it."""
        self.problem = f"the evidence is cut short, since {self.path} cannot be written: {why}"
        try:
            self._cut_off()
            self._write(CutShort, at=datetime.now(UTC), why=why)
        except OSError:
            with suppress(OSError):
                self._cut_off()
        self.close()

    def _cut_off(self) -> None:
        """Leave nothing behind the last line that is whole."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, self._written)

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _write(self, kind: type[Line], /, **members: Any) -> None:
        if self._descriptor is None:
            return
        line = to_json({"type": kind.model_fields["type"].default, **members}, inf_nan_mode="null") + b"\n"
        if os.write(self._descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._written += len(line)

    def _reason(self, problem: Exception) -> dict[str, Any]:
        told = self._told.text(str(problem))
        stopped_by = problem.stopped_by if isinstance(problem, NotJudged) else None
        named = (
            kind.__name__
            for kind in (TooLong, Limited, NoLogin, NotApplicable, Inconclusive)
            if isinstance(problem, kind)
        )
        return {"kind": next(named, type(problem).__name__), "message": told, "stopped_by": stopped_by}


def _members(exchange: Exchange, told: Told) -> dict[str, Any]:
    """The line of an exchange; what says nothing is left out."""
    request, answer, certificate = told.request, told.answer, exchange.request.certificate
    sent = {"method": request.method, "url": request.url, "headers": request.headers, **body_of(request.body)}
    presented = {"certificate": certificate.chain.decode("ascii", "replace")} if certificate is not None else {}
    came = {"status": answer.status, "headers": answer.headers, **body_of(answer.body)} if answer is not None else None
    flags = ("hung_up", "put_off", "held_back", "repeated", "again_of")
    return {
        "scenario": exchange.scenario,
        "number": exchange.number,
        "started": exchange.started,
        "seconds": exchange.seconds,
        "request": {**sent, **presented},
        "answer": {**came, **({"note": told.note} if told.note else {})} if came is not None else None,
        **({"failure": told.failure} if told.failure is not None else {}),
        **{name: value for name in flags if (value := getattr(exchange, name))},
        **({"undocumented": sorted(exchange.undocumented)} if exchange.undocumented else {}),
    }
