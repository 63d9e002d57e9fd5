"""What stands in `evidence.jsonl`, line by line: the format from which reports, recordings and later judgements are made."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeFloat, TypeAdapter

from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.wire.exchange import Exchange, Request, Response

SCHEMA = 1
"""The version of the format."""

FILE = "evidence.jsonl"


class Line(BaseModel):
    """A line; members that a reader does not know may stand beside those that it does."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)  # who writes lines validates none


class Selection(Line):
    """What was asked of the run beside its profile; `only` are the scenarios that it took up again."""

    keywords: str = ""
    marks: str = ""
    only: list[str] | None = None
    suites: list[str] = []
    strict: bool = False
    complete: bool = False
    repeats: bool = True
    most_failures: int = 0
    levels: list[str] = []


class Called(Line):
    """How the run was called, as far as another one of its profile is to be called alike.

    Paths are those from the folder of the evidence; that of a profile which comes along is left out.
    """

    profile: str | None = None
    env_files: list[str] = []
    session_file: str | None = None
    keyring: bool = False
    proxy: str | None = None


class Begin(Line):
    """The first line: what is tested, and what the run is about to do. `profile` is the file's name without its ending."""

    type: Literal["begin"] = "begin"
    schema_: Literal[1] = Field(1, alias="schema")
    suite_version: str
    profile: str
    described: dict[str, Any]
    required: list[str] | None = None
    server: Literal["live", "emulated", "recorded"]
    description: str
    documentation: bool = False
    started: AwareDatetime
    selection: Selection
    called: Called | None = None
    scenarios: list[str]


class ScenarioBegan(Line):
    """A scenario sets out as one of the profile's users, at a seat whose browser it takes over, and, unless `afresh`, whose
    session.
    """

    type: Literal["scenario_began"] = "scenario_began"
    scenario: str
    at: AwareDatetime
    seat: str
    user: int = 0
    afresh: bool = False


class Reason(Line):
    """Why a scenario has no transcript; `kind` is the class of the reason."""

    kind: str
    message: str
    stopped_by: str | None = None


class ScenarioEnded(Line):
    """A scenario has ended: what it let pass, in seconds, the longest wait that it was not allowed, and its logins."""

    type: Literal["scenario_ended"] = "scenario_ended"
    scenario: str
    at: AwareDatetime
    reason: Reason | None = None
    waited: NonNegativeFloat = 0
    lacking: NonNegativeFloat | None = None
    alone: bool = False
    logins: int = 0


class ScenarioParked(Line):
    """A scenario waits for `run --due`: since when, and until when it has to."""

    type: Literal["scenario_parked"] = "scenario_parked"
    scenario: str
    since: AwareDatetime
    due: AwareDatetime


class Drew(Line):
    """A value that the run made up, and sent after that."""

    type: Literal["drew"] = "drew"
    scenario: str
    kind: str
    value: str


class Message(Line):
    """Headers and body of a request or an answer; the body is in Base64 where it is not UTF-8."""

    headers: list[tuple[str, str]] = []
    body: str = ""
    encoding: Literal["base64"] | None = None

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return b64decode(self.body) if self.encoding else self.body.encode("utf-8", "surrogatepass")


class Sent(Message):
    """A request, and the certificate chain (PEM) that its connection presented."""

    method: str
    url: str
    certificate: str | None = None


class Came(Message):
    """An answer; `note` says what was left out of it."""

    status: int
    note: str = ""


class Exchanged(Line):
    """One exchange, as soon as it was over: see `Exchange`. `undocumented` are the parts of the answer that a recording lacks."""

    type: Literal["exchange"] = "exchange"
    scenario: str
    number: int
    started: AwareDatetime
    seconds: float
    request: Sent
    answer: Came | None = None
    failure: str | None = None
    hung_up: bool = False
    put_off: bool = False
    held_back: float = 0.0
    repeated: bool = False
    again_of: int | None = None
    undocumented: list[str] = []

    def exchange(self) -> Exchange:
        """The exchange."""
        sent, came = self.request, self.answer
        chain = sent.certificate
        certificate = ClientCertificate(chain.encode(), b"") if chain is not None else None
        return Exchange(
            scenario=self.scenario,
            number=self.number,
            request=Request(sent.method, sent.url, tuple(sent.headers), sent.content, certificate),
            answer=Response(came.status, tuple(came.headers), came.content, came.note) if came is not None else None,
            started=self.started,
            seconds=self.seconds,
            failure=self.failure,
            hung_up=self.hung_up,
            put_off=self.put_off,
            held_back=self.held_back,
            repeated=self.repeated,
            again_of=self.again_of,
            undocumented=frozenset(self.undocumented),
        )


class ShookHands(Line):
    """A TLS handshake without a request, and how it ended; see `Handshake`."""

    type: Literal["handshake"] = "handshake"
    scenario: str
    address: str
    versions: str
    outcome: str
    version: str | None = None
    reason: str = ""


class Signed(Line):
    """Whose key the signature of a JWT is by: a published key by its thumbprint (RFC 7638), or `client:NAME` for a secret.

    The JWT stands here as everywhere in the file, with the signature of nothing: who reads signs it anew.
    """

    type: Literal["signed"] = "signed"
    token: str
    by: str


class Compared(Line):
    """An exchange and the control that it was held against, by their ids."""

    type: Literal["compared"] = "compared"
    attempt: str
    control: str


class Gathered(Line):
    """All scenarios are over, or `again` those that were repeated: what the run came upon."""

    type: Literal["gathered"] = "gathered"
    at: AwareDatetime
    again: bool = False
    trouble: str | None = None
    no_session: bool = False
    stopped: int | None = None
    noticed: list[str] = []
    refused: dict[str, str] = {}


class BrokenOff(Line):
    """The last line of a run that did not come to its end, with the reason (`by SIGTERM`) and all that was noticed."""

    type: Literal["broken_off"] = "broken_off"
    at: AwareDatetime
    why: str
    noticed: list[str] = []


class CutShort(Line):
    """The last line where no more could be written, and why (`No space left on device`); the run went on without it."""

    type: Literal["cut_short"] = "cut_short"
    at: AwareDatetime
    why: str


class End(Line):
    """The last line, with all that was noticed of the provider, how the run took its leave among it, and the `trouble` that
    came up behind its scenarios.
    """

    type: Literal["end"] = "end"
    at: AwareDatetime
    noticed: list[str] = []
    trouble: str | None = None


AnyLine = Annotated[
    Begin
    | ScenarioBegan
    | ScenarioEnded
    | ScenarioParked
    | Drew
    | Exchanged
    | ShookHands
    | Signed
    | Compared
    | Gathered
    | BrokenOff
    | CutShort
    | End,
    Field(discriminator="type"),
]

LINES: TypeAdapter[AnyLine] = TypeAdapter(AnyLine, config=ConfigDict(defer_build=True))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a line."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **LINES.json_schema()}


def body_of(content: bytes) -> dict[str, str]:
    """A body as lines have it."""
    try:
        return {"body": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body": b64encode(content).decode(), "encoding": "base64"}
