"""`certify` makes what `verify` finds intact and true, and nothing else passes for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

import pytest

from token_conformance.archive.certificates import bundle as bundles
from token_conformance.archive.certificates import keys
from token_conformance.archive.certificates.bundle import STATEMENT, made, opened_bundle, results_of
from token_conformance.archive.certificates.container import unpacked
from token_conformance.archive.certificates.requirement_verdicts import frozen
from token_conformance.judging.requirement import catalogue
from token_conformance.layout import ROOT
from token_conformance.results.exit_status import (
    CONFORMS,
    DOES_NOT_CONFORM,
    INCOMPLETE,
    UNCONFIRMED,
    UNKNOWN_SIGNER,
    USAGE_ERROR,
)

CANARIES = ("canary-client/secret+0001", "canary-user-0002", "canary pass&word=0003")

PROFILE = f"""
[profile]
name = "Canary"

[server]
token_endpoint = "https://op.example/token"

[[clients]]
client_id = "app"
client_secret = "{CANARIES[0]}"

[grants.password]

[grants.refresh_token]
rotation = "always"

[login]
strategy = "password"
username = "{CANARIES[1]}"
password = "{CANARIES[2]}"
"""


def ended(folder, *arguments):
    """The status of a command, and what it said."""
    command = [sys.executable, "-m", "token_conformance", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in process.stdout
    return process.returncode, process.stdout


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A certificate of an emulated server, the keys of who signed it and of another, and what was said."""
    folder = tmp_path_factory.mktemp("certified")
    (folder / "canary.toml").write_text(PROFILE, "utf-8")
    keys.make(folder / "other")
    asked = ("certify", "canary.toml", "--require", "oauth2", "--emulated", "--output", "it.zip", "--new-key", "key")
    status, told = ended(folder, *asked)
    assert status == CONFORMS, told
    return SimpleNamespace(folder=folder, told=told, path=folder / "it.zip", bundle=(folder / "it.zip").read_bytes())


def forged(certified, by="key", evidence=None, results=None, requirements=None):
    """A bundle with other contents, signed well by whoever has the key."""
    files = unpacked(certified.bundle)
    told = results or files["results.json"]
    reports = {name: files[name] for name in ("index.html", "report.html", "junit.xml")} | {"results.json": told}
    stands = requirements or frozen(results_of(told), {"oauth2"}, catalogue())
    return made(evidence or files["evidence.jsonl"], reports, stands, keys.signer(certified.folder / by))


def verified(certified, bundle, *arguments):
    (certified.folder / "changed.zip").write_bytes(bundle)
    return ended(certified.folder, "verify", "changed.zip", *arguments)


def test_a_certificate_says_of_what_it_speaks_and_by_whom(certified):
    """At the terminal, and to who verifies it: not of the provider where an emulated server answered."""
    assert "emulated server" in certified.told
    assert "keep it" in certified.told
    status, told = ended(certified.folder, "verify", "it.zip", "--trust", "key.pub")
    assert status == CONFORMS
    (line,) = told.splitlines()
    assert line.startswith("intact; its verdicts on ")
    assert " hold, judged again by suite " in line
    assert f"signed by the trusted key {keys.trusted(str(certified.folder / 'key.pub'))}" in line
    assert "oauth2 of canary" in line
    assert "not of the provider itself" in line


def test_it_is_said_how_each_requirement_stands(certified):
    """What does not pass is told by its number, too."""
    passed, number, others = re.search(r"(\d+) of (\d+) requirements pass(.*?); it speaks", certified.told).groups()
    assert int(passed) + sum(map(int, re.findall(r"\d+", others))) == int(number)
    assert " not applicable" in others


def test_a_signer_whom_nobody_vouches_for_is_unknown(certified):
    """The status says so, though everything holds."""
    status, told = ended(certified.folder, "verify", "it.zip")
    assert status == UNKNOWN_SIGNER
    assert "intact" in told
    assert "signer unknown" in told


def test_another_key_is_not_trusted(certified):
    """Neither that of somebody else, nor what somebody else has signed; one of several is enough."""
    trust_other = ("--trust", "other.pub")
    assert ended(certified.folder, "verify", "it.zip", *trust_other)[0] == DOES_NOT_CONFORM
    assert verified(certified, forged(certified, by="other"), "--trust", "key.pub")[0] == DOES_NOT_CONFORM
    extract = ("show-exchange", "it.zip", "clients/1", "--output", "of-many.json")
    assert ended(certified.folder, *extract)[0] == CONFORMS
    both = ("verify", "of-many.json", *trust_other, "--trust", "key.pub")
    assert ended(certified.folder, *both)[0] == CONFORMS


def test_no_secret_is_in_a_certificate(certified):
    """In no encoding, nor is where it was made, nor the key that signed it."""
    envelope = json.loads(unpacked(certified.bundle)[STATEMENT])
    content = certified.bundle + b64decode(envelope["payload"])
    for canary in CANARIES:
        for form in (canary, quote(canary, safe=""), quote_plus(canary), b64encode(canary.encode()).decode()):
            assert form.encode() not in content
    assert str(certified.folder).encode() not in content
    assert str(ROOT).encode() not in content
    private = (certified.folder / "key").read_text("ascii").splitlines()[1]
    assert private.encode() not in content


@pytest.mark.parametrize("place", [0.01, 0.6])
def test_a_changed_byte_is_found(certified, place):
    """Each byte of a small one is tried where nothing runs."""
    changed = bytearray(certified.bundle)
    changed[int(len(changed) * place)] ^= 1
    status, told = verified(certified, bytes(changed))
    assert status == DOES_NOT_CONFORM
    assert "is not intact" in told


def test_results_that_do_not_follow_from_the_evidence_are_found(certified):
    """Though they are signed well, and whether they or the evidence were written by hand."""
    results = unpacked(certified.bundle)["results.json"]
    praised = results.replace(b'"noticed": []', b'"noticed": ["it is the best server that there is"]')
    assert praised != results
    status, told = verified(certified, forged(certified, results=praised), "--trust", "key.pub")
    assert status == DOES_NOT_CONFORM
    assert "do NOT follow from its evidence: results.json" in told, told


def test_evidence_that_speaks_against_the_results_is_found(certified):
    """Results that pass, beside answers that do not."""
    spoilt = unpacked(certified.bundle)["evidence.jsonl"].replace(rb"\"Bearer\"", rb"\"banana\"")
    assert b"banana" in spoilt
    status, told = verified(certified, forged(certified, evidence=spoilt), "--trust", "key.pub")
    assert status == DOES_NOT_CONFORM
    assert "do NOT follow from its evidence" in told
    assert ": pass then, fail now" in told


@pytest.fixture
def by_an_older_suite(certified, monkeypatch):
    """Makes a bundle as a suite did that had another catalogue."""
    monkeypatch.setattr(bundles, "digest_of_suite", lambda: "0" * 64)
    monkeypatch.setattr(bundles, "digest_of_catalogue", lambda: "1" * 64)

    def make(change=lambda requirements: requirements, **files):
        present = opened_bundle(certified.bundle).certificate.requirements
        return forged(certified, requirements=change(present), **files)

    return make


def test_a_newer_suite_says_what_it_would_say_now(certified, by_an_older_suite):
    """Of a requirement that was not asked then, and one that had another level: the certificate holds all the same."""

    def older(requirements):
        first, *others = [each for each in requirements if each.verdict == "pass"]
        changed = replace_level(first)
        return (changed, *others[1:])

    status, told = verified(certified, by_an_older_suite(older), "--trust", "key.pub")
    assert status == CONFORMS, told
    assert "hold, judged again by suite" in told
    assert "made by one of that version with other code" in told
    assert "things otherwise by now" in told
    assert " by now, and was MAY: pass" in told
    assert " is asked by now: " in told


def replace_level(requirement):
    return requirement.model_copy(update={"level": "MAY"})


def test_a_newer_suite_that_judges_otherwise_does_not_confirm(certified, by_an_older_suite):
    """It cannot tell whether the older one was wrong, or its results were written by hand: another status says so."""
    spoilt = unpacked(certified.bundle)["evidence.jsonl"].replace(rb"\"Bearer\"", rb"\"banana\"")
    status, told = verified(certified, by_an_older_suite(evidence=spoilt), "--trust", "key.pub")
    assert status == UNCONFIRMED
    assert "of its verdicts on " in told
    assert " changed, judged again by suite " in told
    assert ": pass then, fail now" in told


def without(evidence, scenario):
    """Evidence that does not hold what a scenario exchanged."""
    made_by = f'"type":"exchange","scenario":"{scenario}"'.encode()
    return b"".join(line for line in evidence.splitlines(keepends=True) if made_by not in line)


OPEN = {
    "a violation": (
        lambda evidence: evidence.replace(rb"\"Bearer\"", rb"\"banana\""),
        DOES_NOT_CONFORM,
        " is violated: ",
    ),
    "what nobody judged": (lambda evidence: without(evidence, "wrong_credentials"), INCOMPLETE, " was not judged: "),
}


@pytest.mark.parametrize("change", OPEN)
def test_what_is_open_is_named_and_not_certified(certified, tmp_path, change):
    """Each MUST that is violated or was not judged, with what would help; the file is not written."""
    changed, status, said = OPEN[change]
    (tmp_path / "evidence.jsonl").write_bytes(changed(unpacked(certified.bundle)["evidence.jsonl"]))
    asked = ("--require", "oauth2", "--evidence", tmp_path, "--key", "key", "--output", tmp_path / "no.zip")
    found, told = ended(certified.folder, "certify", "canary.toml", *asked)
    assert found == status
    errors = [line for line in told.splitlines() if line.startswith("ERROR: ")]
    assert any(said in line and "MUST" in line for line in errors[:-1])
    assert errors[-1].startswith(f"ERROR: no certificate: {len(errors) - 1} of its MUSTs are open")
    assert not (tmp_path / "no.zip").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--output", "new.zip"), "expected a key to sign by"),
        (("--output", "new.zip", "--key", "key", "--new-key", "another"), "expected a key to sign by"),
        (("--output", "it.zip", "--key", "key"), "it.zip is there already"),
        (("--output", "nowhere/new.zip", "--key", "key"), "its folder is not"),
        (("--output", "new.zip", "--key", "key.pub"), "expected a private key of Ed25519"),
        (("--output", "new.zip", "--new-key", "key"), "key is there already"),
        (("--output", "new.zip", "--key", "key", "--evidence", "."), "leave out --live, --recorded and --emulated"),
    ],
)
def test_what_keeps_a_certificate_from_being_written_is_said_first(certified, arguments, said):
    """Before anything runs."""
    status, told = ended(certified.folder, "certify", "canary.toml", "--require", "oauth2", "--emulated", *arguments)
    assert status == USAGE_ERROR
    assert said in told
    assert not (certified.folder / "new.zip").exists()


def test_the_recording_of_a_run_is_no_recording_from_elsewhere(certified):
    """Its evidence is what a certificate is made of, and is asked for before anything runs."""
    (path,) = (certified.folder / "reports").glob("*/*/recording.har")
    asked = ("--require", "oauth2", "--recorded", path, "--key", "key", "--output", "new.zip")
    status, told = ended(certified.folder, "certify", "canary.toml", *asked)
    assert status == USAGE_ERROR
    assert "is what a run has recorded: give --evidence DIR" in told


def test_one_exchange_is_shown_and_verified(certified):
    """With the key of who signed; a changed one is found."""
    assert ended(certified.folder, "show-exchange", "it.zip", "clients/1", "--output", "one.json")[0] == CONFORMS
    status, told = ended(certified.folder, "verify", "one.json", "--trust", "key.pub")
    assert status == CONFORMS
    assert told.startswith("intact: clients/1 is one of the ")
    changed = (certified.folder / "one.json").read_bytes().replace(b"clients", b"clientz")
    assert verified(certified, changed)[0] == DOES_NOT_CONFORM
    assert ended(certified.folder, "show-exchange", "it.zip", "no/1", "--output", "no.json")[0] == USAGE_ERROR


def test_files_that_a_stranger_names_are_not_read(certified):
    """Evidence that speaks of the certificates of a client is not judged here, and says so."""
    first, _, rest = unpacked(certified.bundle)["evidence.jsonl"].partition(b"\n")
    begin = json.loads(first)
    begin["described"]["clients"][0]["signing_key"] = "/etc/hostname"
    evidence = json.dumps(begin, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" + rest
    status, told = verified(certified, forged(certified, evidence=evidence), "--trust", "key.pub")
    assert status == UNCONFIRMED
    assert "its profile names files (signing_key)" in told
