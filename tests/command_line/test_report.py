"""`token-conformance report` makes of evidence what the run made, or would have made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.live.running import judged_again, told_otherwise
from token_conformance.archive.evidence_file import EvidenceFile
from token_conformance.command_line.report import pytest_arguments
from token_conformance.layout import ROOT
from token_conformance.redaction import Redactor
from token_conformance.report.writing import SMALLEST_FIRST
from token_conformance.running.run import Run
from token_conformance.servers.evidence_lines import Selection
from token_conformance.servers.live import LiveServer

COMMAND = [sys.executable, "-m", "token_conformance"]
SURELY_BEGUN = 200
"""Lines of evidence that a whole run has a thousand of."""


def started(folder, *arguments):
    command = [*COMMAND, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(folder, *arguments):
    process = started(folder, *arguments)
    told, _ = process.communicate(timeout=300)
    return process.returncode, told


def the_only(folder, name):
    (found,) = folder.rglob(name)
    return found


def results(folder):
    return json.loads(the_only(folder, "results.json").read_text("utf-8"))


def test_a_run_is_told_again_as_it_was(tmp_path):
    """Checks, verdicts, messages, repetitions, selection, status: nothing but the time of writing is another."""
    arguments = ("--emulated", "--evidence", "--fault", "refresh-reuse-accepted", "-k", "rotated or reuse")
    status, told = ended(tmp_path, "run", "2ba", *arguments)
    before, evidence = results(tmp_path), the_only(tmp_path, "evidence.jsonl")
    for report in evidence.parent.iterdir():
        if report != evidence:
            report.unlink()
    again = ended(tmp_path, "report", str(evidence.parent))
    after = results(tmp_path)
    assert again[0] == status
    assert [(check["id"], check["verdict"]) for check in after["checks"]] == [
        (check["id"], check["verdict"]) for check in before["checks"]
    ]
    untold = {"seconds"}
    for check in before["checks"] + after["checks"]:
        del check["seconds"]
        check["exchanges"].sort()  # those of rows that run at once come as they end
    assert {name: value for name, value in after.items() if name not in untold} == {
        name: value for name, value in before.items() if name not in untold
    }
    assert told.splitlines()[-1] == again[1].splitlines()[-1]
    assert {path.name for path in evidence.parent.iterdir()} == {"evidence.jsonl", "recording.har", *SMALLEST_FIRST}


def test_a_recorded_run_is_told_again_as_it_was(tmp_path):
    """What its recording does not hold is not judged again either."""
    ended(tmp_path, "run", "2ba", "--recorded", "--evidence")
    before, evidence = results(tmp_path), the_only(tmp_path, "evidence.jsonl")
    ended(tmp_path, "report", str(evidence.parent))
    after = results(tmp_path)
    assert after["server"] == before["server"] == "recorded"
    assert before["summary"]["inconclusive"] > 0
    assert [(check["id"], check["verdict"]) for check in after["checks"]] == [
        (check["id"], check["verdict"]) for check in before["checks"]
    ]


def test_a_recording_is_judged_by_a_profile_as_the_run_was(tmp_path):
    """With secrets of the recording and no environment; the reports say what was judged, and lie elsewhere."""
    selected = ("-k", "rotated or reuse")
    status, _ = ended(
        tmp_path, "run", "2ba", "--emulated", "--evidence", "--fault", "refresh-reuse-accepted", *selected
    )
    before, recording = results(tmp_path), str(the_only(tmp_path, "recording.har"))
    again = ended(tmp_path, "run", "2ba", "--recorded", recording, "--report-dir", "again", *selected)
    after = results(tmp_path / "again")
    assert again[0] == status
    assert (before["server"], after["server"]) == ("emulated", "recorded")
    told = [[(each["id"], each["verdict"], each["message"]) for each in found["checks"]] for found in (before, after)]
    assert told[1] == told[0]
    refused = ended(tmp_path, "run", "2ba", "--recorded", recording, "--evidence", "--report-dir", "again", *selected)
    assert refused[0] == 4
    assert "recording.har is what a run has recorded, and holds its evidence: leave out --evidence" in refused[1]


def test_a_run_that_was_killed_has_reports(tmp_path):
    """SIGKILL leaves what was written by then: it is judged, and headed by how far the run came."""
    process = started(tmp_path, "run", "generic-oidc", "--emulated", "--evidence")
    deadline = time.monotonic() + 60
    while not (found := list(tmp_path.rglob("evidence.jsonl"))) or found[0].read_bytes().count(b"\n") < SURELY_BEGUN:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not list(tmp_path.rglob("results.json"))
    status, told = ended(tmp_path, "report", str(found[0].parent))
    after = results(tmp_path)
    assert status == 2
    assert after["outcome"] == "interrupted"
    assert "interrupted after " in told.splitlines()[-1]
    assert "interrupted after " in after["trouble"]
    assert after["summary"]["pass"] > 0
    assert after["summary"]["inconclusive"] > 0
    assert after["summary"]["fail"] == after["summary"]["error"] == 0
    assert told_otherwise(tmp_path, after) == []
    assert judged_again(tmp_path)["trouble"] == after["trouble"]


@pytest.mark.parametrize(("failures", "words"), [(0, []), (1, ["--maxfail", "1"])])
def test_evidence_is_judged_as_it_was_asked_for(make_profile, tmp_path, failures, words):
    """By the same selection, and no further than the run was judged."""
    profile = make_profile()
    run = Run("example", profile, LiveServer(profile), Redactor())
    file = EvidenceFile(tmp_path, run, Selection(keywords="rotated", strict=True, most_failures=failures))
    file.begin([])
    file.close()
    arguments = pytest_arguments(tmp_path, verbose=False)
    first = arguments.index("-k")
    assert arguments[first:] == ["-k", "rotated", *words, "--tc-strict"]


@pytest.mark.parametrize("content", [None, "", "no evidence\n{}\n"])
def test_a_folder_without_evidence_is_refused_in_a_sentence(tmp_path, content):
    """No traceback."""
    if content is not None:
        (tmp_path / "evidence.jsonl").write_text(content, "utf-8")
    status, told = ended(tmp_path, "report", str(tmp_path))
    assert status == 4
    assert told.startswith("ERROR: ")
    assert "Traceback" not in told
