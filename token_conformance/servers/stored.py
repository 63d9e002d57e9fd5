"""Stored evidence as what answers: the exchanges of a run, handed to the scenarios that made them."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import ValidationError

from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.profile.claims import Claim
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Profile
from token_conformance.servers.evidence_lines import (
    FILE,
    LINES,
    AnyLine,
    Begin,
    BrokenOff,
    CutShort,
    Drew,
    End,
    Exchanged,
    Gathered,
    ScenarioEnded,
    ScenarioParked,
    ShookHands,
)
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.signed_lines import signed_anew
from token_conformance.verdict import NotApplicable, TooLong
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange, Request, header
from token_conformance.wire.tls_probe import Handshake, Versions
from token_conformance.wire.transports import NoAnswer, Transport

OfKind = TypeVar("OfKind")


@dataclass(frozen=True)
class StoredEvidence:
    """What `evidence.jsonl` says of a run; it is `whole` where the last line tells its end."""

    folder: Path
    begin: Begin
    lines: tuple[AnyLine, ...]

    @classmethod
    def read(cls, folder: Path) -> StoredEvidence:
        """The evidence in a folder; a last line that breaks off is left out.

        Raises:
            RecordingError: there is none, or it cannot be read.

        """
        path = folder if folder.is_file() else folder / FILE
        return cls.of_lines(path, signed_anew(tuple(_parsed(path))))

    @classmethod
    def of_lines(cls, path: Path, lines: tuple[AnyLine, ...]) -> StoredEvidence:
        """The evidence that these lines are, which stand in a file of that path.

        Raises:
            RecordingError: they do not begin as evidence does.

        """
        if not lines or not isinstance(lines[0], Begin):
            raise RecordingError(f"{path}: expected evidence of a run, whose first line tells what was tested")
        return cls(path.parent, lines[0], lines)

    @cached_property
    def profile(self) -> Profile:
        """The profile that was tested, with pseudonyms in the place of secrets.

        Raises:
            RecordingError: it is not one that this suite can read.

        """
        try:
            context = {"requirements": catalogue(), "renamed": renamed(catalogue())}
            profile = Profile.model_validate(self.begin.described, context=context)
        except ValidationError as error:
            raise RecordingError(f"{self.folder / FILE}: the profile in it cannot be used: {error}") from None
        return profile.requiring(self.required)

    @property
    def required(self) -> Sequence[Claim]:
        """The claims that the provider was held to, where these were not its profile's."""
        return self.begin.required or ()  # type: ignore[return-value]  # claims that were valid then

    @property
    def whole(self) -> bool:
        """Whether the run came to its end."""
        return isinstance(self.lines[-1], End)

    @property
    def until(self) -> datetime:
        """When the run ended, or what is known of it does; the clocks of emulated servers are moved, and tell nothing."""
        told = [line.at for line in self.lines if isinstance(line, Gathered | BrokenOff | CutShort | End)]
        began = [line.started for line in self.of(Exchanged)] if self.begin.server == "live" else []
        return max([self.begin.started, *began, *told])

    def of(self, kind: type[OfKind]) -> Iterator[OfKind]:
        """The lines of a kind, in their order."""
        return (line for line in self.lines if isinstance(line, kind))

    @cached_property
    def tapes(self) -> Mapping[str, Tape]:
        """What is to be replayed, by scenarios; what was not recorded has an empty tape."""
        tapes: defaultdict[str, Tape] = defaultdict(Tape)
        for line in self.lines:
            match line:
                case Exchanged():
                    tapes[line.scenario].exchanges.append(line.exchange())
                case Drew():
                    tapes[line.scenario].drawn[line.kind].append(line.value)
                case ShookHands():
                    tapes[line.scenario].handshakes.append(line)
        return tapes

    @cached_property
    def ended(self) -> Mapping[str, ScenarioEnded]:
        """How the scenarios ended that did, by their names, in the order in which they ended."""
        return {line.scenario: line for line in self.of(ScenarioEnded)}

    def gathered(self, *, again: bool = False) -> Gathered | None:
        """What the run, or its repetition, came upon; None where it did not come to that."""
        return next((line for line in self.of(Gathered) if line.again == again), None)

    @property
    def noticed(self) -> tuple[str, ...]:
        """What was noticed of the provider, as far as it is known."""
        told = (next(self.of(End), None), next(self.of(BrokenOff), None), self.gathered())
        return next((tuple(line.noticed) for line in told if line is not None), ())

    @property
    def broken_off(self) -> str | None:
        """Why the run did not come to its end (`by SIGTERM`); None where it did, or had no time to say it."""
        return next((line.why for line in self.of(BrokenOff)), None)

    @property
    def cut_short(self) -> str | None:
        """Why the evidence could not be written to the run's end (`No space left on device`); None where it could."""
        return next((line.why for line in self.of(CutShort)), None)

    @property
    def parked(self) -> tuple[ScenarioParked, ...]:
        """What waited for a later run when this one ended, those due first at the beginning."""
        found = {line.scenario: line for line in self.of(ScenarioParked)}
        return tuple(sorted(found.values(), key=lambda line: line.due))

    @property
    def late_trouble(self) -> str | None:
        """The trouble that came up behind the last scenario."""
        return next((line.trouble for line in self.of(End)), None)


@dataclass
class Tape:
    """What one scenario sent and got: each exchange answers once, and what was sent again comes with what it repeats."""

    exchanges: list[Exchange] = field(default_factory=list)
    drawn: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    handshakes: deque[ShookHands] = field(default_factory=deque)
    _used: set[int] = field(default_factory=set)
    _made_up: Counter[str] = field(default_factory=Counter)

    def take(self, request: Request) -> list[Exchange]:
        """The exchange of a request, with those in which it was sent again; nothing where there is none.

        What is like it to the letter comes first, then what has the same parameters, then what went to the same address:
        proofs and assertions are other ones each time.
        """
        for alike in (_to_the_letter, _parameters, _address):
            wanted = alike(request)
            found = next((each for each in self._left() if alike(each.request) == wanted), None)
            if found is not None:
                return self._with_repetitions(found)
        return []

    def draw(self, kind: str) -> str:
        """The next value of a kind that the scenario drew; after the last one, made-up ones, always the same."""
        if self.drawn[kind]:
            return self.drawn[kind].popleft()
        self._made_up[kind] += 1
        return f"not-in-the-evidence-{kind}-{self._made_up[kind]:04d}".ljust(43, "x")[:43]

    def _left(self) -> Iterator[Exchange]:
        return (each for each in self.exchanges if each.number not in self._used and each.again_of is None)

    def _with_repetitions(self, first: Exchange) -> list[Exchange]:
        found = [first]
        while (again := next((each for each in self.exchanges if each.again_of == found[-1].number), None)) is not None:
            found.append(again)
        self._used.update(each.number for each in found)
        return found


def counting(exchanges: list[Exchange]) -> Exchange:
    """Which of several answers to one request counts: the last one, unless it is none where an earlier one came."""
    *earlier, last = exchanges
    return earlier[-1] if earlier and last.answer is None and not earlier[-1].put_off else last


class StoredConnection:
    """A scenario's way to its own past."""

    def __init__(self, tape: Tape, began: datetime, *, longest: int | None) -> None:
        self.tape = tape
        self.clock = StoredClock(began, longest)
        self.transport: Transport = httpx.MockTransport(_nothing)

    def presenting(self, certificate: ClientCertificate) -> Transport:  # noqa: ARG002 - nothing is sent
        """The same."""
        return self.transport

    async def handshake(self, address: str, versions: Versions) -> Handshake:  # noqa: ARG002 - in their order
        """The next handshake of the scenario."""
        if not self.tape.handshakes:
            raise NotApplicable("the evidence holds no handshake")
        line = self.tape.handshakes.popleft()
        return Handshake(line.outcome, line.version, line.reason)  # type: ignore[arg-type]  # as it was written

    def draw(self, kind: str) -> str:
        """The next value that the scenario drew."""
        return self.tape.draw(kind)

    def told(self, exchange: Exchange) -> Exchange:
        """The exchange as it is: evidence has no gaps."""
        return exchange

    async def close(self) -> None:
        """Nothing is held."""


class StoredClock:
    """The time in which a scenario lived: that of its last answer, and what it waits for after that."""

    def __init__(self, began: datetime, longest: int | None) -> None:
        self.present = began
        self._longest = longest

    def now(self) -> datetime:
        """The present (UTC)."""
        return self.present

    def check(self, seconds: float) -> None:
        """Refuse what the run refused."""
        if self._longest is not None and seconds > self._longest:
            raise TooLong(f"it takes a wait of {seconds:.0f} s; limits.max_wait is {self._longest} s")

    async def wait(self, seconds: float) -> None:
        """Let that many seconds pass, at once."""
        self.check(seconds)
        self.present += timedelta(seconds=seconds)


class StoredServer:
    """What answered then; `recorded` names the recording, where the evidence is not taken from the run's own folder.

    `since` is when it was made (UTC), by which the reports of a recording are known.
    """

    variables: Mapping[str, str] = {}

    def __init__(self, evidence: StoredEvidence, recorded: str | None = None) -> None:
        self.evidence, self.recorded = evidence, recorded
        self.since = datetime.now(UTC)
        self.kind: ServerKind = evidence.begin.server
        self.documentation = evidence.begin.documentation
        source = "its evidence" if recorded is None else f"its recording {recorded}"
        self.description = f"{evidence.begin.description}; judged again from {source}"

    def connect(self, scenario: str, began: datetime | None = None) -> StoredConnection:
        """What a scenario, or a part of the run that has a name like one, sent and got."""
        live, limits = self.kind == "live", self.evidence.profile.limits
        tape, began = self.evidence.tapes[scenario], began or self.evidence.begin.started
        return StoredConnection(tape, began, longest=limits.max_wait if live else None)


def _parsed(path: Path) -> Iterator[AnyLine]:
    try:
        written = path.read_bytes().split(b"\n")
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}; expected the evidence of a run") from None
    for number, line in enumerate(written, 1):
        try:
            if line:
                yield LINES.validate_json(line)
        except ValidationError as error:
            if number == len(written):  # it breaks off, as the run did
                return
            first = error.errors(include_url=False, include_input=False)[0]
            raise RecordingError(f"{path}: line {number}: {first['msg']}") from None


def _to_the_letter(request: Request) -> object:
    return request.method, request.url, request.body, header(request.headers, "authorization")


def _parameters(request: Request) -> object:
    parts = urlsplit(request.url)
    names = sorted(name for name, _ in (*parse_qsl(parts.query, keep_blank_values=True), *request.form))
    authorization = header(request.headers, "authorization")
    return request.method, parts.netloc, parts.path, names, authorization is None


def _address(request: Request) -> object:
    parts = urlsplit(request.url)
    return request.method, parts.netloc, parts.path


def _nothing(request: httpx.Request) -> httpx.Response:
    raise NoAnswer(f"nothing is sent to {request.url.host}: this is evidence")


def not_held(scenario: str, number: int, request: Request, at: datetime) -> Exchange:
    """The exchange of a request that the evidence does not hold."""
    failure = f"the evidence does not hold an answer to {request.method} {request.path}"
    return Exchange(scenario, number, request, None, at, failure=failure)
