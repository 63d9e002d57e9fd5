"""Recordings as files: HAR, the archives of Playwright with bodies in files of their own, folders of both.

A file that breaks off, as that of a recorder that was killed, is read as far as its entries are whole.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from token_conformance.profile.mistakes import expected, named
from token_conformance.servers.har import PACKED, Creator, HarFile, Part, Recording
from token_conformance.servers.har_doubles import once
from token_conformance.servers.problems import RecordingError

Attachment = Callable[[str], bytes | None]
"""Gives a file that belongs to a recording by its name, or nothing."""

ENDINGS = (".har", ".zip", ".har.gz")
LONGEST = 256 * 1024 * 1024
"""Bytes of a file that is read, as it is or unpacked."""

_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_PLAIN_NAME = re.compile(r"[^/\\:]+")
_WHOLE = re.compile(r"[\s,]*")


def read(path: Path) -> Recording:
    """The recording in a file, or those in a folder, one after the other.

    Raises:
        RecordingError: it cannot be read, or it is no HAR 1.2.

    """
    return read_all([path])


def read_all(paths: Sequence[Path]) -> Recording:
    """The recordings in files and folders as one, in the order in which the exchanges were made.

    Raises:
        RecordingError: one cannot be read, or is no HAR 1.2.

    """
    first, *further = [_recording(file) for path in paths for file in _files(path)]
    if not further:
        return first if first.labelled else first.model_copy(update=_once([first]))
    recordings = [first, *further]
    if not any(each.labelled for each in recordings):
        return first.model_copy(update=_joined(recordings) | _once(recordings))
    return first.model_copy(update=_joined(recordings))


def _once(recordings: Sequence[Recording]) -> dict[str, object]:
    """The exchanges of recordings, each of them once, and how many stand there again."""
    entries = once([each.entries for each in recordings])
    return {"entries": entries, "doubled": sum(len(each.entries) for each in recordings) - len(entries)}


def _joined(recordings: Sequence[Recording]) -> dict[str, object]:
    entries = sorted((entry for each in recordings for entry in each.entries), key=attrgetter("started"))
    names = dict.fromkeys(str(each.creator) for each in recordings)
    creator = Creator(name=", ".join(filter(None, names)))
    drawn = {kind: values for each in recordings for kind, values in each.drawn.items()}
    variables = {name: value for each in recordings for name, value in each.variables.items()}
    cut = any(each.breaks_off for each in recordings)
    return {"entries": entries, "drawn": drawn, "variables": variables, "creator": creator, "breaks_off": cut}


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.iterdir() if each.name.lower().endswith(ENDINGS))
    if not found:
        raise RecordingError(f"{path}: no recording in this folder; expected files that end in .har, .har.gz or .zip")
    return found


def _recording(path: Path) -> Recording:
    try:
        recording = HarFile.model_validate(_json(path)).log
    except ValidationError as error:
        raise RecordingError(_sentence(path, error.errors(include_url=False, include_input=False))) from None
    if recording.rendered_anew:
        return _without("request", recording)
    return _without("authorization", recording) if recording.sanitized else recording


def _without(part: Part, recording: Recording) -> Recording:
    """The recording, in which nobody knows a part of any exchange."""
    lacking = ({"undocumented": each.undocumented | {part}} for each in recording.entries)
    pairs = zip(recording.entries, lacking, strict=True)
    return recording.model_copy(update={"entries": [each.model_copy(update=change) for each, change in pairs]})


def _json(path: Path) -> object:
    """The file as JSON, with what stands in files of its own put in."""
    try:
        if path.stat().st_size > LONGEST:
            raise RecordingError(
                f"{path}: longer than {LONGEST // 2**20} MB; export the exchanges of the provider alone"
            )
        if is_zipfile(path):
            with ZipFile(path) as archive:
                name = _har_in(path, archive)
                return _put_together(_parsed(path, _unpacked(path, archive, name)), _of_archive(path, archive))
        return _put_together(_parsed(path, _content(path)), _beside(path))
    except FileNotFoundError:
        raise RecordingError(f"{path}: no such file; expected a recording in HAR 1.2") from None
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}; expected a recording in HAR 1.2") from None
    except (EOFError, zlib.error):
        raise RecordingError(f"{path}: compressed, and cannot be unpacked to its end") from None
    except BadZipFile as error:
        raise RecordingError(f"{path}: an archive that cannot be read: {error}") from None


def _content(path: Path) -> bytes:
    """The bytes of a file, unpacked where gzip has packed it."""
    with path.open("rb") as file:
        packed = file.read(len(PACKED)) == PACKED
    if not packed:
        return path.read_bytes()
    with gzip.open(path) as unpacked:
        content = unpacked.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise RecordingError(f"{path}: unpacked it is longer than {LONGEST // 2**20} MB")
    return content


def _har_in(path: Path, archive: ZipFile) -> str:
    found = [name for name in archive.namelist() if name.lower().endswith(".har")]
    if len(found) != 1:
        raise RecordingError(f"{path}: {len(found)} recordings in this archive; expected one, as Playwright writes it")
    return found[0]


def _unpacked(path: Path, archive: ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LONGEST:
        raise RecordingError(f"{path}: {name} in it is longer than {LONGEST // 2**20} MB")
    return archive.read(name)


def _of_archive(path: Path, archive: ZipFile) -> Attachment:
    names = set(archive.namelist())
    return lambda name: _unpacked(path, archive, name) if name in names else None


def _beside(path: Path) -> Attachment:
    """What lies in the folder of the recording; a recording names no other files of the machine."""

    def attached(name: str) -> bytes | None:
        file = path.parent / name
        return file.read_bytes() if _PLAIN_NAME.fullmatch(name) and file.is_file() else None

    return attached


def _put_together(har: object, attached: Attachment) -> object:
    for entry in _entries_of(har):
        for owner in (_member(_member(entry, "response"), "content"), _member(_member(entry, "request"), "postData")):
            name = owner.get("_file")
            body = attached(name) if isinstance(name, str) else None
            if body is not None:
                owner["text"], owner["encoding"] = b64encode(body).decode(), "base64"
    return har


def _entries_of(har: object) -> list[Any]:
    entries = _member(har, "log").get("entries")
    return entries if isinstance(entries, list) else []


def _member(value: object, name: str) -> dict[str, Any]:
    """A member that is an object, or an object of nobody."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _parsed(path: Path, content: bytes) -> object:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path}: byte {error.start}: not UTF-8; expected a recording in HAR 1.2") from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        entries = list(_whole_entries(text))
        if not entries:
            raise RecordingError(
                f"{path}: line {error.lineno}: not JSON ({error.msg}); expected a recording in HAR 1.2"
            ) from None
        return {"log": {"version": "1.2", "entries": entries, "_breaks_off": True}}
    except (ValueError, RecursionError):
        raise RecordingError(f"{path}: not JSON that can be read; expected a recording in HAR 1.2") from None


def _whole_entries(text: str) -> Iterator[object]:
    """The entries of a file that breaks off, as far as they are whole."""
    beginning = _ENTRIES.search(text)
    at, decoder = (beginning.end() if beginning else len(text)), json.JSONDecoder()
    while (between := _WHOLE.match(text, at)) is not None and between.end() < len(text):
        try:
            entry, at = decoder.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            return
        yield entry


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
