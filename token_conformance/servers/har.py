"""HAR 1.2: the parts of a recording that a replay reads, custom fields (with an underscore in front) included."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import httpx
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from token_conformance.profile.mistakes import expected, named
from token_conformance.servers.problems import RecordingError

Part = Literal["status", "headers", "members"]


def _http_url(text: str) -> str:
    try:
        usable = httpx.URL(text).scheme in {"http", "https"} and bool(httpx.URL(text).host)
    except httpx.InvalidURL:
        usable = False
    if not usable:
        raise ValueError("an http or https URL")
    return text


class HarObject(BaseModel):
    """An object of a HAR; members that a replay does not read may stand beside those that it does."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Pair(HarObject):
    """A header, or a parameter of a form."""

    name: str
    value: str = ""


class PostData(HarObject):
    """The body of a request."""

    media_type: str = Field(alias="mimeType")
    text: str = ""
    params: list[Pair] = []

    @property
    def is_form(self) -> bool:
        """Whether it is form-encoded."""
        return self.media_type.startswith("application/x-www-form-urlencoded")


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
    """The body of a response, decoded from any content coding."""

    text: str = ""
    encoding: Literal["base64"] | None = None

    @model_validator(mode="after")
    def _decodable(self) -> Content:
        try:
            self.body  # noqa: B018 - decodes it
        except (binascii.Error, ValueError):
            raise ValueError("text in Base64") from None
        return self

    @property
    def body(self) -> bytes:
        """The bytes."""
        return (
            b64decode(self.text, validate=True)
            if self.encoding == "base64"
            else self.text.encode("utf-8", "surrogatepass")
        )


class RecordedResponse(HarObject):
    """What came back; status 0 where nothing did."""

    status: int = Field(ge=0, le=999)
    headers: list[Pair] = []
    content: Content = Content()


class Entry(HarObject):
    """One recorded exchange."""

    started: AwareDatetime = Field(alias="startedDateTime")
    milliseconds: float = Field(0, alias="time", ge=0, le=86_400_000)
    request: RecordedRequest
    response: RecordedResponse
    scenario: str | None = Field(None, alias="_scenario")
    undocumented: frozenset[Part] = Field(frozenset(), alias="_undocumented")
    uncompared: frozenset[str] = Field(frozenset(), alias="_uncompared")
    after_wait: bool = Field(default=False, alias="_after_wait")

    @property
    def ended(self) -> datetime:
        """When the answer had come."""
        return self.started + timedelta(milliseconds=self.milliseconds)


class Recording(HarObject):
    """The log of a HAR file."""

    version: Literal["1.2"]
    entries: list[Entry] = Field(min_length=1)
    origin: Literal["documentation", "run"] | None = Field(None, alias="_origin")
    profile: str | None = Field(None, alias="_profile")
    source: str | None = Field(None, alias="_source")
    variables: dict[str, str] = Field({}, alias="_variables")
    drawn: dict[str, list[str]] = Field({}, alias="_drawn")


class HarFile(HarObject):
    """The outermost object of a HAR file."""

    log: Recording


def read(path: Path) -> Recording:
    """The recording in a HAR file.

    Raises:
        RecordingError: it cannot be read, or it is no HAR 1.2.

    """
    try:
        return HarFile.model_validate(_json(path)).log
    except ValidationError as error:
        raise RecordingError(_sentence(path, error.errors(include_url=False, include_input=False))) from None


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise RecordingError(f"{path}: no such file; expected a recording in HAR 1.2") from None
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}; expected a recording in HAR 1.2") from None
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path}: byte {error.start}: not UTF-8; expected a recording in HAR 1.2") from None
    except json.JSONDecodeError as error:
        raise RecordingError(
            f"{path}: line {error.lineno}: not JSON ({error.msg}); expected a recording in HAR 1.2"
        ) from None
    except (ValueError, RecursionError):
        raise RecordingError(f"{path}: not JSON that can be read; expected a recording in HAR 1.2") from None


def _sentence(path: Path, mistakes: list[ErrorDetails]) -> str:
    """Name the first mistake; values are left out, for a recording may hold tokens."""
    first, *further = mistakes
    lack = "missing, " if first["type"] == "missing" else ""
    others = f" (and {len(further)} more mistakes)" if further else ""
    return f"{path}: {named(first['loc']) or 'the file'}: {lack}expected {_wanted(first)}{others}"


def _wanted(mistake: ErrorDetails) -> str:
    """What JSON calls an object, TOML calls a table."""
    if mistake["type"] == "missing":
        return "as in HAR 1.2"
    return expected(mistake).replace("a table", "an object")
