"""HAR 1.2: the parts of a recording that a replay reads, custom fields (with an underscore in front) included.

Exporters are read as they are: Playwright writes a status of -1 where there was no answer, and bodies into files of their
own; developer tools, puppeteer-har and chrome-har leave bodies out that they did not see, or write parameters alone.
What was not recorded is *not known*: it is never taken for empty.
"""

from __future__ import annotations

import binascii
import re
import zlib
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from token_conformance.servers.http_addresses import has_place_for

Part = Literal["request", "authorization", "status", "headers", "members", "body"]
"""What a recording may lack of an exchange: what was sent, or what authenticated it, or of the answer."""

DEVELOPER_TOOLS = "WebInspector"
"""How the developer tools of Chromium name themselves: by default they leave Authorization and cookies out."""

RENDERING = "Insomnia"
"""What writes each request as its template reads at the time of the export."""

BODILESS = {204, 205, *range(300, 400)}
"""Statuses whose answers have no content (RFC 9110 §15.3.5, §15.3.6), or none that tells anything: redirects."""


PACKED = b"\x1f\x8b"
"""How bytes begin that gzip has packed (RFC 1952 §2.3.1)."""

LONGEST_BODY = 16 * 1024 * 1024
"""Bytes of a body that is unpacked."""

_ENCODED = re.compile("%[0-9A-Fa-f]{2}")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def _http_url(text: str) -> str:
    if not has_place_for(text):
        raise ValueError("an http or https URL")
    return text


def _unpacked(body: bytes) -> bytes:
    """What gzip has packed; the bytes as they are, where that cannot be unpacked to its end."""
    if not body.startswith(PACKED):
        return body
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacking.decompress(body, LONGEST_BODY)
    except zlib.error:
        return body
    return found if unpacking.eof else body


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _at_least_zero(value: object) -> object:
    """Nothing below zero: -1 stands for what was not seen, an answer or a time."""
    if value is None:
        return 0
    return max(value, 0) if isinstance(value, int | float) and not isinstance(value, bool) and value == value else value


def _of_http(entries: object) -> object:
    """Leave out what a browser loads by other schemes: `data:`, `blob:`, its own pages."""
    return (
        [entry for entry in entries if not _OTHER_SCHEME.match(_url_of(entry))]
        if isinstance(entries, list)
        else entries
    )


def _url_of(entry: object) -> str:
    request = entry.get("request") if isinstance(entry, dict) else None
    url = request.get("url") if isinstance(request, dict) else None
    return url if isinstance(url, str) else ""


class HarObject(BaseModel):
    """An object of a HAR; members that a replay does not read may stand beside those that it does."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Pair(HarObject):
    """A header, or a parameter of a form."""

    name: str
    value: str = ""


class PostData(HarObject):
    """The body of a request."""

    media_type: str = Field("", alias="mimeType")
    text: Annotated[str, BeforeValidator(_or_empty)] = ""
    encoding: str | None = Field(None, validation_alias=AliasChoices("encoding", "_encoding"))
    params: list[Pair] = []

    @property
    def is_form(self) -> bool:
        """Whether it is form-encoded."""
        return self.media_type.lower().startswith("application/x-www-form-urlencoded")

    @property
    def written(self) -> str:
        """The body as it was sent, made of its parameters where these alone were recorded.

        Developer tools write them as they were encoded, others decoded: a percent sign with two digits tells.
        """
        if self.encoding == "base64":
            return self.content.decode("utf-8", "replace")
        if self.text or not self.is_form:
            return self.text
        if any(_ENCODED.search(pair.value) for pair in self.params):
            return "&".join(f"{pair.name}={pair.value}" for pair in self.params)
        return urlencode([(pair.name, pair.value) for pair in self.params])

    @property
    def content(self) -> bytes:
        """The bytes of what was recorded as text."""
        return b64decode(self.text) if self.encoding == "base64" else self.text.encode("utf-8", "surrogatepass")


class RecordedRequest(HarObject):
    """What was sent."""

    method: str
    url: Annotated[str, AfterValidator(_http_url)]
    headers: list[Pair] = []
    post_data: PostData | None = Field(None, alias="postData")

    def header(self, name: str) -> str | None:
        """The value of a header, None where it is absent."""
        return next((pair.value for pair in self.headers if pair.name.lower() == name.lower()), None)


class Content(HarObject):
    """The body of a response, decoded from any content coding; `size` is the number of its bytes, -1 where none knows."""

    text: str | None = None
    encoding: str | None = None
    size: float = 0

    @model_validator(mode="after")
    def _decodable(self) -> Content:
        try:
            self.body  # noqa: B018 - decodes it
        except (binascii.Error, ValueError):
            raise ValueError("text in Base64") from None
        return self

    @property
    def body(self) -> bytes:
        """The bytes, unpacked where a recorder has left them as they came."""
        text = self.text or ""
        if self.encoding == "base64":
            return _unpacked(b64decode(text, validate=True))
        if text.startswith(PACKED.decode("latin-1")) and max(text) < "\u0100":
            return _unpacked(text.encode("latin-1"))
        return text.encode("utf-8", "surrogatepass")

    @property
    def left_out(self) -> bool:
        """Whether there was a body, or may have been, that was not recorded, or not to its end."""
        return self.size != 0 if self.text is None else self._is_spoilt

    @property
    def _is_spoilt(self) -> bool:
        """Whether it is packed for good, or an object of JSON that is shorter than what came and has no end."""
        body = self.body
        if body.startswith((PACKED, PACKED[:1] + "\ufffd".encode())):
            return True
        return body.lstrip().startswith(b"{") and len(body) < self.size and not body.rstrip().endswith(b"}")


class RecordedResponse(HarObject):
    """What came back; status 0 where nothing did, and where Firefox shows a page that was left before it was noted."""

    status: Annotated[int, BeforeValidator(_at_least_zero)] = Field(ge=0, le=999)
    headers: list[Pair] = []
    content: Content = Content()

    @property
    def came(self) -> bool:
        """Whether there was an answer: its status may be unknown all the same."""
        return bool(self.status or (self.headers and self.content.text))


class OfRun(HarObject):
    """What the recording of a run tells of an exchange beyond its request and its answer; see `Exchange`.

    `place` is that among the lines of the run's evidence, `note` what was left out of the answer.
    """

    place: int = Field(ge=0)
    number: int
    failure: str | None = None
    hung_up: bool = False
    put_off: bool = False
    held_back: float = 0.0
    repeated: bool = False
    again_of: int | None = None
    certificate: str | None = None
    note: str = ""


class Entry(HarObject):
    """One recorded exchange."""

    started: AwareDatetime = Field(alias="startedDateTime")
    milliseconds: Annotated[float, BeforeValidator(_at_least_zero)] = Field(0, alias="time", ge=0, le=86_400_000)
    request: RecordedRequest
    response: RecordedResponse
    scenario: str | None = Field(None, alias="_scenario")
    of_run: OfRun | None = Field(None, alias="_exchange")
    undocumented: frozenset[Part] = Field(frozenset(), alias="_undocumented")
    uncompared: frozenset[str] = Field(frozenset(), alias="_uncompared")
    after_wait: bool = Field(default=False, alias="_after_wait")

    @property
    def unknown(self) -> frozenset[Part]:
        """The parts of the answer that the recording does not hold."""
        status, content = self.response.status, self.response.content
        bodiless = status in BODILESS or self.request.method.upper() == "HEAD"
        unread: set[Part] = {"body"} if self.response.came and content.left_out and not bodiless else set()
        return self.undocumented | unread | ({"status"} if self.response.came and not status else set())

    @property
    def ended(self) -> datetime:
        """When the answer had come."""
        return self.started + timedelta(milliseconds=self.milliseconds)


class Creator(HarObject):
    """What wrote a HAR file."""

    name: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class Recording(HarObject):
    """The log of a HAR file."""

    version: Literal["1.2"]
    creator: Creator = Creator()
    entries: Annotated[list[Entry], BeforeValidator(_of_http)] = Field(min_length=1)
    origin: Literal["documentation", "run"] | None = Field(None, alias="_origin")
    profile: str | None = Field(None, alias="_profile")
    source: str | None = Field(None, alias="_source")
    breaks_off: bool = Field(default=False, alias="_breaks_off")
    doubled: int = Field(0, alias="_doubled")
    variables: dict[str, str] = Field({}, alias="_variables")
    drawn: dict[str, list[str]] = Field({}, alias="_drawn")
    evidence: list[dict[str, Any]] = Field([], alias="_evidence")

    @property
    def of_run(self) -> bool:
        """Whether it was made of the evidence of a run, and holds all of that."""
        return self.origin == "run" and bool(self.evidence) and all(entry.of_run is not None for entry in self.entries)

    @property
    def sanitized(self) -> bool:
        """Whether what authenticates was left out when the recording was written."""
        presented = any(entry.request.header("authorization") for entry in self.entries)
        return self.creator.name == DEVELOPER_TOOLS and not presented

    @property
    def rendered_anew(self) -> bool:
        """Whether the requests may be those that would have been sent when the recording was written.

        Insomnia fills its templates in once more then: what all refreshes present alike may never have been sent.
        """
        bodies = (entry.request.post_data for entry in self.entries if entry.request.post_data is not None)
        refreshes = [
            form for each in bodies if (form := dict(parse_qsl(each.written))).get("grant_type") == "refresh_token"
        ]
        presented = {form.get("refresh_token") for form in refreshes}
        return self.creator.name.startswith(RENDERING) and len(presented) < 2

    @property
    def timeless(self) -> bool:
        """Whether all exchanges bear one time, so that nobody knows in which order they were made."""
        return len(self.entries) > 1 and len({entry.started for entry in self.entries}) == 1

    @property
    def labelled(self) -> bool:
        """Whether it was made for the scenarios of this suite; all others come from elsewhere."""
        labels = (self.origin, self.drawn, self.variables)
        return any(labels) or any(entry.scenario is not None or entry.after_wait for entry in self.entries)


class HarFile(HarObject):
    """The outermost object of a HAR file."""

    log: Recording
