"""What somebody has spoilt of a real recording is judged as far as it goes, and never by what is not there."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import pytest

from tests.servers.captured.test_recorders import CODE, FILES, PROFILE, REUSE, SECRET, judged, watched
from token_conformance.oracle.oracle import own_faults
from token_conformance.profile.loading import load
from token_conformance.servers.captured.exchanges import captured
from token_conformance.servers.har_files import read, read_all

MASKED = "access_token|refresh_token|id_token|code|code_verifier|state|nonce|csrf|password"
OF_FORMS = re.compile(rf"((?<![^?&])(?:{MASKED})=)([^&]+)")
OF_ANSWERS = re.compile(rf'("(?:{MASKED})": ")([^"]+)')
OF_CLIENTS = re.compile(r"^((?:Basic|Bearer) )(.+)")


def text_of(name):
    """A recording as it was written."""
    return gzip.decompress(FILES[name].read_bytes()).decode()


def masked(text, mask):
    """The recording with its secrets masked, as people do that before they hand one on."""
    return json.dumps(_masked(json.loads(text), mask))


def _masked(part, mask):
    if isinstance(part, list):
        return [_masked(each, mask) for each in part]
    if isinstance(part, dict):
        named = part.get("name") in MASKED.split("|") and isinstance(part.get("value"), str)
        return {name: mask(each) if named and name == "value" else _masked(each, mask) for name, each in part.items()}
    if isinstance(part, str):
        for place in (OF_FORMS, OF_ANSWERS, OF_CLIENTS):
            part = place.sub(lambda found: found[1] + mask(found[2]), part)
    return part


def hashed(value):
    """Alike wherever a value stands."""
    return hashlib.sha256(value.encode()).hexdigest()


MASKS = {"stars": lambda _: "***", "words": lambda _: "[REDACTED]", "ends": lambda value: f"{value[:4]}...{value[-2:]}"}


@pytest.fixture
def written(tmp_path):
    """Write a recording."""

    def write(text, name="spoilt.har"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("name", ["firefox", "firefox.faulty"])
def test_masked_tokens_are_not_one_token(written, name, mask):
    """They would be accepted again and again, and handed out twice."""
    history = watched(written(masked(text_of(name), MASKS[mask])))
    assert [str(each) for each in history.forbidden] == []


def test_hashed_tokens_are_followed(written):
    """Their verifiers fit no challenge, and their clients prove nothing: that is no fault of the server."""
    assert [str(each) for each in watched(written(masked(text_of("firefox"), hashed))).forbidden] == []
    found = {each.requirement for each in own_faults(watched(written(masked(text_of("firefox.faulty"), hashed))))}
    assert {REUSE, CODE} <= found
    assert SECRET not in found


def noticed(path):
    """What is said of a recording."""
    return captured(read(path), load(PROFILE, {})).noticed


def test_a_masked_recording_is_told_in_one_sentence(written):
    """With how much of it is masked."""
    (sentence,) = noticed(written(masked(text_of("firefox"), MASKS["stars"])))
    assert re.fullmatch(r"\d+ requests of the recording have their secrets masked, .*present", sentence)


@pytest.mark.parametrize("part", [0.5, 0.7, 0.9])
def test_a_recording_that_breaks_off_is_judged_to_there(written, part):
    """What is whole of it says nothing against a sound server."""
    text = text_of("firefox")
    path = written(text[: int(len(text) * part)])
    assert [str(each) for each in watched(path).forbidden] == []
    (sentence,) = noticed(path)
    assert sentence.startswith("the recording breaks off after ")


@pytest.mark.parametrize("name", ["firefox", "chrome-har", "devtools-sanitized", "puppeteer-har"])
def test_a_recording_that_begins_late_accuses_nobody(written, name):
    """What is presented in it was handed over before."""
    log = json.loads(text_of(name))["log"]
    for first in range(8, len(log["entries"]), 4):
        late = written(json.dumps({"log": {**log, "entries": log["entries"][first:]}}))
        assert [str(each) for each in watched(late).forbidden] == []


@pytest.mark.parametrize("lost", range(4))
def test_a_recording_with_holes_accuses_nobody(written, lost):
    """A proxy that was overrun has lost every fourth answer to a token request, with its request."""
    log = json.loads(text_of("firefox"))["log"]
    asked = [each for each in log["entries"] if each["request"]["url"].endswith("/token")]
    kept = [each for each in log["entries"] if each not in asked or asked.index(each) % 4 != lost]
    assert [str(each) for each in watched(written(json.dumps({"log": {**log, "entries": kept}}))).forbidden] == []


def test_two_users_are_told_apart(written):
    """Their exchanges alternate, as those of two windows do; the one's misfortune is not the other's."""
    one, other = (json.loads(text_of(name))["log"]["entries"] for name in ("firefox", "harfile"))
    one, other = sorted(one, key=lambda e: e["startedDateTime"]), sorted(other, key=lambda e: e["startedDateTime"])
    mixed = [each for pair in zip(one, other, strict=False) for each in pair] + one[len(other) :]
    for place, each in enumerate(mixed):
        each["startedDateTime"] = f"2026-11-30T12:{place // 60:02}:{place % 60:02}Z"
    log = {"version": "1.2", "creator": {"name": "proxy", "version": "1"}, "entries": mixed}
    assert [str(each) for each in watched(written(json.dumps({"log": log}))).forbidden] == []


def test_several_recordings_are_one(tmp_path):
    """In files and folders, packed or not, in the order in which their exchanges were made."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "packed.har.gz").write_bytes(FILES["firefox"].read_bytes())
    (tmp_path / "plain.har").write_text(text_of("harfile"), "utf-8")
    found = read_all([tmp_path / "plain.har", tmp_path / "folder"])
    assert len(found.entries) == len(read(FILES["firefox"]).entries) + len(read(FILES["harfile"]).entries)
    started = [each.started for each in found.entries]
    assert started == sorted(started)


def test_a_recording_of_another_provider_is_told(written, tmp_path):
    """And nothing of it is judged."""
    path = written(
        text_of("harfile").replace("127.0.0.1:18411", "other.example").replace("127.0.0.1:18412", "app.example")
    )
    (sentence,) = noticed(path)
    assert sentence == "no exchange of the recording was with 127.0.0.1: it may be of another provider"
    status, verdicts = judged(path, tmp_path)
    assert (status, set(verdicts.values())) == (5, {"inconclusive", "not_applicable"})
