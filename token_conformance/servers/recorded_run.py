"""The recording of a run as its stored evidence: what `archive/recording.py` made of that, taken back to the letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from token_conformance.servers.evidence_lines import FILE, LINES, AnyLine, Came, Exchanged, Sent, body_of
from token_conformance.servers.har import Entry, HarObject, OfRun, Pair, RecordedRequest, RecordedResponse, Recording
from token_conformance.servers.har_files import read
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.stored import StoredEvidence


def is_recording(path: Path) -> bool:
    """Whether a path names a recording, packed or not, and no evidence as it was written, nor the folder of that."""
    return path.is_file() and path.suffix != Path(FILE).suffix


def read_evidence(path: Path) -> StoredEvidence:
    """The evidence in a folder, or in the recording of a run.

    Raises:
        RecordingError: there is none, or it cannot be read.

    """
    if not is_recording(path):
        return StoredEvidence.read(path)
    recording = read(path)
    if not recording.of_run:
        raise RecordingError(
            f"{path}: expected what a run has recorded, with its evidence; `token-conformance judge {path}` judges others"
        )
    return evidence_of(recording, path)


def evidence_of(recording: Recording, path: Path) -> StoredEvidence:
    """The evidence in the recording of a run, which stands in the file of that path.

    Raises:
        RecordingError: it is none.

    """
    lines = sorted([*_beside(recording, path), *_exchanged(recording)], key=lambda each: each[0])
    return StoredEvidence.of_lines(path, tuple(line for _, line in lines))


class Place(HarObject):
    """Where a line stands among all of the evidence."""

    place: int = Field(ge=0)


def _beside(recording: Recording, path: Path) -> Iterator[tuple[int, AnyLine]]:
    """The lines that are no exchanges, with their places."""
    for line in recording.evidence:
        try:
            yield Place.model_validate(line).place, LINES.validate_python(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise RecordingError(f"{path}: log._evidence: {first['msg']}") from None


def _exchanged(recording: Recording) -> Iterator[tuple[int, AnyLine]]:
    for entry in recording.entries:
        if entry.of_run is not None:
            yield entry.of_run.place, _line(entry, entry.of_run)


def _line(entry: Entry, told: OfRun) -> Exchanged:
    return Exchanged(
        scenario=entry.scenario or "",
        number=told.number,
        started=entry.started,
        seconds=entry.milliseconds / 1000,
        request=_sent(entry.request, told),
        answer=_came(entry.response, told) if entry.response.status else None,
        failure=told.failure,
        hung_up=told.hung_up,
        put_off=told.put_off,
        held_back=told.held_back,
        repeated=told.repeated,
        again_of=told.again_of,
        undocumented=sorted(entry.undocumented),
    )


def _sent(request: RecordedRequest, told: OfRun) -> Sent:
    posted = request.post_data
    body = body_of(posted.content if posted is not None else b"")
    head = {"method": request.method, "url": request.url, "headers": _pairs(request.headers)}
    return Sent.model_validate({**head, **body, "certificate": told.certificate})


def _came(response: RecordedResponse, told: OfRun) -> Came:
    head = {"status": response.status, "headers": _pairs(response.headers), "note": told.note}
    return Came.model_validate({**head, **body_of(response.content.body)})


def _pairs(headers: Iterable[Pair]) -> list[tuple[str, str]]:
    return [(pair.name, pair.value) for pair in headers]
