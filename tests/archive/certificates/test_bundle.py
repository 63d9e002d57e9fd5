"""A bundle is as it was signed, to the last byte, and its parts say the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from pydantic_core import from_json

import token_conformance.archive.certificates as package
from tests.archive.certificates.small import check, lines, results
from token_conformance.archive.certificates import evidence as of_evidence
from token_conformance.archive.certificates import keys
from token_conformance.archive.certificates.bundle import STATEMENT, opened_bundle
from token_conformance.archive.certificates.container import NotIntactError, packed, unpacked
from token_conformance.archive.certificates.statement import json_schema, opened, sealed

SCHEMA = Path(package.__file__).with_name("certificate.schema.json")


def statement_of(bundle):
    return opened(unpacked(bundle)[STATEMENT]).statement


def signed_anew(bundle, key, change):
    """The bundle with another statement, signed by whoever has the key."""
    files = unpacked(bundle)
    statement = change(opened(files[STATEMENT]).statement)
    return packed({**files, STATEMENT: sealed(statement, keys.signer(key))})


def with_certificate(**changes):
    """A change of what is certified."""

    def change(statement):
        certificate = statement.certificate.model_copy(update=changes)
        return statement.model_copy(
            update={"predicate": statement.predicate.model_copy(update={"certificate": certificate})}
        )

    return change


def test_the_schema_that_comes_along_is_current(small):
    """It is written from `statement.json_schema()`, and a statement fits it as well as that of the predicate type."""
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()
    told = json.loads(statement_of(small).model_dump_json(by_alias=True))
    jsonschema.Draft202012Validator(json_schema()).validate(told)
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicate"]["result"] in {"PASSED", "WARNED", "FAILED"}
    assert {"configuration", "passedTests", "warnedTests", "failedTests"} <= told["predicate"].keys()


def test_a_bundle_says_what_it_is_of(small):
    """What answered, when, which requirements, at which levels, and how they stand."""
    certificate = opened_bundle(small).certificate
    assert "emulated server" in certificate.speaks_of
    assert "not of the provider itself" in certificate.speaks_of
    assert {each.id: (each.level, each.verdict) for each in certificate.requirements} == {
        "rfc6749-5-first": ("MUST", "pass"),
        "rfc6749-5-second": ("SHOULD", "pass"),
        "rfc6749-5-unseen": ("MUST", "not_testable"),
    }
    assert [each.name for each in certificate.claims] == ["oauth2"]
    assert certificate.exchanges.size == 3


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("live", "the server that answered at https://op.example"),
        ("recorded", "a recording of exchanges with https://op.example, and of nothing that it does not hold"),
    ],
)
def test_it_speaks_of_what_answered(make, server, said):
    """Of a recorded run it says that it speaks of a recording."""
    assert opened_bundle(make(results(check("rfc6749-5-first"), server=server))).certificate.speaks_of == said


@pytest.mark.parametrize("flipped", [0x01, 0xFF])
def test_each_changed_byte_is_found(small, flipped):
    """Wherever it is: in a file, in the statement, its signature, or a header of the archive."""
    opened_bundle(small)
    overlooked = []
    for place in range(len(small)):
        changed = bytearray(small)
        changed[place] ^= flipped
        try:
            opened_bundle(bytes(changed))
        except NotIntactError:
            continue
        overlooked.append(place)
    assert not overlooked


@pytest.mark.parametrize("step", [1, 7])
def test_each_missing_or_added_byte_is_found(small, step):
    """Whatever moves what is behind it."""
    for place in range(0, len(small) + 1, step * 11):
        for changed in (small[:place] + small[place + step :], small[:place] + b"\0" * step + small[place:]):
            if changed != small:
                with pytest.raises(NotIntactError):
                    opened_bundle(changed)


@pytest.mark.parametrize(
    "name", ["profile.json", "evidence.jsonl", "salts.json", "results.json", "index.html", "report.html", "junit.xml"]
)
def test_no_file_can_be_swapped(small, name):
    """An archive that is packed as ours is, with another file in it."""
    with pytest.raises(NotIntactError, match=f"{name} is not the file that was signed"):
        opened_bundle(packed({**unpacked(small), name: b"{}"}))


def test_no_file_can_be_taken_away_or_added(make):
    """Not even one that may be missing."""
    bundle, with_recording = make(), make(**{"recording.har": b"{}"})
    files = unpacked(with_recording)
    del files["recording.har"]
    for changed in (packed(files), packed({**unpacked(bundle), "recording.har": b"{}"})):
        with pytest.raises(NotIntactError, match=r"recording\.har is not the file that was signed"):
            opened_bundle(changed)


def test_nobody_else_can_sign_in_the_name_of_a_key(small, make, tmp_path):
    """Neither by another key, nor by the envelope of another bundle."""
    keys.make(tmp_path / "other")
    other, files = keys.signer(tmp_path / "other"), unpacked(small)
    statement = opened(files[STATEMENT]).statement
    for envelope in (sealed(statement, other), unpacked(make(by=tmp_path / "other"))[STATEMENT]):
        with pytest.raises(NotIntactError):
            opened_bundle(packed({**files, STATEMENT: envelope}))


@pytest.mark.parametrize(
    "change", ["a signature more", "a member more", "no signature", "another type", "compact", "no JSON"]
)
def test_an_envelope_is_written_in_one_way(small, change):
    """What its signature does not cover says nothing."""
    envelope = from_json(unpacked(small)[STATEMENT])
    match change:
        case "a signature more":
            envelope["signatures"].append({"keyid": "0" * 64, "sig": envelope["signatures"][0]["sig"]})
        case "a member more":
            envelope["note"] = "trust me"
        case "no signature":
            envelope["signatures"] = []
        case "another type":
            envelope["payloadType"] = "text/plain"
    written = json.dumps(envelope, indent=None if change == "compact" else 2).encode() + b"\n"
    with pytest.raises(NotIntactError):
        opened(b"{" if change == "no JSON" else written)


LIES = {
    "another server": with_certificate(server="live", speaks_of="the server that answered at https://op.example"),
    "another day": with_certificate(started=datetime(2027, 1, 31, tzinfo=UTC)),
    "no requirement": with_certificate(requirements=()),
    "another claim": with_certificate(claims=()),
    "another address": with_certificate(address="https://bank.example"),
    "a file named twice": lambda told: told.model_copy(update={"subject": (*told.subject, told.subject[0])}),
    "a name that fills a terminal": with_certificate(provider="a" * 5000),
}


@pytest.mark.parametrize("lie", LIES)
def test_who_signs_cannot_contradict_the_rest(small, key, lie):
    """A statement is signed well, and does not say what the files say."""
    with pytest.raises(NotIntactError):
        opened_bundle(signed_anew(small, key, LIES[lie]))


def test_who_signs_cannot_certify_what_is_open(make):
    """A MUST that failed, or was not judged, is no certificate's, whoever signs it."""
    for verdict in ("fail", "inconclusive"):
        with pytest.raises(NotIntactError, match="certifies what is open: rfc6749-5-first"):
            opened_bundle(make(results(check("rfc6749-5-first", verdict))))
    for changes in ({"outcome": "interrupted"}, {"outcome": "incomplete"}, {"selection": "-k refresh"}):
        with pytest.raises(NotIntactError, match="not that of a whole run"):
            opened_bundle(make(results(check("rfc6749-5-first"), **changes)))


def test_a_claim_to_which_nobody_was_held_is_not_certified(make):
    """What violates it would have been told as a warning, or not at all."""
    with pytest.raises(NotIntactError, match="not held"):
        opened_bundle(make(results(check("rfc6749-5-first"), claims=["oidc"])))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", results(started="today"), results(checks=[{}])])
def test_what_is_no_results_is_refused(make, content):
    """In a sentence that says where."""
    with pytest.raises(NotIntactError, match=r"results\.json cannot be read"):
        make(content)


def test_evidence_selects_nothing_and_tells_no_path(make):
    """Who judges it again is not told which checks, or by which suites; nobody learns where it was made."""
    selection = {"suites": ["/home/vendor/suites"], "keywords": "nothing"}
    told = lines(selection=selection, called={"env_files": ["/home/vendor/.env"]})
    with pytest.raises(NotIntactError, match="selection"):
        opened_bundle(make(evidence=told))
    clean = of_evidence.bare(told)
    assert b"vendor" not in clean
    assert opened_bundle(make(evidence=clean)).evidence == clean


def test_the_profile_comes_along_without_secrets(make):
    """Not even with pseudonyms of them, and with no user."""
    client = {"client_id": "a", "client_secret": "pseudonym", "signing_key": "{}", "authentication": "private_key_jwt"}
    described = {"clients": [client], "server": {"issuer": "https://op.example"}, "login": {"password": "pseudonym"}}
    profile = json.loads(opened_bundle(make(evidence=lines(described=described))).files["profile.json"])
    assert profile["clients"] == [{"client_id": "a", "authentication": "private_key_jwt"}]
    assert "pseudonym" not in json.dumps(profile)


@pytest.mark.parametrize(
    ("client", "server", "named"),
    [
        ({"certificate": "/etc/cert.pem", "private_key": "/etc/key.pem"}, {}, ("certificate", "private_key")),
        ({"signing_key": "/etc/shadow"}, {}, ("signing_key",)),
        ({"signing_key": '{"kty": "EC"}'}, {"ca_bundle": "/etc/ca.pem"}, ("ca_bundle",)),
        ({"signing_key": "-----BEGIN PRIVATE KEY-----"}, {}, ()),
        ({}, None, ()),
    ],
)
def test_it_is_known_which_settings_name_files(client, server, named):
    """A stranger's evidence is not to have files read."""
    assert of_evidence.files_named(lines(described={"clients": [client], "server": server})) == named


@pytest.mark.parametrize("evidence", [b"", b"{}\n", b"no JSON\n", lines(1, 1), lines(1) + b"{\n"])
def test_what_is_no_evidence_is_refused(make, evidence):
    """Without a traceback."""
    with pytest.raises(NotIntactError, match=r"evidence\.jsonl"):
        make(evidence=evidence or b"\n")
