"""A recording of a run (HAR 1.2), made of its evidence: what a browser's developer tools open, and a later run judges.

Secrets and what is said of people have pseudonyms in the evidence already; the JWTs are signed by throw-away keys, which stand
in the key sets. What HAR has no place for stands in members that begin with an underscore, as custom fields do:
`_evidence` holds the lines of the evidence that are no exchanges, each with its place among all of them.

The evidence is gone through line by line, so that a recording takes up little memory however long it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic_core import from_json, to_json

from token_conformance import __version__
from token_conformance.archive.har_entries import Json, entry, page, signed_anew
from token_conformance.servers.evidence_lines import FILE as EVIDENCE
from token_conformance.servers.http_addresses import has_place_for
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.resigning import Resigning

FILE = "recording.har"

COMMENT = (
    "What a run exchanged with the provider, with pseudonyms in the place of secrets and of what is said of people. "
    "JWTs are signed by throw-away keys, which stand in the key sets; what was broken is broken."
)


class Place(NamedTuple):
    """Where an exchange is: when it began, its place among the lines, and where the line begins in the file (bytes)."""

    started: str
    number: int
    begins: int


def write_recording(folder: Path) -> Path | None:
    """Make `recording.har` of the evidence in a folder, and put it there; gives its path, or None where nothing was exchanged.

    Raises:
        RecordingError: the evidence cannot be read.
        OSError: a file cannot be read, or written; nothing of the recording is left then.

    """
    path = folder / FILE
    draft = path.with_name(f".{FILE}.draft")
    with (folder / EVIDENCE).open("rb") as evidence:
        seen = _seen(evidence)
        if not seen.exchanges:
            return None
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(_written(evidence, seen))
            return draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


@dataclass
class _Seen:
    """What a first look at the evidence finds."""

    begin: Json = field(default_factory=dict)
    began: dict[str, Json] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    exchanges: list[Place] = field(default_factory=list)
    signers: dict[str, str] = field(default_factory=dict)
    key_sets: list[str] = field(default_factory=list)

    def take(self, number: int, begins: int, line: Json) -> None:
        """Take in a line."""
        match line["type"]:
            case "begin":
                self.begin = line
            case "scenario_began":
                self.began[line["scenario"]] = line
            case "signed":
                self.signers[line["token"]] = line["by"]
            case "exchange":
                self._take_exchange(Place(line["started"], number, begins), line)

    def _take_exchange(self, place: Place, line: Json) -> None:
        body = (line.get("answer") or {}).get("body", "")
        if '"keys"' in body:
            self.key_sets.append(body)
        if has_place_for(line["request"]["url"]):
            self.exchanges.append(place)
            scenario = line["scenario"]
            self.first[scenario] = min(self.first.get(scenario, place.started), place.started)

    @cached_property
    def anew(self) -> Resigning:
        """What signs anew."""
        clients = self.begin.get("described", {}).get("clients", [])
        secrets = {each.get("name", "main"): each["client_secret"] for each in clients if each.get("client_secret")}
        anew = Resigning(self.signers, secrets)
        anew.learn(self.key_sets)
        return anew


def _seen(evidence: IO[bytes]) -> _Seen:
    seen = _Seen()
    for number, begins, line in _lines(evidence):
        seen.take(number, begins, line)
    if not seen.begin:
        raise RecordingError(f"{evidence.name}: expected evidence of a run, whose first line tells what was tested")
    return seen


def _written(evidence: IO[bytes], seen: _Seen) -> Iterator[bytes]:
    """The file, part by part."""
    creator = {"name": "token-conformance", "version": __version__}
    head = {
        "version": "1.2",
        "creator": creator,
        "comment": COMMENT,
        "_origin": "run",
        "_profile": seen.begin["profile"],
    }
    yield b'{"log":' + to_json(head)[:-1]
    yield from _array("pages", (page(scenario, started) for scenario, started in seen.first.items()))
    yield from _array("entries", _entries(evidence, seen))
    yield from _array("_evidence", _others(evidence, seen))
    yield b"}}\n"


def _array(name: str, values: Iterator[Any]) -> Iterator[bytes]:
    yield b',"' + name.encode() + b'":['
    for number, value in enumerate(values):
        yield b",\n" if number else b"\n"
        yield to_json(value)
    yield b"]"


def _entries(evidence: IO[bytes], seen: _Seen) -> Iterator[Json]:
    """The exchanges in the order in which they began, as readers of HAR prefer it."""
    for place in sorted(seen.exchanges):
        evidence.seek(place.begins)
        line = from_json(evidence.readline())
        yield entry(place.number, signed_anew(line, seen.anew), seen.began.get(line["scenario"]))


def _others(evidence: IO[bytes], seen: _Seen) -> Iterator[Json]:
    """All other lines: a server may send us to addresses that HAR has no place for, either."""
    told = {place.number for place in seen.exchanges}
    for number, _, line in _lines(evidence):
        if number not in told:
            yield {"place": number, **_anew(line, seen.anew)}


def _anew(line: Json, anew: Resigning) -> Json:
    match line["type"]:
        case "signed":
            return {**line, "token": anew.text(line["token"]), "by": anew.signer(line["by"])}
        case "exchange":
            return signed_anew(line, anew)
        case "begin":
            return without_paths(line)
        case _:
            return line


def without_paths(begin: Json) -> Json:
    """The first line without the paths of the machine where the run was made: a recording is handed on, evidence is not."""
    selection = {name: value for name, value in begin.get("selection", {}).items() if name != "suites"}
    return {**begin, "selection": selection, "called": None}


def _lines(evidence: IO[bytes]) -> Iterator[tuple[int, int, Json]]:
    """The lines with their numbers, from 0, and where they begin; one that breaks off is the last, and left out.

    Raises:
        RecordingError: a line before it is no JSON object with a type.

    """
    evidence.seek(0)
    begins = 0
    for number, written in enumerate(evidence):
        try:
            line = from_json(written)
            yield number, begins, {"type": line["type"], **line}
        except (ValueError, TypeError, KeyError):
            if not written.endswith(b"\n"):
                return
            raise RecordingError(f"{evidence.name}: line {number + 1}: expected a line of evidence") from None
        begins += len(written)
