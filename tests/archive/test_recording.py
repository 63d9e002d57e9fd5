"""A recording is made of evidence: valid HAR, all that the evidence says, taken back to the letter, and no byte half written."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.archive.har_schema import mistakes
from tests.archive.test_evidence_file import NOW, breaks_off, ends, exchange, file, run, told_everything
from token_conformance.archive.evidence_file import EvidenceFile
from token_conformance.archive.recording import FILE, write_recording
from token_conformance.archive.signatures import verifies
from token_conformance.command_line.report import pytest_arguments
from token_conformance.evidence.jwt_reading import read
from token_conformance.servers.evidence_lines import Called, Exchanged, Selection, Signed
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.recorded_run import read_evidence
from token_conformance.servers.stored import StoredEvidence
from token_conformance.wire.exchange import Request, Response

__all__ = ["file", "run"]

KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"}, private=True)


@pytest.fixture
def recorded(file):
    """Makes a recording of what was told to the file."""

    def record():
        return write_recording(file.path.parent)

    return record


def har(path):
    return json.loads(path.read_text("utf-8"))["log"]


@pytest.mark.parametrize("end", [ends, breaks_off])
def test_what_is_read_is_what_the_evidence_says(file, recorded, end):
    """Line by line, in their order: what was drawn, waited for, parked, compared, noticed, and why it ended."""
    told_everything(file, end)
    assert read_evidence(recorded()).lines == StoredEvidence.read(file.path.parent).lines


def test_it_is_a_har(file, recorded):
    """By the schemas of HAR 1.2, with an answer that never came among its entries."""
    told_everything(file)
    path = recorded()
    assert [each["response"]["status"] for each in har(path)["entries"]] == [200, 0]
    assert mistakes(path) == []


def test_no_path_of_the_machine_is_in_it(run, tmp_path):
    """A recording is handed on; what judges it asks for neither suites nor files of where it was made."""
    selection = Selection(keywords="refresh", suites=["/home/me/suites"])
    file = EvidenceFile(
        tmp_path / "run", run, selection, Called(profile="/home/me/op.toml", env_files=["/home/me/.env"])
    )
    file.begin(["asked"])
    file.exchanged(exchange())
    file.end()
    assert "/home/me" in file.path.read_text("utf-8")
    path = write_recording(file.path.parent)
    assert "/home/me" not in path.read_text("utf-8")
    begin = read_evidence(path).begin
    assert (begin.selection.keywords, begin.selection.suites, begin.called) == ("refresh", [], None)


def test_suites_that_a_recording_names_are_not_run(file, recorded, tmp_path):
    """They are programs, and it may be a stranger's; the evidence in a folder is one's own."""
    told_everything(file)
    path = recorded()
    named = str(tmp_path / "test_own.py")
    Path(named).touch()
    for each in (path, file.path):
        written = each.read_text("utf-8")
        each.write_text(written.replace('"selection":{', f'"selection":{{"suites":["{named}"],', 1), "utf-8")
    assert named not in pytest_arguments(path, verbose=False)
    file.path.write_text(file.path.read_text("utf-8").replace('"suites":[],', ""), "utf-8")
    assert named in pytest_arguments(file.path.parent, verbose=False)


def test_a_mistake_in_a_har_is_seen(file, recorded):
    """The validator looks at something."""
    told_everything(file)
    path = recorded()
    path.write_text(path.read_text("utf-8").replace('"startedDateTime"', '"began"'), "utf-8")
    assert mistakes(path) != []


def test_entries_come_in_the_order_in_which_they_began(file, recorded):
    """Evidence has them in the order in which they ended."""
    file.begin(["asked"])
    for number in (1, 2):
        file.exchanged(exchange(number, started=NOW - timedelta(seconds=number)))
    file.end()
    path = recorded()
    assert [each["_exchange"]["number"] for each in har(path)["entries"]] == [2, 1]
    assert [line.number for line in read_evidence(path).of(Exchanged)] == [1, 2]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", "größer".encode(), b'{"a": "\\u0000"}'])
def test_bodies_stay_what_they_are(file, recorded, body):
    """What is no UTF-8 stands in Base64."""
    sent = Request("POST", "https://op.example/token", (("Content-Type", "text/plain"),), body)
    file.begin(["asked"])
    file.exchanged(exchange(request=sent, answer=Response(200, (), body)))
    file.end()
    (then,) = StoredEvidence.read(file.path.parent).of(Exchanged)
    (now,) = read_evidence(recorded()).of(Exchanged)
    assert now == then
    assert mistakes(file.path.parent / FILE) == []


def test_an_address_that_har_has_no_place_for_is_kept_beside_its_entries(file, recorded):
    """A server may send us anywhere."""
    file.begin(["asked"])
    file.exchanged(exchange())
    elsewhere = Request("GET", "javascript:alert(1)")
    file.exchanged(exchange(2, request=elsewhere, answer=None, failure="no address of HTTP"))
    file.end()
    path = recorded()
    assert len(har(path)["entries"]) == 1
    assert read_evidence(path).lines == StoredEvidence.read(file.path.parent).lines


def test_nothing_is_recorded_where_nothing_was_exchanged(file, recorded):
    """A HAR without entries tells nothing."""
    file.begin(["asked"])
    file.end()
    assert recorded() is None
    assert not (file.path.parent / FILE).exists()


def test_signatures_can_be_judged_by_the_keys_in_it(file, recorded):
    """What the provider had signed is signed by a throw-away key of the key set; what was broken is broken."""
    claims = {"iss": "https://op.example", "sub": "alice", "iat": 1}
    good = jwt.encode({"alg": "RS256", "kid": "first"}, claims, KEY)
    broken = f"{good.rpartition('.')[0]}.{'A' * 342}"
    file.begin(["asked"])
    for number, body in enumerate(
        ({"keys": [KEY.as_dict(private=False)]}, {"id_token": good}, {"id_token": broken}), 1
    ):
        file.exchanged(exchange(number, answer=Response(200, (), json.dumps(body).encode())))
    file.end()
    path = recorded()
    published, *tokens = [json.loads(each["response"]["content"]["text"]) for each in har(path)["entries"]]
    key = RSAKey.import_key(published["keys"][0])
    assert published["keys"][0]["n"] != KEY.as_dict(private=False)["n"]
    assert [verifies(read(each["id_token"]), key) for each in tokens] == [True, False]
    (signed,) = read_evidence(path).of(Signed)
    assert (signed.token, signed.by) == (tokens[0]["id_token"], key.thumbprint())
    assert "alice" not in path.read_text("utf-8")


def test_a_file_that_does_not_fit_leaves_nothing(file, recorded, monkeypatch):
    """Of a full disk, neither half a recording remains nor its draft, and an earlier one stays."""
    told_everything(file)
    path = recorded()
    before = path.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("token_conformance.archive.recording.to_json", full)
    with pytest.raises(OSError, match="No space left"):
        recorded()
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["evidence.jsonl", FILE]


def test_what_breaks_off_is_left_out(file, recorded):
    """A run that was killed in mid-line is recorded up to that."""
    told_everything(file)
    text = file.path.read_bytes()
    file.path.write_bytes(text[: text.rindex(b'{"type"') + 20])
    assert read_evidence(recorded()).lines == StoredEvidence.read(file.path.parent).lines


@pytest.mark.parametrize("content", ["", "{}\n{}\n", '{"type": "end"}\n'])
def test_what_is_no_evidence_is_not_recorded(tmp_path, content):
    """It is said in a sentence which file it is."""
    (tmp_path / "evidence.jsonl").write_text(content)
    with pytest.raises(RecordingError, match="evidence.jsonl"):
        write_recording(tmp_path)


def test_only_its_owner_reads_it(file, recorded):
    """As the evidence."""
    told_everything(file)
    assert recorded().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ({"_evidence": [{"type": "begin"}]}, "_evidence"),
        ({"_evidence": [{"place": 0, "type": "end", "at": "2026-01-31T12:00:00Z"}]}, "whose first line"),
        ({"_origin": None}, "expected what a run has recorded"),
    ],
)
def test_a_recording_that_was_spoilt_is_told_in_a_sentence(file, recorded, spoilt, told):
    """Whoever changed it."""
    told_everything(file)
    path = recorded()
    path.write_text(json.dumps({"log": {**har(path), **spoilt}}), "utf-8")
    with pytest.raises(RecordingError, match=told):
        read_evidence(path)


def test_times_are_those_of_the_run(file, recorded):
    """To the microsecond."""
    file.begin(["asked"])
    file.exchanged(exchange(started=datetime(2026, 1, 31, 12, 0, 0, 123457, UTC), seconds=0.1234567))
    file.end()
    (then,) = StoredEvidence.read(file.path.parent).of(Exchanged)
    (now,) = read_evidence(recorded()).of(Exchanged)
    assert (now.started, now.seconds) == (then.started, pytest.approx(then.seconds, abs=1e-9))
    assert now.model_copy(update={"seconds": then.seconds}) == then
