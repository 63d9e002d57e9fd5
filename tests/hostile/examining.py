"""What must hold of each run of the command, whatever was said to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import lxml.html
from junitparser import JUnitXml
from lxml import etree

from tests.hostile.command import PROFILES, Ran
from token_conformance.layout import PACKAGE
from token_conformance.profile.loading import load
from token_conformance.servers.problems import RecordingError
from token_conformance.servers.recorded_run import read_evidence
from token_conformance.servers.stored import StoredEvidence

SCHEMA = json.loads((PACKAGE / "results" / "results.schema.json").read_text("utf-8"))
RESULTS = jsonschema.Draft202012Validator(SCHEMA)

STATUSES = {0, 1, 4, 5}
"""How such a run can end: it conforms or does not, there was trouble, or nothing could be judged."""

MOST_MEMORY, LARGEST_REPORT, LARGEST_EVIDENCE = 200_000_000, 4_000_000, 40_000_000
"""Bytes that a run takes up at most, and that each of its reports has, and the evidence that they are made from."""

SCRIPTS = {"index.html": 0, "report.html": 1}
"""How many scripts each page has."""

FORGED = ("ERROR: said by the server", "PASSED [100%]")
"""How lines begin that only a server of the corpus says."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def problems(ran: Ran) -> Iterator[str]:
    """What is wrong with a run; nothing, as a rule."""
    yield from (f"exit status {ran.status}" for _ in range(ran.status not in STATUSES))
    yield from ("a traceback on the terminal" for _ in range("Traceback" in ran.said))
    yield from (f"a control character on the terminal: {found!r}" for found in set(_CONTROL.findall(ran.said)))
    yield from (
        f"a line of the server's on the terminal: {line}" for line in ran.said.splitlines() if line.startswith(FORGED)
    )
    yield from (f"{ran.memory} bytes of memory" for _ in range(ran.memory > MOST_MEMORY))
    largest = {"evidence.jsonl": LARGEST_EVIDENCE, "recording.har": LARGEST_EVIDENCE}
    yield from (
        f"{name} has {size} bytes" for name, size in ran.sizes.items() if size > largest.get(name, LARGEST_REPORT)
    )
    found = list(Path(ran.folder).glob("reports/*/*"))
    if len(found) != 1:
        yield f"{len(found)} folders of reports"
        return
    yield from _files(found[0])
    yield from _secrets(ran, found[0])


def _files(folder: Path) -> Iterator[str]:
    try:
        results = json.loads((folder / "results.json").read_text("utf-8"))
        RESULTS.validate(results)
        etree.parse(folder / "junit.xml")
        JUnitXml.fromfile(str(folder / "junit.xml"))
        pages = {name: lxml.html.fromstring((folder / name).read_text("utf-8")) for name in SCRIPTS}
        recorded = _recorded(folder)
    except (OSError, ValueError, RecordingError, jsonschema.ValidationError, SyntaxError) as problem:
        yield f"{type(problem).__name__}: {str(problem)[:300]}"
        return
    yield from (
        f"error: {check['id']}: {check['message'][:200]}" for check in results["checks"] if check["verdict"] == "error"
    )
    yield from ("the outcome is error" for _ in range(results["outcome"] == "error"))
    yield from ("recording.har holds other lines than evidence.jsonl" for _ in range(not recorded))
    for name, page in pages.items():
        yield from _markup(name, page)


def _markup(name: str, page: lxml.html.HtmlElement) -> Iterator[str]:
    """What stands in a page that only a server can have brought there."""
    yield from (f"a script of the server's in {name}" for _ in range(len(page.xpath("//script")) != SCRIPTS[name]))
    odd = page.xpath(
        "//@*[starts-with(name(), 'on')] | //img[@src != '' and not(starts-with(@src, 'data:'))] | //iframe | //a[starts-with(@href, 'javascript:')]"
    )
    yield from (f"markup of the server's in {name}: {str(each)[:80]}" for each in odd)


def _recorded(folder: Path) -> bool:
    """Whether a recording is of all that the evidence says; of emulated runs there is neither."""
    if not (folder / "evidence.jsonl").exists():
        return True
    written, read = StoredEvidence.read(folder).lines, read_evidence(folder / "recording.har").lines
    return [type(line) for line in written] == [type(line) for line in read]


def _secrets(ran: Ran, folder: Path) -> Iterator[str]:
    """The passwords and client secrets of the profile, in any file or on the terminal."""
    (path,) = (path for path in PROFILES if path.stem == folder.parent.name)
    profile = load(path, {})
    secrets = [profile.login.password, *(client.client_secret for client in profile.clients)]
    texts = {each.name: each.read_text("utf-8") for each in folder.iterdir()} | {"the terminal": ran.said}
    for name, text in texts.items():
        yield from (f"a secret in {name}" for secret in secrets if secret and secret in text)
