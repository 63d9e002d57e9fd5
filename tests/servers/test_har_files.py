"""Recordings are read as their recorders write them, and what was not recorded is not known."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from itertools import count
from zipfile import ZipFile

import pytest

from token_conformance.servers import har as har_reader
from token_conformance.servers import har_files
from token_conformance.servers.har_files import read, read_all
from token_conformance.servers.problems import RecordingError

FORM = "application/x-www-form-urlencoded"


TIMES = count(5)
"""How long answers take: no two are one exchange."""


def entry(*, url="https://op.example/token", status=200, content=None, post_data=None, **changes):
    """An entry of a HAR file."""
    request = {"method": "POST", "url": url, "headers": [], **({"postData": post_data} if post_data else {})}
    response = {"status": status, "headers": [], "content": content if content is not None else {"text": "{}"}}
    return {
        "startedDateTime": "2026-01-01T12:00:00Z",
        "time": next(TIMES),
        "request": request,
        "response": response,
        **changes,
    }


def har(*entries, **log):
    """The text of a HAR file."""
    return json.dumps({"log": {"version": "1.2", "entries": entries, **log}})


@pytest.fixture
def read_text(tmp_path):
    """Write a HAR file and read it."""

    def read_it(text):
        (tmp_path / "example.har").write_text(text, "utf-8")
        return read(tmp_path / "example.har")

    return read_it


def test_no_answer_is_a_status_of_minus_one(read_text):
    """Playwright writes it for hops that it was not told the end of; other recorders write zero, or nothing."""
    recording = read_text(har(entry(status=-1), entry(status=0), entry(status=None)))
    assert [each.response.status for each in recording.entries] == [0, 0, 0]


def test_a_time_that_was_not_taken_is_none(read_text):
    """Timings of -1 are not known."""
    assert read_text(har(entry(time=-1))).entries[0].ended == read_text(har(entry(time=0))).entries[0].started


@pytest.mark.parametrize(
    ("content", "status", "unknown"),
    [
        ({"size": 772, "mimeType": "application/json"}, 200, {"body"}),
        ({"size": -1, "mimeType": "x-unknown"}, 200, {"body"}),
        ({"size": -1, "mimeType": "x-unknown"}, 302, set()),
        ({"size": 0, "mimeType": "x-unknown"}, 204, set()),
        ({"size": 0, "text": ""}, 200, set()),
        ({"size": 2, "text": "{}"}, 200, set()),
        ({"size": -1}, -1, set()),
    ],
)
def test_a_body_that_was_not_recorded_is_not_empty(read_text, content, status, unknown):
    """Its size tells that there was one, or may have been."""
    assert read_text(har(entry(content=content, status=status))).entries[0].unknown == unknown


@pytest.mark.parametrize(
    ("post_data", "body"),
    [
        ({"mimeType": FORM, "text": "a=1%202&b=", "params": [{"name": "a", "value": "odd"}]}, "a=1%202&b="),
        ({"mimeType": FORM, "params": [{"name": "a", "value": "1 2"}, {"name": "b", "value": ""}]}, "a=1+2&b="),
        ({"mimeType": FORM, "text": "", "params": [{"name": "a", "value": "https%3A%2F%2Fb"}]}, "a=https%3A%2F%2Fb"),
        ({"mimeType": FORM, "text": None, "params": []}, ""),
        ({"mimeType": "application/json", "text": '{"a": 1}'}, '{"a": 1}'),
    ],
)
def test_a_form_is_its_text_or_its_parameters(read_text, post_data, body):
    """Developer tools write parameters as they were encoded, others write them decoded."""
    recorded = read_text(har(entry(post_data=post_data))).entries[0].request.post_data
    assert recorded is not None
    assert recorded.written == body


def test_what_a_browser_loads_otherwise_is_left_out(read_text):
    """Pictures in addresses, its own pages: no provider has answered these."""
    recording = read_text(har(entry(url="data:image/png;base64,AAAA"), entry(), entry(url="chrome-extension://x/y")))
    assert [each.request.url for each in recording.entries] == ["https://op.example/token"]


def test_a_file_that_breaks_off_is_read_as_far_as_it_is_whole(read_text):
    """A recorder that was killed leaves one."""
    whole = har(entry(), entry(), entry())
    recording = read_text(whole[: whole.rindex('"startedDateTime"') + 30])
    assert recording.breaks_off
    assert len(recording.entries) == 2
    assert not read_text(whole).breaks_off


def attached(name):
    """An entry whose bodies are in files of their own."""
    post_data = {"mimeType": FORM, "text": "", "_file": "sent.dat", "params": [{"name": "a", "value": "1"}]}
    return entry(content={"size": 2, "mimeType": "application/json", "_file": name}, post_data=post_data)


def test_an_archive_of_playwright_holds_bodies_in_files(tmp_path):
    """Both what was sent and what came."""
    with ZipFile(tmp_path / "trace.zip", "w") as archive:
        archive.writestr("har.har", har(attached("came.json")))
        archive.writestr("came.json", '{"a":1}')
        archive.writestr("sent.dat", "a=1&b=2")
    (found,) = read(tmp_path / "trace.zip").entries
    assert found.response.content.body == b'{"a":1}'
    assert found.unknown == set()
    assert found.request.post_data.written == "a=1&b=2"


def test_bodies_may_lie_beside_a_recording(tmp_path):
    """So does Playwright write them without an archive."""
    (tmp_path / "came.json").write_text('{"a":1}')
    (tmp_path / "example.har").write_text(har(attached("came.json")))
    assert read(tmp_path / "example.har").entries[0].response.content.body == b'{"a":1}'


def test_a_recording_names_no_file_elsewhere(tmp_path):
    """What it names beyond its folder is not read: the body is not known."""
    (tmp_path / "came.json").write_text('{"a":1}')
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "example.har").write_text(har(attached("../came.json")))
    (found,) = read(folder / "example.har").entries
    assert found.response.content.body == b""
    assert found.unknown == {"body"}


@pytest.mark.parametrize("names", [["notes.txt"], ["one.har", "two.har"]])
def test_an_archive_holds_one_recording(tmp_path, names):
    """Which of several is meant, nobody knows."""
    with ZipFile(tmp_path / "trace.zip", "w") as archive:
        for name in names:
            archive.writestr(name, har(entry()))
    with pytest.raises(RecordingError, match=r"\d recordings in this archive; expected one"):
        read(tmp_path / "trace.zip")


def test_a_file_beyond_all_bounds_is_not_read(tmp_path, monkeypatch):
    """Neither one that is so long, nor one that an archive would unpack to it."""
    monkeypatch.setattr(har_files, "LONGEST", 500)
    (tmp_path / "long.har").write_text(har(*[entry()] * 10))
    with pytest.raises(RecordingError, match="longer than"):
        read(tmp_path / "long.har")
    with ZipFile(tmp_path / "trace.zip", "w", compression=8) as archive:
        archive.writestr("har.har", har(*[entry()] * 10))
    with pytest.raises(RecordingError, match=r"har\.har in it is longer than"):
        read(tmp_path / "trace.zip")


def test_recordings_of_a_folder_are_one(tmp_path):
    """In the order in which the exchanges were made, whichever file they are in."""
    for name, second in (("b.har", 1), ("a.har", 2), ("c.har", 0)):
        made = entry(url=f"https://op.example/{name}", startedDateTime=f"2026-01-01T12:00:0{second}+00:00")
        (tmp_path / name).write_text(har(made))
    (tmp_path / "notes.txt").write_text("no recording")
    expected = ["https://op.example/c.har", "https://op.example/b.har", "https://op.example/a.har"]
    assert [each.request.url for each in read(tmp_path).entries] == expected
    assert len(read_all([tmp_path / "a.har", tmp_path / "c.har"]).entries) == 2


def test_base64_is_read_in_requests_too(read_text):
    """Recorders that attach bodies may write them so."""
    post_data = {"mimeType": FORM, "text": b64encode(b"a=1").decode(), "encoding": "base64"}
    assert read_text(har(entry(post_data=post_data))).entries[0].request.post_data.written == "a=1"


def test_developer_tools_leave_out_how_clients_authenticate(read_text, tmp_path):
    """Of their files that is not known, unless one of them holds it; of others put together with them it is."""
    tools = {"creator": {"name": "WebInspector", "version": "537.36"}}
    assert read_text(har(entry(), **tools)).entries[0].unknown == {"authorization"}
    whole = entry()
    whole["request"]["headers"] = [{"name": "Authorization", "value": "Basic eDp5"}]
    assert read_text(har(entry(), whole, **tools)).entries[0].unknown == set()
    (tmp_path / "tools.har").write_text(har(entry(), **tools))
    (tmp_path / "proxy.har").write_text(har(whole, creator={"name": "mitmproxy"}))
    both = read_all([tmp_path / "proxy.har", tmp_path / "tools.har"])
    assert [each.unknown for each in both.entries] == [set(), {"authorization"}]
    assert str(both.creator) == "mitmproxy, WebInspector 537.36"


@pytest.mark.parametrize(
    ("changes", "labelled"),
    [({}, False), ({"_scenario": "login"}, True), ({"_after_wait": True}, True)],
)
def test_labels_tell_whose_recording_it_is(read_text, changes, labelled):
    """Those made for our scenarios say so; what has no labels was made elsewhere."""
    assert read_text(har(entry(**changes))).labelled is labelled
    assert read_text(har(entry(), _origin="documentation")).labelled


def test_a_file_that_breaks_off_may_be_indented(read_text):
    """As those of browsers are."""
    whole = json.dumps(json.loads(har(entry(), entry(), entry())), indent=2)
    assert len(read_text(whole[: whole.rindex('"startedDateTime"') + 30]).entries) == 2


def test_a_recording_may_be_packed(tmp_path):
    """By gzip, as large ones are kept; one that is not whole is told by its name."""
    packed = gzip.compress(har(entry()).encode())
    (tmp_path / "example.har.gz").write_bytes(packed)
    assert len(read(tmp_path).entries) == 1
    (tmp_path / "example.har.gz").write_bytes(packed[:60])
    with pytest.raises(RecordingError, match=r"example\.har\.gz: compressed, and cannot be unpacked to its end"):
        read(tmp_path / "example.har.gz")


def test_what_is_packed_has_a_bound(tmp_path, monkeypatch):
    """However little of it there is on the disk."""
    monkeypatch.setattr(har_files, "LONGEST", 1000)
    (tmp_path / "example.har.gz").write_bytes(gzip.compress(har(entry(content={"text": "a" * 9000})).encode()))
    with pytest.raises(RecordingError, match="unpacked it is longer than"):
        read(tmp_path / "example.har.gz")


def test_an_answer_may_have_come_without_its_status(read_text):
    """Firefox writes zero beside the headers and the body of what came while the page was left."""
    lacking = entry(status=0, content={"size": 2, "text": "{}"})
    lacking["response"]["headers"] = [{"name": "Content-Type", "value": "application/json"}]
    assert read_text(har(lacking)).entries[0].unknown == {"status"}


REFRESHES = [
    {
        "mimeType": FORM,
        "params": [{"name": "grant_type", "value": "refresh_token"}, {"name": "refresh_token", "value": v}],
    }
    for v in "ab"
]


@pytest.mark.parametrize(("presented", "lacks"), [((0, 0), {"request"}), ((0, 1), set())])
def test_insomnia_fills_its_templates_in_once_more(read_text, presented, lacks):
    """Where all refreshes present one token, nobody knows what was sent; different ones stand there as they are."""
    entries = [entry(post_data=REFRESHES[which]) for which in presented]
    recording = read_text(har(*entries, creator={"name": "Insomnia REST Client", "version": "x"}))
    assert [each.undocumented for each in recording.entries] == [lacks, lacks]
    assert recording.timeless


JSON_ANSWER = '{"access_token": "at-1", "token_type": "Bearer"}'


def packed(text):
    """A body by gzip."""
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    "content",
    [
        {"text": b64encode(packed(JSON_ANSWER)).decode(), "encoding": "base64", "size": 60},
        {"text": packed(JSON_ANSWER).decode("latin-1"), "size": 60},
        {"text": b64encode(JSON_ANSWER.encode()).decode(), "encoding": "base64", "size": 48},
    ],
)
def test_a_body_that_a_recorder_left_packed_is_unpacked(read_text, content):
    """Whichever way its bytes were written down."""
    (found,) = read_text(har(entry(content=content))).entries
    assert found.response.content.body == JSON_ANSWER.encode()
    assert found.unknown == set()


@pytest.mark.parametrize(
    ("content", "unknown"),
    [
        ({"text": JSON_ANSWER[:30], "size": 48}, {"body"}),
        ({"text": JSON_ANSWER[:30], "size": 30}, set()),
        ({"text": JSON_ANSWER, "size": 96}, set()),
        ({"text": "<!DOCTYPE html><p>caf\ufffd", "size": 48}, set()),
        ({"text": packed(JSON_ANSWER).decode("utf-8", "replace"), "size": 60}, {"body"}),
        ({"text": b64encode(packed(JSON_ANSWER)[:20]).decode(), "encoding": "base64", "size": 60}, {"body"}),
    ],
)
def test_a_body_that_is_not_whole_is_not_known(read_text, content, unknown):
    """Where more came than was written down; what a server itself has cut off is known as it is."""
    (found,) = read_text(har(entry(content=content))).entries
    assert found.unknown == unknown


def test_what_is_packed_many_times_over_is_not_unpacked_without_end(read_text, monkeypatch):
    """It stays as it was, and is not known."""
    monkeypatch.setattr(har_reader, "LONGEST_BODY", 1000)
    text = b64encode(packed("x" * 100_000)).decode()
    (found,) = read_text(har(entry(content={"text": text, "encoding": "base64", "size": 100_000}))).entries
    assert found.unknown == {"body"}
