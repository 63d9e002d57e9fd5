"""Evidence is on disk as it comes, in the format that the schema tells, and costs nothing but itself."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

import token_conformance.archive as package
from token_conformance.archive.evidence_file import EvidenceFile
from token_conformance.judging.refusal import Comparison
from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.waiting import Waits
from token_conformance.servers.evidence_lines import FILE, Selection, json_schema
from token_conformance.servers.live import LiveServer
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.stored import StoredEvidence
from token_conformance.verdict import TooLong
from token_conformance.wire.exchange import Exchange, Request, Response
from token_conformance.wire.tls_probe import Handshake

SCHEMA = Path(package.__file__).with_name("evidence.schema.json")
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def run():
    profile = Profile.model_validate(
        {
            "profile": {"name": "Example"},
            "server": {"token_endpoint": "https://op.example/token"},
            "clients": [{"client_id": "app", "client_secret": "the-secret-of-app-1"}],
            "grants": {"client_credentials": {}},
        }
    )
    return Run("example", profile, LiveServer(profile), Redactor())


@pytest.fixture
def file(run, tmp_path):
    file = EvidenceFile(tmp_path / "run", run, Selection(keywords="refresh"))
    yield file
    file.close()


def exchange(number=1, **changes):
    request = Request("POST", "https://op.example/token", (), b"grant_type=client_credentials")
    answer = Response(200, (("Date", "now"),), b'{"access_token": "Zq8vN2mX4kLp7Rt1Yw5Bc9"}')
    return replace(Exchange("asked", number, request, answer, NOW, seconds=0.25), **changes)


def written(file):
    return [json.loads(line) for line in file.path.read_text("utf-8").splitlines()]


class Disk:
    """A disk with room for so many bytes; what does not fit is written as far as it does, or not at all."""

    def __init__(self, room):
        self.room, self._write, self._truncate = room, os.write, os.ftruncate

    def write(self, descriptor, data):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(descriptor, data[: self.room])
        self.room -= written
        return written

    def truncate(self, descriptor, length):
        self.room += os.fstat(descriptor).st_size - length
        self._truncate(descriptor, length)


def ends(file):
    file.end(["it sleeps"], "not all could be parked")


def breaks_off(file):
    file.break_off("by SIGTERM", ["it sleeps"])


def told_everything(file, end=ends):
    file.begin(["asked", "waited"])
    file.began("asked", NOW, 0, 0, afresh=True)
    file.drew("asked", "state", "Zq8vN2mX4kLp7Rt1Yw5Bc9Df3Gh6Js0AaQeUiOpLkJh")
    file.exchanged(exchange(put_off=True, undocumented=frozenset({"status", "headers"})))
    file.exchanged(exchange(2, answer=None, failure="no answer within 10 s", again_of=1))
    file.shook_hands("asked", "https://op.example", "old", Handshake("refused", reason="no"))
    file.ended("asked", NOW, TooLong("it takes a wait of 99 s"), Waits(1.5, 99.0), 2)
    file.parked("waited", NOW, NOW + timedelta(days=30))
    file.gathered(Record(file._run.profile, "live", trouble="the provider sleeps"))
    file.gathered(Record(file._run.profile, "live"), {"asked": "there is but one session"})
    file.compared([Comparison(exchange(2), exchange(1))] * 2)
    end(file)


def test_the_schema_that_comes_along_is_current():
    """It is written from `token_conformance.servers.evidence_lines.json_schema()`."""
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()


@pytest.mark.parametrize(("end", "other"), [(ends, "broken_off"), (breaks_off, "end")])
def test_each_line_fits_the_schema(file, end, other):
    """Every kind of line is there, and one that is of no kind does not fit."""
    told_everything(file, end)
    validator = jsonschema.Draft202012Validator(json_schema())
    for line in written(file):
        validator.validate(line)
    kinds = {line["type"] for line in written(file)}
    assert kinds == {*json_schema()["discriminator"]["mapping"]} - {"signed", "cut_short", other}
    assert not validator.is_valid({"type": "exchange", "scenario": "asked"})


def test_what_is_read_is_what_was_written(file):
    """Order, times, what was put off, and reasons."""
    told_everything(file)
    evidence = StoredEvidence.read(file.path.parent)
    first, second = evidence.tapes["asked"].exchanges
    assert (first.id, first.put_off, first.started, first.seconds) == ("asked/1", True, NOW, 0.25)
    assert first.undocumented == {"status", "headers"}
    assert (second.again_of, second.answer, second.failure) == (1, None, "no answer within 10 s")
    assert evidence.ended["asked"].reason.kind == "TooLong"
    assert evidence.gathered().trouble == "the provider sleeps"
    assert evidence.gathered(again=True).refused == {"asked": "there is but one session"}
    assert evidence.whole
    assert evidence.begin.selection.keywords == "refresh"
    ((parked, due),) = ((each.scenario, each.due) for each in evidence.parked)
    assert (parked, due - NOW) == ("waited", timedelta(days=30))
    assert evidence.late_trouble == "not all could be parked"


def test_an_exchange_is_on_disk_before_the_next_one(file):
    """Nothing is kept back in memory."""
    file.begin(["asked"])
    file.exchanged(exchange())
    assert [line["type"] for line in written(file)] == ["begin", "exchange"]


def test_what_breaks_off_is_left_out(file):
    """The last line of a process that was killed while it wrote."""
    file.begin(["asked", "waited"])
    file.exchanged(exchange())
    file.exchanged(exchange(2))
    file.path.write_bytes(file.path.read_bytes()[:-30])
    evidence = StoredEvidence.read(file.path.parent)
    assert len(evidence.tapes["asked"].exchanges) == 1
    assert not evidence.whole
    assert evidence.broken_off is None


def test_a_run_that_breaks_off_says_why(file):
    """And what was noticed by then; nothing is written behind that."""
    told_everything(file, breaks_off)
    file.exchanged(exchange(3))
    evidence = StoredEvidence.read(file.path.parent)
    assert (evidence.whole, evidence.broken_off, evidence.noticed) == (False, "by SIGTERM", ("it sleeps",))
    assert len(evidence.tapes["asked"].exchanges) == 2


def test_a_line_that_is_spoilt_is_named(file):
    """Further up nothing can have broken off."""
    told_everything(file)
    lines = file.path.read_text("utf-8").splitlines(keepends=True)
    file.path.write_text("".join([lines[0], lines[1][:-9] + "\n", *lines[2:]]), "utf-8")
    with pytest.raises(RecordingError, match="evidence.jsonl: line 2: "):
        StoredEvidence.read(file.path.parent)


@pytest.mark.parametrize("content", ["", "{}", '{"type": "end", "at": "2026-01-31T12:00:00Z"}\n'])
def test_what_is_no_evidence_is_refused(tmp_path, content):
    """In a sentence."""
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(RecordingError, match="expected evidence of a run"):
        StoredEvidence.read(tmp_path)


@pytest.mark.parametrize(("room", "told"), [(300, "No space left on device"), (40, None), (0, None)])
def test_a_full_disk_costs_the_evidence_alone(file, monkeypatch, room, told):
    """What fits is kept, and a sentence says that it is not all: in the evidence, too, where it takes up less than what did
    not fit.
    """
    file.begin(["asked"])
    file.exchanged(exchange())
    disk = Disk(room)
    monkeypatch.setattr(os, "write", disk.write)
    monkeypatch.setattr(os, "ftruncate", disk.truncate)
    file.exchanged(exchange(2))
    monkeypatch.undo()
    file.exchanged(exchange(3))
    assert "cut short" in file.problem
    assert "No space left" in file.problem
    evidence = StoredEvidence.read(file.path.parent)
    assert len(evidence.tapes["asked"].exchanges) == 1
    assert (evidence.cut_short, evidence.whole) == (told, False)
    assert file.path.read_bytes().endswith(b"\n")


def test_a_defect_of_ours_is_the_end_of_the_evidence(file, monkeypatch):
    """Which says so; what an exception says is not repeated."""
    file.begin(["asked"])
    monkeypatch.setattr(file._told, "exchange", lambda _: {}["secret words"])
    file.exchanged(exchange())
    assert StoredEvidence.read(file.path.parent).cut_short == "a defect of the suite, KeyError"
    assert "secret words" not in file.path.read_text("utf-8")


def test_a_folder_that_cannot_be_made_costs_the_evidence_alone(run, tmp_path):
    """The reports will say the same of it."""
    (tmp_path / "taken").write_text("", "utf-8")
    file = EvidenceFile(tmp_path / "taken", run, Selection())
    told_everything(file)
    assert "cannot be written" in file.problem


def test_only_its_owner_reads_it(file):
    """As a session's file."""
    file.begin([])
    assert file.path.stat().st_mode & 0o777 == 0o600
